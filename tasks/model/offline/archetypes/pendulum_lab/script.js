"use strict";

const FIRST = { length: [[ length ]], gravity: 9.81, angle: [[ angle ]] };
const LONGEST_CM = [[ longest ]];
const TOP = 34;

const element = (id) => document.getElementById(id);
const canvas = element("swing");
const pen = canvas.getContext("2d");
const REACH = canvas.height * 0.66;
const TRACE_TOP = canvas.height - 40;
let state = freshState();

function freshState() {
  return { ...FIRST, running: false, seconds: 0, last: 0, trials: [], notice: "No trials recorded yet." };
}

function periodOf(setting) {
  return 2 * Math.PI * Math.sqrt(setting.length / 100 / setting.gravity);
}

function angleAt(seconds) {
  return state.angle * Math.cos((2 * Math.PI * seconds) / periodOf(state));
}

function readSliders() {
  state.length = Number(element("length").value);
  state.angle = Number(element("angle").value);
  state.seconds = 0;
  render();
}

function readGravity() {
  state.gravity = Number(element("gravity").value);
  element("world").value = worldOf(state.gravity);
  state.seconds = 0;
  render();
}

function worldOf(gravity) {
  const match = [...element("world").options].find((option) => Number(option.value) === gravity);
  return match ? match.value : "own";
}

function chooseWorld() {
  if (element("world").value !== "own") {
    state.gravity = Number(element("world").value);
    element("gravity").value = String(state.gravity);
    state.seconds = 0;
  }
  render();
}

function toggleRun() {
  state.running = !state.running;
  state.last = performance.now();
  render();
  if (state.running) {
    requestAnimationFrame(tick);
  }
}

function tick() {
  if (!state.running) {
    return;
  }
  const now = performance.now();
  state.seconds += (now - state.last) / 1000;
  state.last = now;
  renderMotion();
  requestAnimationFrame(tick);
}

function recordTrial() {
  const same = state.trials.findIndex((trial) => trial.length === state.length && trial.gravity === state.gravity);
  if (same >= 0) {
    state.notice = `Already recorded as trial ${same + 1}.`;
  } else {
    state.trials.push({ length: state.length, gravity: state.gravity, period: periodOf(state) });
    state.notice = `Trial ${state.trials.length} recorded.`;
  }
  render();
}

function reset() {
  state = freshState();
  element("length").value = String(FIRST.length);
  element("gravity").value = String(FIRST.gravity);
  element("angle").value = String(FIRST.angle);
  element("world").value = worldOf(FIRST.gravity);
  render();
}

function render() {
  const period = periodOf(state);
  show("length-value", `${state.length} cm`);
  show("gravity-value", `${state.gravity.toFixed(2)} m/s²`);
  show("angle-value", `${state.angle}°`);
  show("period", `${period.toFixed(2)} s`);
  show("frequency", `${(1 / period).toFixed(2)} Hz`);
  show("run", state.running ? "[[ words.pause ]]" : "[[ words.start ]]");
  show("notice", state.notice);
  renderTrials();
  renderMotion();
}

function renderMotion() {
  show("clock", `${state.seconds.toFixed(1)} s`);
  show("swings", String(Math.floor(state.seconds / periodOf(state))));
  drawApparatus();
}

function renderTrials() {
  const rows = state.trials.map((trial, index) => {
    const row = document.createElement("tr");
    const number = document.createElement("th");
    number.scope = "row";
    number.textContent = String(index + 1);
    row.append(number);
    for (const text of [`${trial.length} cm`, `${trial.gravity.toFixed(2)} m/s²`, `${trial.period.toFixed(2)} s`]) {
      row.insertCell().textContent = text;
    }
    return row;
  });
  element("trials").replaceChildren(...rows);
}

function show(id, text) {
  if (element(id).textContent !== text) {
    element(id).textContent = text;
  }
}

function drawApparatus() {
  pen.fillStyle = "[[ c.surface ]]";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  drawGrid();
  drawProtractor();
  drawPendulum();
  drawTrace();
}

function drawGrid() {
  pen.fillStyle = "[[ c.line ]]";
  for (let x = 20; x < canvas.width; x += [[ 20 if layout == 'notebook' else 40 ]]) {
    pen.fillRect(x, 0, 1, canvas.height);
  }
  [% if layout != 'bench' %]
  for (let y = 20; y < canvas.height; y += [[ 20 if layout == 'notebook' else 40 ]]) {
    pen.fillRect(0, y, canvas.width, 1);
  }
  [% endif %]
  pen.fillStyle = "[[ c.ink ]]";
  pen.fillRect(canvas.width / 2 - 90, TOP - 10, 180, 10);
}

function drawProtractor() {
  pen.fillStyle = "[[ c.muted ]]";
  for (let degrees = -50; degrees <= 50; degrees += 10) {
    const radians = (degrees * Math.PI) / 180;
    pen.beginPath();
    pen.arc(canvas.width / 2 + Math.sin(radians) * 90, TOP + Math.cos(radians) * 90, degrees === 0 ? 4 : 2, 0, Math.PI * 2);
    pen.fill();
  }
}

function drawPendulum() {
  const radians = (angleAt(state.seconds) * Math.PI) / 180;
  const reach = (0.25 + 0.75 * (state.length / LONGEST_CM)) * REACH;
  const x = canvas.width / 2 + Math.sin(radians) * reach;
  const y = TOP + Math.cos(radians) * reach;
  pen.strokeStyle = "[[ c.ink ]]";
  pen.lineWidth = 2;
  pen.beginPath();
  pen.moveTo(canvas.width / 2, TOP);
  pen.lineTo(x, y);
  pen.stroke();
  pen.fillStyle = "[[ c.accent ]]";
  pen.beginPath();
  [% if shape == 'disc' %]
  pen.arc(x, y, 20, 0, Math.PI * 2);
  [% elif shape == 'diamond' %]
  pen.moveTo(x, y - 22);
  pen.lineTo(x + 18, y);
  pen.lineTo(x, y + 28);
  pen.lineTo(x - 18, y);
  [% else %]
  pen.roundRect(x - 16, y - 14, 32, 34, 6);
  [% endif %]
  pen.fill();
}

function drawTrace() {
  pen.strokeStyle = "[[ c.accent2 ]]";
  pen.lineWidth = 3;
  pen.beginPath();
  for (let x = 0; x <= canvas.width; x += 8) {
    const seconds = state.seconds - (canvas.width - x) / 130;
    pen.lineTo(x, TRACE_TOP - (seconds < 0 ? state.angle : angleAt(seconds)) * 0.6);
  }
  pen.stroke();
}

element("length").addEventListener("input", readSliders);
element("angle").addEventListener("input", readSliders);
element("gravity").addEventListener("input", readGravity);
element("world").addEventListener("change", chooseWorld);
element("run").addEventListener("click", toggleRun);
element("record").addEventListener("click", recordTrial);
element("reset").addEventListener("click", reset);
render();
