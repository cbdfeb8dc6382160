"use strict";

const LANES = [[ lanes ]];
const LIVES = [[ lives ]];
const ROUND_MS = [[ seconds ]] * 1000;
const FALL_MS = [[ fall_ms ]];
const GAP_MS = [[ gap_ms ]];
const FASTEST_FALL_MS = FALL_MS / 2;
const SPOILER_CHANCE = 0.25;
const CATCH_AT = 0.86;
const GOODS = [
  [% for good in goods %]
  { name: [[ good.name | tojson ]], points: [[ good.points ]], shape: "[[ good.shape ]]", color: "[[ [c.accent, c.accent2, c.good][loop.index0] ]]" },
  [% endfor %]
];
const SPOILER = { name: [[ spoiler.name | tojson ]], points: 0, shape: "[[ spoiler.shape ]]", color: "[[ c.bad ]]" };
const MIDDLE = Math.floor(LANES / 2);

const element = (id) => document.getElementById(id);
const canvas = element("field");
const pen = canvas.getContext("2d");
const laneWidth = canvas.width / LANES;
const scenery = paintScenery();

let best = 0;
let state = freshState();

function freshState() {
  return { phase: "ready", lane: MIDDLE, score: 0, lives: LIVES, elapsed: 0, nextDrop: 0, drops: 0, falling: [], last: 0, comment: "Ready when you are.", mood: "" };
}

function move(step) {
  if (state.phase === "paused" || state.phase === "over") {
    return;
  }
  state.lane = Math.max(0, Math.min(LANES - 1, state.lane + step));
  render();
}

function start() {
  if (state.phase === "over") {
    state = freshState();
  }
  state.phase = "playing";
  say("Here they come!", "");
  resumeClock();
}

function togglePause() {
  if (state.phase === "playing") {
    state.phase = "paused";
    say("Paused.", "");
    render();
  } else if (state.phase === "paused") {
    state.phase = "playing";
    say("On we go.", "");
    resumeClock();
  }
}

function restart() {
  state = freshState();
  render();
}

function resumeClock() {
  state.last = performance.now();
  render();
  requestAnimationFrame(tick);
}

function tick() {
  if (state.phase !== "playing") {
    return;
  }
  const now = performance.now();
  advance(now - state.last);
  state.last = now;
  render();
  requestAnimationFrame(tick);
}

function advance(ms) {
  state.elapsed += ms;
  while (state.elapsed >= state.nextDrop) {
    state.falling.push(nextThing());
    state.nextDrop += GAP_MS;
  }
  for (const thing of state.falling) {
    thing.depth += (ms / thing.fallMs) * CATCH_AT;
    if (thing.depth >= CATCH_AT) {
      land(thing);
    }
  }
  state.falling = state.falling.filter((thing) => thing.depth < CATCH_AT);
  if (state.lives <= 0) {
    finish("Out of lives");
  } else if (state.elapsed >= ROUND_MS) {
    finish("Time is up");
  }
}

function nextThing() {
  const turn = state.drops;
  state.drops += 1;
  if (turn === 0) {
    return { kind: GOODS[0], lane: MIDDLE, depth: 0, fallMs: FALL_MS };
  }
  if (turn === 1) {
    return { kind: SPOILER, lane: MIDDLE, depth: 0, fallMs: FALL_MS };
  }
  const kind = Math.random() < SPOILER_CHANCE ? SPOILER : GOODS[Math.floor(Math.random() * GOODS.length)];
  const fallMs = Math.max(FASTEST_FALL_MS, FALL_MS * Math.pow(0.98, turn));
  return { kind, lane: Math.floor(Math.random() * LANES), depth: 0, fallMs };
}

function land(thing) {
  const caught = thing.lane === state.lane;
  if (caught && thing.kind === SPOILER) {
    state.lives -= 1;
    say(`Ouch, ${SPOILER.name}! One life gone.`, "bad");
  } else if (caught) {
    state.score += thing.kind.points;
    best = Math.max(best, state.score);
    say(`${thing.kind.name} caught: +${thing.kind.points}.`, "good");
  } else if (thing.kind !== SPOILER) {
    [% if strict %]
    state.lives -= 1;
    say(`${thing.kind.name} got away. One life gone.`, "bad");
    [% else %]
    say(`${thing.kind.name} got away.`, "");
    [% endif %]
  }
}

function finish(reason) {
  state.phase = "over";
  state.falling = [];
  say(`${reason}: ${state.score} points.`, "");
}

function say(comment, mood) {
  state.comment = comment;
  state.mood = mood;
}

function render() {
  const secondsLeft = Math.max(0, Math.ceil((ROUND_MS - state.elapsed) / 1000));
  show("score", String(state.score));
  show("lives", String(Math.max(0, state.lives)));
  show("time", `${secondsLeft} s`);
  show("best", String(best));
  show("position", `Lane ${state.lane + 1} of ${LANES}`);
  show("comment", state.comment);
  element("comment").className = `comment ${state.mood}`;
  element("lives").parentElement.classList.toggle("low", state.lives <= 1);
  renderButtons();
  drawField();
}

