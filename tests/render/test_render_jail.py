"""The layers round the browser: which there are, what is refused without them, and a browser that stops answering."""

import os
import signal
from pathlib import Path

import pytest

from tasks.errors import Missing
from tasks.render.browser import find_browser
from tasks.render.jail import KEPT, NO_JAIL, Jail, find_jail
from tasks.render.pool import RenderPool
from tasks.settings import QualityWeights, RenderSettings

pytestmark = pytest.mark.asyncio(loop_scope="session")

CLICK = {
    "steps": [{"do": "click", "target": {"role": "button", "name": "Go"}}],
    "expect": [{"see": "text", "target": {"css": "#o"}, "how": "equals", "value": "gone"}],
}
BODY = '<button id="b">Go</button><p id="o"></p>'
FINE = 'b.onclick = () => { o.textContent = "gone"; };'


def browsers_of_this_test() -> list[int]:
    """Main processes of the browsers that this process started, its driver in between."""
    parents, mains = {}, []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat, line = (entry / "stat").read_text(), (entry / "cmdline").read_text().split("\0")
        except OSError:
            continue
        parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
        if "--remote-debugging-pipe" in line and "chromium" in line[0] and not line[1].startswith("--type"):
            mains.append(int(entry.name))
    return [pid for pid in mains if os.getpid() in _ancestors(pid, parents)]


def _ancestors(pid: int, parents: dict[int, int]) -> set[int]:
    found: set[int] = set()
    while pid in parents and pid not in found:
        found.add(pid)
        pid = parents[pid]
    return found


async def test_a_browser_that_hangs_is_replaced_and_the_page_not_blamed(order, tmp_path):
    before = set(browsers_of_this_test())
    async with RenderPool(RenderSettings(pages=1), QualityWeights(), tmp_path) as pool:
        fine = order(BODY, FINE, checks=[CLICK])
        assert (await pool.render(fine)).passed == 1
        stopped = set(browsers_of_this_test()) - before
        assert stopped
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        try:
            again = await pool.render(fine)
        finally:
            for pid in stopped & set(browsers_of_this_test()):
                os.kill(pid, signal.SIGKILL)
    assert (again.outcome, again.passed) == ("ok", 1)


async def test_strict_refuses_a_machine_without_layers_and_names_them(tmp_path, monkeypatch):
    link = tmp_path / "chromium"
    link.symlink_to(find_browser(RenderSettings()))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Missing, match=r"strict.*network namespace: .*Chromium's sandbox: .*user namespaces"):
        async with RenderPool(RenderSettings(browser=str(link), sandbox="strict"), QualityWeights(), tmp_path):
            pass


async def test_strict_renders_where_nothing_is_missing(order, tmp_path):
    if find_jail(find_browser(RenderSettings())).gaps:
        pytest.skip("this machine lacks a layer")
    async with RenderPool(RenderSettings(pages=1, sandbox="strict"), QualityWeights(), tmp_path) as pool:
        assert (await pool.render(order(BODY, FINE, checks=[CLICK]))).passed == 1


async def test_keys_stay_out_of_the_browser(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    told = find_jail(find_browser(RenderSettings())).environment("/bin/true", RenderSettings())
    assert "secret" not in told.values()
    assert set(told) <= {*KEPT, *(key for key in told if key.startswith("DOJO_JAIL_"))}


async def test_layers_that_are_missing_come_with_the_way_out():
    assert len(NO_JAIL.gaps) == 2
    assert all("sysctl" in gap for gap in NO_JAIL.gaps)
    assert Jail(network=True, sandbox=True, user=True, limits=True).gaps == ()


async def test_memory_beside_the_heap_has_an_end(order, tmp_path):
    if not find_jail(find_browser(RenderSettings())).limits:
        pytest.skip("this machine has no prlimit")
    eats = """
    b.onclick = () => {
      const all = [];
      try { for (;;) all.push(new Uint8Array(16 << 20).fill(1)); } catch { o.textContent = `${all.length * 16} MB`; }
    };"""
    few = {
        **CLICK,
        "expect": [{"see": "text", "target": {"css": "#o"}, "how": "matches", "value": "^[1-9]\\d{1,2} MB$"}],
    }
    async with RenderPool(RenderSettings(pages=1, memory_mb=768), QualityWeights(), tmp_path) as pool:
        eaten = await pool.render(order(BODY, eats, checks=[few]))
        fine = await pool.render(order(BODY, FINE, checks=[CLICK]))
    assert eaten.outcome in ("crash", "hang") or eaten.passed == 1, eaten.verdicts
    assert fine.passed == 1
