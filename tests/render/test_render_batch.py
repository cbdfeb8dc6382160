"""The Prefect task and the author's aid, from file to file."""

import json
import subprocess
import sys

import pytest

from tasks.record import Render, load_rows, save_rows
from tasks.render.task import render_batch
from tasks.settings import ROOT

pytestmark = pytest.mark.asyncio(loop_scope="session")

BODY = '<button id="b">Go</button>'
CHECK = {
    "steps": [{"do": "click", "target": {"role": "button", "name": "Go"}}],
    "expect": [{"see": "text", "target": {"css": "#b"}, "how": "equals", "value": "1"}],
}


async def test_renders_come_in_the_order_of_the_orders_and_only_once(order, pool, tmp_path):
    orders = [order(BODY, f"b.onclick = () => {{ b.textContent = {n}; }};", checks=[CHECK]) for n in range(3)]
    asked, out = save_rows(tmp_path / "orders.jsonl", orders), tmp_path / "renders.jsonl"
    assert await render_batch.fn(asked, out, pool) == out
    found = load_rows(out, Render)
    assert [r.program_id for r in found] == [o.program.program_id for o in orders]
    assert [r.passed for r in found] == [0, 1, 0]
    assert found[0].verdicts[0].reason == 'text of `#b` is "0", expected "1"'
    written = out.stat().st_mtime_ns
    asked.unlink()
    await render_batch.fn(asked, out, pool)
    assert out.stat().st_mtime_ns == written


def test_the_authors_aid_prints_what_was_found(tmp_path):
    (tmp_path / "index.html").write_text(f'<!DOCTYPE html><title>x</title>{BODY}<script src="script.js"></script>')
    (tmp_path / "script.js").write_text("b.onclick = () => { b.textContent = 1; };")
    checks = tmp_path / "checks.json"
    checks.write_text(json.dumps([{"id": "go", "title": "it goes at a click", "severity": "major", **CHECK}]))
    command = [sys.executable, "-m", "tasks.render", str(tmp_path), str(checks), str(tmp_path / "p.png")]
    said = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True, timeout=60).stdout
    assert "pass     major    go" in said
    assert "quality  q=" in said
    assert (tmp_path / "p.png").stat().st_size > 1000
