"""The whole path for real: the command, the offline model over HTTP, language servers, browser, Milvus Lite, shards."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import datasets
import pyarrow.parquet as pq
import pytest

from tasks.bundle import bundle
from tasks.record import Program
from tasks.seal.page import key_in, opened
from tasks.settings import ROOT
from tasks.shard.schema import PRIVATE, PUBLIC, REJECTED

TASKS = 2
PATIENCE_S = 400


def command(out, tasks=TASKS):
    """Replies are kept beside the dataset, so that none comes from another run."""
    settings = Path(f"{out}.json")
    settings.write_text(json.dumps({"batch": 2, "model": {"replies": f"{out}.replies"}}))
    words = ["--tasks", str(tasks), "--seed", "5", "--settings", str(settings), "--out", str(out)]
    return [sys.executable, "-m", "flows.cli", "generate", *words]


def run(out):
    done = subprocess.run(command(out), capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def rows(out, side):
    return [row for path in sorted((Path(out) / side).glob("*.parquet")) for row in pq.read_table(path).to_pylist()]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run that nobody disturbed."""
    out = tmp_path_factory.mktemp("whole")
    run(out)
    return out


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """The same order in another folder, killed as soon as programs had been paid for, and given again."""
    out = tmp_path_factory.mktemp("broken")
    with (out / "log").open("wb") as log:
        process = subprocess.Popen(command(out), cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
        until = time.monotonic() + PATIENCE_S
        while not list(out.rglob("written.jsonl")):
            assert process.poll() is None, (out / "log").read_text()
            assert time.monotonic() < until
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert not rows(out, "public")
    kept = {path: path.read_bytes() for path in out.rglob("written.jsonl")}
    run(out)
    assert all(path.read_bytes().startswith(before[: before.rfind(b"\n") + 1]) for path, before in kept.items())
    return out


def test_exactly_as_many_tasks_as_asked_for_each_with_its_truth(whole):
    public, private = rows(whole, "public"), rows(whole, "private")
    assert len(public) == TASKS
    assert [row["task_id"] for row in public] == [row["task_id"] for row in private]
    for row, truth in zip(public, private, strict=True):
        ids = {completion["completion_id"] for completion in row["completions"]}
        assert len(ids) == 4
        assert ids == {rung["completion_id"] for rung in truth["ladder"]}


def test_the_order_is_strict_even_and_wide_enough(whole):
    for truth in rows(whole, "private"):
        qs = [rung["q"] for rung in truth["ladder"]]
        span = qs[0] - qs[3]
        assert span >= 0.3
        for rank, q in enumerate(qs):
            assert rank == 0 or q < qs[rank - 1]
            assert abs(q - (qs[0] - span * rank / 3)) <= 0.1 * span + 1e-9
        assert truth["ladder"][0]["checks_passed"] == truth["ladder"][0]["checks_total"] >= 4


def test_the_four_are_one_text_but_for_the_key_and_open_to_the_natural_versions(whole):
    for row, truth in zip(rows(whole, "public"), rows(whole, "private"), strict=True):
        pages = {one["completion_id"]: one["files"][0]["content"] for one in row["completions"]}
        keys = {name: key_in(page) for name, page in pages.items()}
        assert len(set(keys.values())) == 4
        assert len({page.replace(keys[name], "") for name, page in pages.items()}) == 1
        for rung in truth["ladder"]:
            natural = Program.of((file["filename"], file["content"]) for file in rung["files"])
            assert opened(pages[rung["completion_id"]]) == bundle(natural)
            assert bool(json.loads(rung["edits"])) == (rung["files"] != truth["clean"])
        assert all(json.loads(rung["edits"]) for rung in truth["ladder"][1:])
        assert truth["spread"] <= 0.01 and truth["clean_q"] >= truth["ladder"][0]["q"] - 1e-9


def test_the_shards_have_the_schema_of_the_design_and_load_as_datasets(whole):
    for side, schema in (("public", PUBLIC), ("private", PRIVATE)):
        (path,) = (whole / side).glob("*-0000.parquet")
        assert pq.read_schema(path).equals(schema)
    loaded = datasets.load_dataset("parquet", data_files=str(whole / "public" / "*.parquet"), split="train")
    assert loaded.num_rows == TASKS
    assert set(loaded.column_names) == {"task_id", "schema_version", "topic", "title", "prompt", "completions"}
    for path in (whole / "rejected").glob("*.parquet"):
        assert pq.read_schema(path).equals(REJECTED)


def test_every_candidate_is_accounted_for(whole):
    progress = json.loads(next(whole.glob("runs/*/progress.json")).read_text("utf-8"))
    assert progress["candidates"] == TASKS + len(rows(whole, "rejected"))
    for row in rows(whole, "rejected"):
        assert row["stage"]
        assert row["reason"]


def test_every_version_has_its_screenshot_and_they_differ(whole):
    for truth in rows(whole, "private"):
        pictures = {
            (whole / "media" / truth["task_id"] / f"{rung['completion_id']}.webp").read_bytes()
            for rung in truth["ladder"]
        }
        assert len(pictures) > 1


def test_a_run_that_was_killed_goes_on_without_paying_twice_and_comes_to_the_same_tasks(whole, broken):
    assert [row["task_id"] for row in rows(broken, "public")] == [row["task_id"] for row in rows(whole, "public")]
    assert [[rung["q"] for rung in row["ladder"]] for row in rows(broken, "private")] == [
        [rung["q"] for rung in row["ladder"]] for row in rows(whole, "private")
    ]


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_sigterm_keep_what_is_done_and_say_so(tmp_path, asked):
    out, many = tmp_path / "out", 40 * TASKS  # the signal can't come after the last of them
    default = "import signal, runpy; signal.signal(signal.SIGINT, signal.default_int_handler); "
    start = default + "runpy.run_module('flows.cli', run_name='__main__')"
    words = [sys.executable, "-c", start, *command(out, many)[3:]]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + PATIENCE_S
    while not (posed := list(out.rglob("posed.jsonl"))):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.05)
    done = posed[0].read_text("utf-8")
    process.send_signal(asked)
    _, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 3
    *before, last = said.strip().splitlines()
    assert last == "dojo: Stopped. What is done is kept; the same command goes on from here."
    gently = "dojo: Finishing what is under way, without new calls to a model; Ctrl-C again stops at once."
    assert before == ([gently] if asked == signal.SIGINT else [])
    assert posed[0].read_text("utf-8").startswith(done)
    if asked == signal.SIGTERM:  # at once: no task was made of what was posed
        assert rows(out, "public") == []


