"""A bundle, sealed or not, does what the program's files do: the same DOM, events, console and look, in one browser.

One variant by hand: `pytest tests/bundle/test_bundle_differential.py -k defer-in-head`.
"""

import asyncio
import contextlib
import html
import json
import mimetypes
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import ConsoleMessage, Page, async_playwright

from tasks.bundle import bundle
from tasks.record import Program
from tasks.render.browser import find_browser
from tasks.render.serve import PAGE_URL, page_headers
from tasks.seal.keys import provisional
from tasks.seal.page import seal
from tasks.settings import RenderSettings
from tests.bundle.variants import VARIANTS, Variant
from tests.loopback import serving

LOOKING = (Path(__file__).parent / "looking.js").read_text("utf-8")
BY_NAME = {variant.name: variant for variant in VARIANTS}
FORMS = ("files", "bundle", "sealed", "jailed", "sealed-jailed")
"""The files; the bundle, plain and sealed; both under the policy of the render room."""
INIT = """
window.trace = [];
window.say = (what) => { trace.push(what); };
addEventListener("error", (event) => {
  if (event.target !== window) return;
  const file = event.filename.split("/").pop();
  const placed = file.endsWith("js") && !/SyntaxError/.test(event.message);
  trace.push(["error", event.message.replace("'./", "'"), ...(placed ? [file, event.lineno] : [])]);
}, true);
document.addEventListener("securitypolicyviolation", (event) =>
  trace.push(["blocked", event.violatedDirective, event.blockedURI]));
document.addEventListener("DOMContentLoaded", () => trace.push("DOMContentLoaded"));
addEventListener("load", () => trace.push("load"));
"""
mimetypes.add_type("text/javascript", ".mjs")
in_session = pytest.mark.asyncio(loop_scope="session")


def formed(form: str, files: Mapping[str, str]) -> str:
    """A page as one text."""
    text = bundle(Program.of(files.items()))
    return provisional(seal([text]), 0, 7) if form.startswith("sealed") else text


class _Server(BaseHTTPRequestHandler):
    """/form/variant/path"""

    def do_GET(self) -> None:
        _, form, name, *path = self.path.partition("?")[0].split("/")
        files = BY_NAME[name].files if name in BY_NAME else {}
        text = files.get("/".join(path))
        if text is not None and form != "files":
            text = formed(form, files) if path == ["index.html"] else None
        self.send_response(200 if text is not None else 404)
        self.send_header("Content-Type", f"{mimetypes.guess_type(path[-1])[0] or 'text/plain'}; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        if form.endswith("jailed"):
            policy = next(h["value"] for h in page_headers(False) if h["name"] == "Content-Security-Policy")
            own = f"http://{self.headers['Host']}/"
            self.send_header("Content-Security-Policy", policy.replace(PAGE_URL, own))
        self.end_headers()
        self.wfile.write((text or "").encode())

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):  # the browser leaves
            super().handle()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with serving(_Server) as address:
        yield address


class Tab:
    """A page of the browser and what it says of each document."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[list[str]] = []
        self.asked: list[str] = []
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.said.append(["uncaught", error.message.replace("'./", "'")]))
        page.on("request", lambda request: self.asked.append(request.url))

    def _note(self, message: ConsoleMessage) -> None:
        if "Failed to load resource" not in message.text and "directive 'webrtc'" not in message.text:
            self.said.append([message.type, message.text])

    async def look(self, address: str) -> dict[str, Any]:
        """What a page did and looks like when it has loaded."""
        self.said, self.asked = [], []
        await self.page.goto(address)
        await self.page.wait_for_function("!window.pending && trace.includes('load')", polling=5)
        await self.page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        found: dict[str, Any] = await self.page.evaluate(LOOKING)
        asked = [url for url in self.asked if not url.startswith("data:") and "favicon" not in url]
        return {**found, "said": self.said, "asked": asked}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tabs() -> AsyncIterator[tuple[Tab, ...]]:
    async with async_playwright() as playwright:
        path = find_browser(RenderSettings(), playwright.chromium.executable_path)
        browser = await playwright.chromium.launch(executable_path=path)
        context = await browser.new_context()
        await context.add_init_script(INIT)
        yield tuple([Tab(await context.new_page()) for _ in FORMS])
        await browser.close()


@in_session
@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
async def test_a_bundle_does_what_the_files_do(variant: Variant, tabs: tuple[Tab, ...], server: str) -> None:
    looks = [tab.look(f"{server}/{form}/{variant.name}/index.html") for tab, form in zip(tabs, FORMS, strict=True)]
    files, *others = await asyncio.gather(*looks)
    del files["asked"]
    for form, other in zip(FORMS[1:], others, strict=True):
        asked = other.pop("asked")
        assert [url for url in asked[1:] if "/gone." not in url] == [], f"the {form} asks for a file"
        if variant.unordered:
            for one in (files, other):
                one["trace"] = sorted(one["trace"], key=json.dumps)
        assert comparable(other, form) == comparable(files, form)


def comparable(found: dict[str, Any], form: str) -> dict[str, Any]:
    """Without what the policy of the render room says of a file that no one has."""
    if not form.endswith("jailed"):
        return found
    gone = [one for one in found["trace"] if not (isinstance(one, list) and one[0] == "blocked" and "gone" in one[2])]
    return {**found, "trace": gone, "said": [one for one in found["said"] if "gone." not in one[1]]}


@in_session
@pytest.mark.parametrize("form", ["bundle", "sealed"])
@pytest.mark.parametrize(
    "name",
    [
        *("defer-three-in-order", "module-and-defer", "module-imports", "dynamic-import-computed", "json-module"),
        *("script-end-in-raw-template", "style-disabled", "style-url-nested", "svg-use", "script-writes-use"),
    ],
)
async def test_a_bundle_is_the_same_from_a_folder_and_in_the_report_s_frame(
    form: str, name: str, tabs: tuple[Tab, ...], server: str, tmp_path: Path
) -> None:
    text = formed(form, BY_NAME[name].files)
    (tmp_path / "page.html").write_text(text, "utf-8")
    served = await tabs[1].look(f"{server}/bundle/{name}/index.html")
    opened = await tabs[0].look((tmp_path / "page.html").as_uri())
    report = (Path(__file__).parent.parent.parent / "tasks" / "report" / "page.html").read_text("utf-8")
    policy = re.search(r'<meta http-equiv="Content-Security-Policy"[^>]*>', report)
    assert policy
    await tabs[2].page.goto(f"{server}/files/none/index.html")
    await tabs[2].page.set_content(
        f'{policy[0]}<iframe width=1280 height=720 style="border:0" sandbox="allow-scripts allow-forms" '
        f'srcdoc="{html.escape(text)}"></iframe>'
    )
    frame = tabs[2].page.frames[1]
    await frame.wait_for_function("!window.pending && window.trace?.includes('load')", polling=5)
    framed = await frame.evaluate(LOOKING)
    for found in (opened, framed):
        for key in ("trace", "dom", "looks", "mode"):
            assert found[key] == served[key]