function show(id, text) {
  if (element(id).textContent !== text) {
    element(id).textContent = text;
  }
}

function renderButtons() {
  const running = state.phase === "playing" || state.phase === "paused";
  element("start").disabled = running;
  element("pause").disabled = !running;
  show("pause", state.phase === "paused" ? [[ words.resume | tojson ]] : [[ words.pause | tojson ]]);
}

function drawField() {
  pen.drawImage(scenery, 0, 0);
  for (const thing of state.phase === "ready" ? displayed() : state.falling) {
    drawThing(thing);
  }
  drawCatcher();
}

function displayed() {
  return [...GOODS, SPOILER].map((kind, index) => ({ kind, lane: MIDDLE - 2 + index + (index > 1 ? 1 : 0), depth: [[ "0.2 + (index % 2) * 0.14" if lead == 0 else "0.38 - Math.abs(1.5 - index) * 0.1" if lead == 1 else "0.16 + index * 0.07" ]] }));
}

function paintScenery() {
  const backdrop = document.createElement("canvas");
  backdrop.width = canvas.width;
  backdrop.height = canvas.height;
  const brush = backdrop.getContext("2d");
  brush.fillStyle = "[[ c.bg ]]";
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.fillStyle = "[[ c.surface ]]";
  brush.beginPath();
  brush.arc(canvas.width * [[ sun ]], canvas.height * 0.34, canvas.height * 0.2, 0, Math.PI * 2);
  brush.fill();
  brush.fillStyle = "[[ c.line ]]";
  for (const hill of [[ hills ]]) {
    brush.beginPath();
    brush.ellipse(canvas.width * hill, canvas.height, canvas.width * 0.3, canvas.height * (0.2 + hill * 0.22), 0, Math.PI, 0);
    brush.fill();
  }
  drawLanes(brush);
  return backdrop;
}

function drawLanes(brush) {
  brush.strokeStyle = "[[ c.muted ]]";
  brush.globalAlpha = 0.45;
  brush.setLineDash([2, 8]);
  for (let lane = 1; lane < LANES; lane += 1) {
    brush.beginPath();
    brush.moveTo(lane * laneWidth, 0);
    brush.lineTo(lane * laneWidth, canvas.height);
    brush.stroke();
  }
}

function drawThing(thing) {
  const size = Math.min(laneWidth * 0.3, 20);
  pen.save();
  pen.translate((thing.lane + 0.5) * laneWidth, thing.depth * canvas.height);
  pen.fillStyle = thing.kind.color;
  pen.beginPath();
  traceShape(thing.kind.shape, size);
  pen.fill();
  pen.restore();
}

function traceShape(shape, size) {
  if (shape === "disc") {
    pen.arc(0, 0, size, 0, Math.PI * 2);
  } else if (shape === "gem") {
    pen.rotate(Math.PI / 4);
    pen.rect(-size * 0.8, -size * 0.8, size * 1.6, size * 1.6);
  } else if (shape === "leaf") {
    pen.ellipse(0, 0, size * 0.6, size * 1.15, Math.PI / 5, 0, Math.PI * 2);
  } else if (shape === "drop") {
    pen.arc(0, size * 0.25, size * 0.8, 0, Math.PI);
    pen.lineTo(0, -size * 1.2);
  } else {
    pen.roundRect(-size, -size * 0.75, size * 2, size * 1.5, 5);
  }
}

function drawCatcher() {
  const center = (state.lane + 0.5) * laneWidth;
  const top = canvas.height * CATCH_AT;
  const half = laneWidth * 0.42;
  pen.fillStyle = "[[ c.ink ]]";
  pen.beginPath();
  pen.moveTo(center - half, top);
  pen.lineTo(center + half, top);
  pen.lineTo(center + half * 0.7, canvas.height - 8);
  pen.lineTo(center - half * 0.7, canvas.height - 8);
  pen.fill();
  pen.fillStyle = "[[ c.accent ]]";
  pen.fillRect(center - half - 3, top - 4, half * 2 + 6, 8);
}

function onKey(event) {
  if (event.key === "ArrowLeft") {
    move(-1);
  } else if (event.key === "ArrowRight") {
    move(1);
  } else if (event.key.toLowerCase() === "[[ pause_key ]]") {
    togglePause();
  } else {
    return;
  }
  event.preventDefault();
}

element("left").addEventListener("click", () => move(-1));
element("right").addEventListener("click", () => move(1));
element("start").addEventListener("click", start);
element("pause").addEventListener("click", togglePause);
element("restart").addEventListener("click", restart);
document.addEventListener("keydown", onKey);
render();
