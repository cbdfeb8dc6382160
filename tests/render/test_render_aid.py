"""The author's aid, and what is said when there is no browser to run."""

import asyncio
import json
import sys

import pytest

from tasks.errors import BrowserDown, Missing
from tasks.render.__main__ import main
from tasks.render.browser import find_browser
from tasks.render.pool import RenderPool
from tasks.settings import QualityWeights, RenderSettings

BODY = '<button id="b">Go</button>'
CHECK = {
    "steps": [{"do": "click", "target": {"role": "button", "name": "Go"}}],
    "expect": [{"see": "text", "target": {"css": "#b"}, "how": "equals", "value": "1"}],
}


def test_the_authors_aid_prints_what_was_found(tmp_path, monkeypatch, capsys):
    (tmp_path / "index.html").write_text(f'<!DOCTYPE html><title>x</title>{BODY}<script src="script.js"></script>')
    (tmp_path / "script.js").write_text("b.onclick = () => { b.textContent = 1; };")
    checks = tmp_path / "checks.json"
    checks.write_text(json.dumps([{"id": "go", "title": "it goes at a click", "severity": "major", **CHECK}]))
    monkeypatch.setattr(sys, "argv", ["render", str(tmp_path), str(checks), str(tmp_path / "p.png")])
    main()
    said = capsys.readouterr().out
    assert "pass     major    go: it goes at a click\n" in said
    assert "worth nothing" not in said
    assert "quality  q=" in said
    assert (tmp_path / "p.png").stat().st_size > 1000


def test_a_browser_that_is_not_there_is_named(monkeypatch):
    with pytest.raises(Missing, match=r"render\.browser names /no/such"):
        find_browser(RenderSettings(browser="/no/such"))
    monkeypatch.setenv("DOJO_BROWSER", "/none/here")
    with pytest.raises(Missing, match="DOJO_BROWSER names /none/here"):
        find_browser(RenderSettings())
    monkeypatch.delenv("DOJO_BROWSER")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Missing, match="apt-get install chromium-headless-shell"):
        find_browser(RenderSettings())


def test_a_browser_that_does_not_start_is_named(tmp_path):
    async def enter() -> None:
        async with RenderPool(RenderSettings(browser="true"), QualityWeights(), tmp_path):
            pass

    with pytest.raises(BrowserDown, match="true does not start"):
        asyncio.run(enter())
