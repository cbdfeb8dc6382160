"""Most loads go to a browser that draws nothing: it must come to the same verdicts and measures as one that draws."""

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="session")

BODY = """
<main><h1>Lamps</h1><p style="color:#999;background:#fff">Pale words</p>
<button>Light</button><p role="status" aria-label="Lit">0</p>
<label>Name <input></label><canvas width="120" height="60"></canvas><div class="pulse">beat</div></main>
<style>.pulse{animation:pulse 1s infinite} @keyframes pulse{to{translate:40px}} button{transition:all .2s}</style>
"""
SCRIPT = """
let lit = 0, x = 0;
const status = document.querySelector("[role=status]"), pen = document.querySelector("canvas").getContext("2d");
document.querySelector("button").addEventListener("click", () => {
  lit += 1;
  setTimeout(() => { status.textContent = lit; }, 240);
});
document.querySelector("input").addEventListener("input", (event) => { status.textContent = event.target.value; });
(function draw() {
  x = (x + 1) % 120;
  pen.clearRect(0, 0, 120, 60);
  pen.fillRect(x, 20, 9, 9);
  requestAnimationFrame(draw);
})();
"""
CHECKS = [
        {
            "id": "lights", "title": "Light counts up.", "severity": "critical",
            "steps": [{"do": "click", "target": {"role": "button", "name": "Light"}, "times": 2}],
            "expect": [{"see": "text", "target": {"role": "status"}, "how": "equals", "value": "2"}],
        },
        {
            "id": "types", "title": "A name is repeated.", "severity": "major",
            "steps": [{"do": "type", "target": {"label": "Name"}, "text": "Ada"}],
            "expect": [
                {"see": "text", "target": {"role": "status"}, "how": "equals", "value": "Ada"},
                {"see": "focus", "target": {"label": "Name"}},
            ],
        },
        {
            "id": "moves", "title": "The canvas moves by itself.", "severity": "minor",
            "expect": [{"see": "canvas", "how": "moving"}],
        },
        {
            "id": "never", "title": "It never says this.", "severity": "minor",
            "expect": [{"see": "visible", "target": {"text": "Never"}}],
        },
]  # fmt: skip


async def test_a_browser_that_draws_nothing_sees_the_same(order, pool):
    blind = await pool.render(order(BODY, SCRIPT, checks=CHECKS))
    seeing = await pool.render(order(BODY, SCRIPT + '\n// a word that wants frames: "scroll"\n', checks=CHECKS))
    assert [verdict.value for verdict in blind.verdicts] == ["pass", "pass", "pass", "fail"]
    assert blind.verdicts == seeing.verdicts
    assert blind.measures == seeing.measures
    assert blind.quality == seeing.quality
    assert 200 <= blind.measures.delay_ms <= 300
    assert blind.measures.low_contrast > 0
