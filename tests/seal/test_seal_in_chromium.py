"""The loader in a browser: it works out what Python does, leaves nothing behind, and holds under a strict policy."""

import html
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, async_playwright

from tasks.render.browser import find_browser
from tasks.seal.keys import Copy, make_copies
from tasks.seal.mixing import NONCE
from tasks.seal.page import key_in, opened, seal
from tasks.settings import RenderSettings

STRICT = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "font-src data:; media-src data: blob:; base-uri 'none'; form-action 'none'"
)
LEFT = "[Object.getOwnPropertyNames(window).sort(), document.documentElement.outerHTML, document.characterSet]"
in_session = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tab() -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        path = find_browser(RenderSettings(), playwright.chromium.executable_path)
        browser = await playwright.chromium.launch(executable_path=path)
        yield await browser.new_page()
        await browser.close()


def document(words: list[str]) -> str:
    items = "".join(f"<li>{word}\n<li>same {n}\n" for n, word in enumerate(words))
    return (
        '<!doctype html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>t</title>\n</head>\n<body>\n'
        f"<ul>\n{items}</ul>\n"
        "<script>document.title = [...document.querySelectorAll('li:nth-child(odd)')]"
        ".map((li) => li.textContent.trim()).join(' ');</script>\n<p>日本</p>\n</body>\n</html>\n"
    )


VERSIONS = [[str(random.Random(f"{v} {n}").randrange(9)) for n in range(48)] for v in range(4)]
SEALED = seal([document(words) for words in VERSIONS])


@in_session
async def test_the_loader_mixes_as_python_does(tab: Page, tmp_path: Path) -> None:
    numbers = [(rank, number) for number in range(25) for rank in range(4)]
    copies = make_copies(b"secret", [Copy(SEALED, "t", *which) for which in numbers])
    file = tmp_path / "copy.html"
    for (rank, _), copy in zip(numbers, copies, strict=True):
        file.write_text(copy, "utf-8")
        await tab.goto(file.as_uri())
        assert await tab.title() == " ".join(VERSIONS[rank])


@in_session
async def test_nothing_is_left_of_the_loader(tab: Page, tmp_path: Path) -> None:
    (copy,) = make_copies(b"secret", [Copy(SEALED, "t", 2)])
    found = []
    for text in (document(VERSIONS[2]), copy):
        (tmp_path / "page.html").write_text(text, "utf-8")
        await tab.goto((tmp_path / "page.html").as_uri())
        found.append(await tab.evaluate(LEFT))
    assert found[0] == found[1]
    assert opened(copy) == document(VERSIONS[2])


@in_session
async def test_it_holds_under_a_strict_policy_in_a_frame_of_its_own_origin(tab: Page, tmp_path: Path) -> None:
    (copy,) = make_copies(b"secret", [Copy(SEALED, "t", 3)])
    (tmp_path / "outer.html").write_text(
        f'<!doctype html><meta http-equiv="Content-Security-Policy" content="{STRICT}">'
        f'<iframe sandbox="allow-scripts" srcdoc="{html.escape(copy)}"></iframe>',
        "utf-8",
    )
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    await tab.goto((tmp_path / "outer.html").as_uri())
    assert await tab.frames[1].title() == " ".join(VERSIONS[3])
    assert said == []


@in_session
async def test_a_key_that_chooses_what_is_not_there_shows_nothing(tab: Page, tmp_path: Path) -> None:
    (copy,) = make_copies(b"secret", [Copy(SEALED, "t", 0)])
    key = key_in(copy)
    damaged = key[:NONCE] + "".join(f"{int(digit, 16) ^ 8:x}" for digit in key[NONCE:])
    (tmp_path / "page.html").write_text(copy.replace(key, damaged), "utf-8")
    await tab.goto((tmp_path / "page.html").as_uri())
    assert await tab.evaluate("document.body.childNodes.length") == 0
