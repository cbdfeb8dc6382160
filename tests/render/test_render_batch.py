"""The Prefect task, from file to file."""

import pytest

from tasks.record import Render
from tasks.render.task import render_batch
from tasks.rows import load_rows, save_rows

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
    assert found[0].verdicts[0].reason == 'text of `#b` is "0" after 500 ms, expected "1"'
    written = out.stat().st_mtime_ns
    asked.unlink()
    await render_batch.fn(asked, out, pool)
    assert out.stat().st_mtime_ns == written
