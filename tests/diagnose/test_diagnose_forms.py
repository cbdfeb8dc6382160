"""However a sound page is put together, diagnosis has nothing against it; what it does say of the others is true."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tasks.diagnose.servers import Servers
from tasks.record import Program
from tasks.settings import RepairSettings
from tests.bundle.variants import DOC, VARIANTS, page

REAL = Path(__file__).parent.parent / "real"
UNSOUND = {
    "data-script-with-src": {"unlinked-file"},
    "type-with-parameters": {"unlinked-file"},
    "comment-with-scripts": {"unlinked-file"},
    "conditional-comment": {"unlinked-file"},
    "tags-in-textarea-and-title": {"unlinked-file"},
    "tags-in-attributes": {"unlinked-file"},
    "missing-file": {"missing-file"},
    "picture": {"missing-file"},
    "document-write": {"document-write"},
    "document-write-deferred": {"document-write"},
    "defer-syntax-error": {"TS1109"},
    "defer-redeclares": {"TS2451"},
    "html-comment-in-script": {"TS1109", "TS1005"},
    "unclosed-script": {"broken-tag"},
    "less-than-in-text": {"stray-end-tag"},
    "style-import-unclosed": {"css-semicolonexpected"},
}
"""Codes of the errors of variants that hold a fault, or old ways that a page had better not use."""
in_session = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def servers() -> AsyncIterator[Servers]:
    async with Servers(RepairSettings(servers=1)) as servers:
        yield servers


async def codes(servers: Servers, files: dict[str, str]) -> set[str]:
    unknown = ("Cannot find name 'say'", "'say'")
    found = (await servers.diagnose(Program.of(files.items()))).errors
    return {error.code for error in found if not any(text in error.message for text in unknown)}


@in_session
async def test_only_what_is_wrong_is_said_of_a_page_in_any_form(servers: Servers) -> None:
    found = {variant.name: await codes(servers, variant.files) for variant in VARIANTS}
    wrong = {name: said for name, said in found.items() if said != UNSOUND.get(name, set())}
    assert wrong == {}


@in_session
async def test_the_real_pages_are_sound(servers: Servers) -> None:
    for folder in sorted(path for path in REAL.iterdir() if path.is_dir()):
        assert json.loads((folder / "problem.json").read_text("utf-8"))["checks"]
        files = {name: (folder / name).read_text("utf-8") for name in ("index.html", "style.css", "script.js")}
        assert await codes(servers, files) == set(), folder.name


@in_session
@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"index.html": page("<script type=module>import './gone.js'</script>")}, "external"),
        ({"index.html": page("<script type=module>import 'https://cdn.test/x.js'</script>")}, "external"),
        ({"index.html": page("<style>@import 'gone.css';</style>")}, "external"),
        ({"index.html": page("<style>p { background: url(gone.svg) }</style>")}, "external"),
        ({"index.html": page('<base href="https://cdn.test/"><p>x</p>')}, "base"),
        (
            {"index.html": page("<script type=module src=a.js></script>"), "a.js": "export {};", "b.js": ""},
            "unlinked-file",
        ),
        ({"index.html": page('<base href="x/"><script src=a.js></script>'), "a.js": ""}, "missing-file"),
        (
            {"index.html": f"{DOC}<title>t</title><script type=module src=a.js></script>", "a.js": "nowhere();"},
            "TS2304",
        ),
        (
            {"index.html": page("<script type=module src=a.js></script>"), "a.js": "import './b.js'", "b.js": "f("},
            "TS1005",
        ),
    ],
)
async def test_what_is_wrong_is_still_said(servers: Servers, files: dict[str, str], code: str) -> None:
    assert code in await codes(servers, files)