def test_show_prints_a_task(whole):
    task_id = rows(whole, "public")[0]["task_id"]
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "show", task_id, "--dataset", str(whole)],
        capture_output=True, text=True, cwd=ROOT, check=True, timeout=60,
    )  # fmt: skip
    assert rows(whole, "public")[0]["title"] in done.stdout
    assert "rank 3" in done.stdout


async def test_the_report_shows_every_task_in_a_real_browser_without_a_request_or_an_error(whole):
    from playwright.async_api import async_playwright

    from tasks.render.browser import find_browser
    from tasks.settings import RenderSettings

    (report,) = whole.glob("runs/*/report.html")
    said, asked = [], []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_browser(RenderSettings()))
        page = await browser.new_page(viewport={"width": 1280, "height": 900})
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(report.as_uri())
        assert await page.locator("#accepted").inner_text() == f"{TASKS} of {TASKS}"
        assert await page.locator("article").count() == TASKS
        assert await page.locator("article").first.locator("img").count() == 4
        broken = "() => [...document.images].filter((i) => i.complete && !i.naturalWidth).length"
        assert await page.evaluate(broken) == 0
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await page.locator("[data-try]").first.click()
        frame = page.frame_locator("dialog iframe")
        await frame.locator("h1").first.wait_for()
        await page.keyboard.press("Escape")
        await page.locator("dialog").wait_for(state="hidden")
        await browser.close()
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "about:", "blob:"))] == []
