"""The rating form in Chromium, from a file: rated by keyboard, saved, imported; and what pages in it can't do."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Download, Page, async_playwright

from tasks.rate.pack import write_pack
from tasks.rate.ratings import read_ratings
from tasks.render.browser import find_browser
from tasks.settings import RenderSettings
from tests.rate.conftest import run

in_session = pytest.mark.asyncio(loop_scope="session")
FOCUS = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.id"

STEALER = "<input id=first><script>document.querySelector('input').focus()</script>"
REACHER = """<p>before</p><script>
const said = [];
addEventListener('securitypolicyviolation', (event) => said.push(event.effectiveDirective));
for (const reach of [() => parent.document.title, () => localStorage.length, () => document.cookie, () => top.name])
  try { reach(); said.push('reached'); } catch { said.push('held'); }
fetch('https://page.invalid/x').catch(() => said.push('no network'));
document.body.append(Object.assign(new Image(), { src: 'https://page.invalid/y.png' }));
addEventListener('submit', (event) => { event.preventDefault(); said.push('submitted'); });
document.body.insertAdjacentHTML('beforeend', '<form><button>Go</button></form>');
document.querySelector('button').click();
setTimeout(() => { document.querySelector('p').textContent = said.sort().join(', '); }, 300);
</script>"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        path = find_browser(RenderSettings(), playwright.chromium.executable_path)
        browser = await playwright.chromium.launch(executable_path=path)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def tab(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True)
    page = await context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    await context.close()
    assert said == []


async def start(tab: Page, pack: Path, name: str = "Ada") -> None:
    await tab.goto((pack / "index.html").as_uri())
    await tab.keyboard.type(name)
    await tab.keyboard.press("Enter")


async def score(tab: Page, *scores: int) -> None:
    for value in scores:
        await tab.keyboard.type(str(value))
        await tab.keyboard.press("Enter")


async def rescued(download: Download, path: Path) -> Path:
    await download.save_as(path)
    return path


def hostile(*pages: str, title: str = "T", prompt: str = "P") -> dict[str, object]:
    completions = [
        {"completion_id": f"{n}", "files": [{"filename": "index.html", "content": text + " " * n}]}
        for n, text in enumerate(pages)
    ]
    return {"task_id": "t", "title": title, "prompt": prompt, "completions": completions}


@in_session
async def test_rated_by_keyboard_alone_saved_and_imported(tab: Page, dataset: Path, pack: Path, tmp_path: Path) -> None:
    await start(tab, pack)
    for number in range(3):
        assert await tab.inner_text("#place") == f"Task {number + 1} of 3"
        assert await tab.evaluate(FOCUS) == "Score of page A, 0 to 100"
        await score(tab, 70 + number, 50, 30)
        await tab.keyboard.type("10")
        await tab.keyboard.press("Tab")
        await tab.keyboard.type('"B" <b>stops</b> ')
        await tab.keyboard.press("Tab")
        if number:
            await tab.keyboard.press("Tab")
        assert await tab.evaluate(FOCUS) == "next"
        await tab.keyboard.press("Enter")
    assert await tab.inner_text("#end-title") == "All rated. Thank you!"
    async with tab.expect_download() as waiting:
        await tab.keyboard.press("Enter")
    download = await waiting.value
    assert download.suggested_filename.startswith("rating-ada-")
    file = await rescued(download, tmp_path / "ada.json")
    run("import", file, "--dataset", dataset, "--to", tmp_path / "r")
    told = json.loads((pack / "pack.json").read_text("utf-8"))
    first = {task["task_id"]: 70.0 + number for number, task in enumerate(told["tasks"])}
    for task in read_ratings(tmp_path / "r"):
        assert [version.rating for version in task.versions] == [first[task.name], 50, 30, 10]
        comment = json.loads((tmp_path / "r" / task.name / "comments.json").read_text("utf-8"))[0]
        assert (comment["rater"], comment["comment"].strip()) == ("Ada", '"B" <b>stops</b>')


@in_session
async def test_it_goes_on_where_it_was_closed_and_keeps_raters_apart(tab: Page, pack: Path) -> None:
    await start(tab, pack)
    await score(tab, 1, 2, 3, 4)
    await tab.click("#next")
    await score(tab, 5)
    await tab.reload()
    assert await tab.inner_text("#place") == "Task 2 of 3"
    assert await tab.inner_text("#done") == "1 of 3 rated"
    assert await tab.get_by_label("Score of page A").input_value() == "5"
    await tab.click("#who")
    await tab.keyboard.type("Bo")
    await tab.keyboard.press("Enter")
    assert await tab.inner_text("#done") == "0 of 3 rated"
    await tab.click("#who")
    await tab.keyboard.type("Ada")
    await tab.keyboard.press("Enter")
    assert await tab.inner_text("#done") == "1 of 3 rated"


