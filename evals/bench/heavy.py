# ruff: noqa: E501 - a page reads best as its author wrote it
"""Honest pages that keep a processor busy, as models write them: canvases, simulations, lists built anew, sorts."""

import random

from tasks.check import Check
from tasks.record import Program, RenderOrder

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>body {{ font: 16px/1.5 sans-serif; margin: 2rem; color: #222 }} button {{ padding: .5rem 1rem }} li {{ padding: 2px 4px }} canvas {{ border: 1px solid #888 }}</style>
</head><body><main><h1>{title}</h1><button id="go">Go</button> <output id="said" role="status">Ready</output>{body}</main>
<script>
const go = document.getElementById("go"), said = document.getElementById("said");
{script}
</script></body></html>
"""
_CANVAS = '<p><canvas id="c" width="{w}" height="{h}"></canvas></p>'
_LIST = '<ul id="list"></ul>'
_PARTICLES = """
const g = document.getElementById("c").getContext("2d");
const dots = Array.from({ length: %n }, () => ({ x: Math.random() * %w, y: Math.random() * %h, vx: Math.random() * 2 - 1, vy: Math.random() * 2 - 1, hue: Math.random() * 360 }));
function draw() {
  g.fillStyle = "rgba(10, 10, 30, 0.3)";
  g.fillRect(0, 0, %w, %h);
  for (const dot of dots) {
    dot.x += dot.vx; dot.y += dot.vy;
    if (dot.x < 0 || dot.x > %w) dot.vx *= -1;
    if (dot.y < 0 || dot.y > %h) dot.vy *= -1;
    g.fillStyle = `hsl(${dot.hue}, 80%, 60%)`;
    g.beginPath(); g.arc(dot.x, dot.y, 2, 0, Math.PI * 2); g.fill();
  }
  requestAnimationFrame(draw);
}
draw();
go.onclick = () => { for (const dot of dots) { dot.vx *= -1; dot.vy *= -1; } said.textContent = "Done"; };
"""
_LIFE = """
const size = %n, canvas = document.getElementById("c"), g = canvas.getContext("2d");
let cells = Array.from({ length: size }, () => Array.from({ length: size }, () => Math.random() < 0.3));
function neighbours(x, y) {
  let count = 0;
  for (let dy = -1; dy <= 1; dy++) for (let dx = -1; dx <= 1; dx++) {
    if ((dx || dy) && cells[(y + dy + size) % size][(x + dx + size) % size]) count++;
  }
  return count;
}
function step() {
  cells = cells.map((row, y) => row.map((alive, x) => { const n = neighbours(x, y); return n === 3 || (alive && n === 2); }));
  g.clearRect(0, 0, canvas.width, canvas.height);
  const side = canvas.width / size;
  cells.forEach((row, y) => row.forEach((alive, x) => { if (alive) g.fillRect(x * side, y * side, side, side); }));
}
step();
go.onclick = () => { for (let n = 0; n < %k; n++) step(); said.textContent = "Done"; };
"""
_FRACTAL = """
const canvas = document.getElementById("c"), g = canvas.getContext("2d");
function render(zoom) {
  const image = g.createImageData(canvas.width, canvas.height);
  for (let py = 0; py < canvas.height; py++) for (let px = 0; px < canvas.width; px++) {
    const cx = (px - canvas.width / 2) / zoom - 0.6, cy = (py - canvas.height / 2) / zoom;
    let x = 0, y = 0, n = 0;
    while (x * x + y * y < 4 && n < %k) { const t = x * x - y * y + cx; y = 2 * x * y + cy; x = t; n++; }
    const at = 4 * (py * canvas.width + px);
    image.data[at] = n * 5; image.data[at + 1] = n * 2; image.data[at + 2] = 80; image.data[at + 3] = 255;
  }
  g.putImageData(image, 0, 0);
}
go.onclick = () => { render(%n); said.textContent = "Done"; };
"""
_REBUILD = """
const items = Array.from({ length: %n }, (_, n) => ({ name: `Item ${(n * 7919) % 1000}`, price: (n * 37) % 500, done: n % 3 === 0 }));
const list = document.getElementById("list");
function show() {
  list.innerHTML = "";
  for (const item of items) list.innerHTML += `<li class="${item.done ? "done" : ""}"><b>${item.name}</b> <span>$${item.price.toFixed(2)}</span></li>`;
}
list.innerHTML = items.slice(0, 5).map((item) => `<li>${item.name}</li>`).join("");
go.onclick = () => { show(); said.textContent = "Done"; };
"""
_THRASH = """
const list = document.getElementById("list");
for (let n = 0; n < %n; n++) { const row = document.createElement("li"); row.textContent = `Row ${n}`; list.append(row); }
go.onclick = () => {
  for (const row of list.children) { const height = row.offsetHeight; row.style.height = `${height + 1}px`; row.style.width = `${200 + row.offsetWidth % 50}px`; }
  said.textContent = "Done";
};
"""
_SORT = """
const rows = Array.from({ length: %n }, (_, n) => ({ id: n, name: `Person ${(n * 7919) % 10007}`, score: (n * 104729) % 1000 }));
const list = document.getElementById("list");
go.onclick = () => {
  rows.sort((a, b) => b.score - a.score || a.name.localeCompare(b.name));
  list.replaceChildren(...rows.slice(0, 50).map((row) => { const li = document.createElement("li"); li.textContent = `${row.name}: ${row.score}`; return li; }));
  said.textContent = "Done";
};
"""
_LOOP = """
function primes(limit) { const found = []; for (let n = 2; n < limit; n++) { let prime = true; for (let d = 2; d * d <= n; d++) if (n % d === 0) { prime = false; break; } if (prime) found.push(n); } return found; }
go.onclick = () => { const found = primes(%n); said.textContent = found.length ? "Done" : "None"; };
"""
_SEARCH = """
const texts = Array.from({ length: %n }, (_, n) => `Entry ${n}: the ${["quick", "slow", "old", "young"][n % 4]} fox of ${["Paris", "Rome", "Lima"][n % 3]} jumps over dog number ${(n * 31) % 97}`);
const list = document.getElementById("list");
go.onclick = () => {
  const counts = {};
  for (const text of texts) for (const word of text.toLowerCase().split(/\\W+/)) counts[word] = (counts[word] || 0) + 1;
  const top = Object.entries(counts).sort((a, b) => b[1] - a[1]).slice(0, 20);
  list.innerHTML = top.map(([word, n]) => `<li>${word}: ${n}</li>`).join("");
  said.textContent = "Done";
};
"""
_KINDS = (
    ("Particles", _CANVAS, _PARTICLES, (500, 1000, 2000, 3500, 5000)),
    ("Life", _CANVAS, _LIFE, (80, 120, 200, 300)),
    ("Fractal", _CANVAS, _FRACTAL, (120, 200, 260)),
    ("Rebuilt list", _LIST, _REBUILD, (50, 150, 300)),
    ("Measured rows", _LIST, _THRASH, (100, 250, 400)),
    ("Sorted rows", _LIST, _SORT, (2_000, 20_000, 60_000)),
    ("Primes", "", _LOOP, (100_000, 400_000, 1_500_000)),
    ("Word counts", _LIST, _SEARCH, (1_000, 5_000, 15_000)),
)


def heavy_orders(count: int) -> dict[str, RenderOrder]:
    """So many such pages by name, the kinds in turn, of sizes that differ a little each time."""
    orders = {}
    for n in range(count):
        title, body, script, sizes = _KINDS[n % len(_KINDS)]
        draw = random.Random(n)
        size = int(sizes[n // len(_KINDS) % len(sizes)] * draw.uniform(0.9, 1.1))
        w, h = draw.choice([(300, 200), (480, 320), (640, 400)])
        steps = draw.choice((1, 2, 4))
        for key, value in (("%n", size), ("%w", w), ("%h", h), ("%k", steps * 40 if title == "Fractal" else steps)):
            script = script.replace(key, str(value))
        page = _PAGE.format(title=title, body=body.format(w=w, h=h), script=script)
        orders[f"heavy {n}: {title.lower()}, {size:,}"] = RenderOrder(
            program=Program.of([("index.html", page)]), checks=(_DONE,)
        )
    return orders


_DONE = Check.model_validate(
    {
        "id": "done",
        "title": "Go does it",
        "severity": "major",
        "steps": [{"do": "click", "target": {"role": "button", "name": "Go"}}],
        "expect": [{"see": "text", "target": {"role": "status"}, "how": "equals", "value": "Done"}],
    }
)
