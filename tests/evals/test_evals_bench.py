"""The benches: what they print, what they keep, and that they measure what they say."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from evals.bench.figures import Figure, Figures, read_older
from evals.bench.footprint import footprint
from evals.bench.pages import offline_orders, read_pages
from evals.bench.render import bench_render
from tasks.errors import BadInput
from tasks.settings import ROOT, RenderSettings, Settings

PAGE = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{0}</title></head><body>'
    '<button id="b">Go</button><p id="o"></p>'
    '<script>b.onclick = () => {{ o.textContent = "gone"; }};</script></body></html>'
)
CHECKS = [
    {
        "id": "goes",
        "title": "The button says it is gone",
        "severity": "major",
        "steps": [{"do": "click", "target": {"css": "#b"}}],
        "expect": [{"see": "text", "target": {"css": "#o"}, "how": "equals", "value": "gone"}],
    }
]


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    for name in ("one", "two"):
        (tmp_path / "pages" / name).mkdir(parents=True)
        (tmp_path / "pages" / name / "index.html").write_text(PAGE.format(name))
    (tmp_path / "pages" / "one" / "checks.json").write_text(json.dumps(CHECKS))
    return tmp_path / "pages"


def test_a_folder_of_pages_is_rendered_in_the_pool_and_the_naive_way(pages, tmp_path):
    settings = Settings(render=RenderSettings(pages=2))
    told: list[str] = []
    figures = bench_render([*read_pages(pages).orders.values()], 12, 2, settings, told.append)
    figures.save(tmp_path / "out.json")
    kept = read_older(tmp_path / "out.json")
    assert {"versions_per_minute", "ratio_to_naive", "rss_mb", "cost_drift"} <= set(kept)
    assert kept["same_dom"] == kept["same_pixels"] == 100
    assert kept["versions_per_minute"] > kept["naive_per_minute"] > 0
    assert kept["rss_mb"] > 100  # a browser's, not only Python's
    assert told[-1].endswith("12 of 12 versions rendered")
    beside = figures.table(kept | {"rss_mb": 2 * kept["rss_mb"]}).markdown
    assert "| 0.50 |" in beside and "12 versions of 2 pages, 0.5 checks" in figures.note


def test_offline_pages_are_all_different_and_have_checks():
    orders = offline_orders(30)
    assert len({order.program.program_id for order in orders}) == 30
    assert all(order.checks for order in orders)


def test_an_older_file_without_a_figure_leaves_its_place_empty():
    table = Figures("T", (Figure("a", "a", 3.0, 1), Figure("b", "b", 2.0)), "").table({"a": 2.0, "b": "x"})
    assert table.rows == (("a", "3.0", "", "2.0", "1.50"), ("b", "2.00", "", "", ""))


def test_the_footprint_counts_children_that_have_ended():
    before = footprint().cpu_s
    subprocess.run([sys.executable, "-c", "sum(i * i for i in range(4_000_000))"], check=True)
    assert footprint().cpu_s - before > 0.05


def test_pages_that_are_none_are_named(tmp_path):
    with pytest.raises(BadInput, match="has no page"):
        read_pages(tmp_path)
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "index.html").write_text("<p>")
    (tmp_path / "bad" / "checks.json").write_text("{")
    with pytest.raises(BadInput, match="no page that can be read; bad: "):
        read_pages(tmp_path)


def test_a_folder_of_files_is_a_page_each_with_what_it_names(tmp_path):
    (tmp_path / "a.html").write_text('<p>a</p><script src="a.js"></script>')
    (tmp_path / "b.html").write_text("<p>b</p>")
    (tmp_path / "a.js").write_text("let a;")
    (tmp_path / "torn.html").write_bytes(b"<p>\xff</p>")
    given = read_pages(tmp_path)
    assert {name: [file.filename for file in order.program.files] for name, order in given.orders.items()} == {
        "a.html": ["index.html", "a.js"],
        "b.html": ["index.html"],
    }
    assert given.unread == {"torn.html": "it is not in UTF-8 (byte 3)"}
    assert given.remarks == ("The page torn.html was left out, it can't be read: it is not in UTF-8 (byte 3).",)


def test_a_folder_that_is_a_page_is_one(pages):
    given = read_pages(pages / "one")
    (order,) = given.orders.values()
    assert [*given.orders] == ["one"] and len(order.checks) == 1
    (pages / "three").mkdir()
    (pages / "three" / "index.html").write_bytes(b"\xff")
    assert [*read_pages(pages).orders] == ["one", "two"] and [*read_pages(pages).unread] == ["three"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["render", "--pages", "/nonesuch"], "has no page"),
        (["render", "--compare", "pyproject.toml"], "no file that `dojo bench --json` has written"),
        (["generate", "--json", "README.md/out.json"], "README.md is no folder"),
    ],
)
def test_bad_input_is_one_sentence(words, said):
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "bench", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert said in done.stderr and done.stderr.count("\n") == 1