@in_session
async def test_a_score_out_of_range_does_not_count_and_unrated_tasks_are_said(tab: Page, pack: Path) -> None:
    await start(tab, pack)
    await score(tab, 1, 2, 3)
    await tab.keyboard.type("300")
    assert await tab.inner_text(".row.here .wrong") == "A whole number from 0 to 100"
    assert await tab.inner_text("#done") == "0 of 3 rated"
    await tab.click("#save")
    assert "nothing to save" in await tab.inner_text("#said")
    await tab.keyboard.press("Shift+Tab")
    for _ in range(3):
        await tab.click("#next")
    assert await tab.inner_text("#end-title") == "3 tasks to go"
    await tab.keyboard.press("Enter")
    assert await tab.inner_text("#place") == "Task 1 of 3"


@in_session
async def test_pages_are_shown_one_by_one_all_four_and_large(tab: Page, pack: Path) -> None:
    await start(tab, pack)
    assert await tab.locator("iframe").count() == 4
    assert await tab.locator("iframe:visible").get_attribute("title") == "Page A"
    size = await tab.locator("iframe:visible").bounding_box()
    assert size is not None and size["width"] > 860 and size["height"] > 640
    await tab.keyboard.press("c")
    assert await tab.evaluate(FOCUS) == "Score of page C, 0 to 100"
    assert await tab.locator("iframe:visible").get_attribute("title") == "Page C"
    assert await tab.frame_locator("iframe.here").locator("h1").count() == 1
    await tab.keyboard.press("f")
    assert await tab.locator("iframe:visible").count() == 4
    await tab.keyboard.press("d")
    await tab.keyboard.press("l")
    size = await tab.locator("iframe:visible").bounding_box()
    assert size is not None and size["width"] == 1280
    await tab.keyboard.press("Escape")
    size = await tab.locator("iframe:visible").bounding_box()
    assert size is not None and size["width"] < 1000


@in_session
async def test_a_page_reaches_neither_the_form_nor_a_network(tab: Page, tmp_path: Path) -> None:
    refused: list[tuple[str, str | None]] = []
    tab.on("requestfailed", lambda request: refused.append((request.url, request.failure)))
    write_pack([hostile(*[REACHER] * 4)], "d", 0, tmp_path / "pack")
    await start(tab, tmp_path / "pack")
    told = tab.frame_locator("iframe.here").locator("p")
    await tab.wait_for_timeout(600)
    words = (await told.inner_text()).split(", ")
    assert words == ["connect-src", "held", "held", "held", "held", "img-src", "no network", "submitted"]
    assert set(refused) <= {("https://page.invalid/y.png", "csp"), ("https://page.invalid/x", "csp")}


@in_session
async def test_a_page_that_takes_the_focus_gives_it_back(tab: Page, tmp_path: Path) -> None:
    write_pack([hostile(*[STEALER] * 4)], "d", 0, tmp_path / "pack")
    await start(tab, tmp_path / "pack")
    await tab.wait_for_timeout(300)
    for value, letter in ((40, "B"), (30, "C"), (20, "D")):
        await score(tab, value)
        await tab.wait_for_timeout(300)
        assert await tab.evaluate(FOCUS) == f"Score of page {letter}, 0 to 100"
    await score(tab, 10)
    assert await tab.inner_text("#done") == "1 of 1 rated"
    await tab.frame_locator("iframe.here").locator("input").click()
    await tab.keyboard.type("mine")
    assert await tab.frame_locator("iframe.here").locator("input").input_value() == "mine"


@in_session
async def test_a_tasks_text_stays_text(tab: Page, tmp_path: Path) -> None:
    words = "</script><img src=x onerror=document.title='had'>"
    prompt = f"# {words}\n\nBuild {words}\n\n## Features\n- one {words}\n- two\n"
    write_pack([hostile(*["<p>x"] * 4, title=words, prompt=prompt)], "d", 0, tmp_path / "pack")
    await start(tab, tmp_path / "pack", "<i>Eve</i>")
    assert await tab.title() == "Rate pages"
    assert await tab.inner_text("#title") == words
    assert await tab.locator("#prompt li").all_inner_texts() == [f"one {words}", "two"]
    assert await tab.locator("#prompt h2").all_inner_texts() == ["Features"]
    assert await tab.locator("#prompt p").all_inner_texts() == [f"Build {words}"]
    assert await tab.inner_text("#who") == "<i>Eve</i>"
    assert await tab.locator("img").count() == 0
