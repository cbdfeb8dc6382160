"use strict";

const FIRST = { rate: [[ rate ]], limit: [[ limit ]], first: [[ first ]] };
const LONGEST = [[ longest ]];
const PACE_MS = [[ pace_ms ]];
const HAND = [[ size ]];
const PLOT = { left: 52, right: [[ 988 if layout == 'chart' else 628 ]], top: 14, bottom: [[ 266 if layout == 'chart' else 346 if layout == 'ledger' else 306 ]] };
const SVG = "http://www.w3.org/2000/svg";

const element = (id) => document.getElementById(id);
let state = freshState(FIRST);

function freshState(conditions) {
  return { ...conditions, counts: [conditions.first], running: false, timer: 0, status: "The first count is in." };
}

function present() {
  return state.counts[state.counts.length - 1];
}

function yearOf() {
  return state.counts.length - 1;
}

function grown(count) {
  return Math.max(0, Math.floor(count + (state.rate / 100) * count * (1 - count / state.limit) + 0.5));
}

function step() {
  if (yearOf() >= LONGEST) {
    return;
  }
  state.counts.push(grown(present()));
  state.status = describe();
  if (yearOf() >= LONGEST) {
    stop();
    state.status = `The run ends with ${present()} [[ species | lower ]].`;
  }
  render();
}

function describe() {
  const change = lastChange();
  if (present() === 0) {
    return "Nobody is left.";
  }
  if (change === 0) {
    return "The colony holds its number.";
  }
  return change > 0 ? `${change} more than before.` : `${-change} fewer than before.`;
}

function lastChange() {
  return state.counts.length < 2 ? 0 : present() - state.counts[state.counts.length - 2];
}

function toggleRun() {
  if (state.running) {
    stop();
  } else {
    state.running = true;
    state.timer = setInterval(step, PACE_MS);
  }
  render();
}

function stop() {
  clearInterval(state.timer);
  state.running = false;
}

function intervene() {
  const before = present();
  state.counts[state.counts.length - 1] = Math.max(0, before + HAND);
  state.status = `From ${before} to ${present()} by hand.`;
  render();
}

function startAnew() {
  stop();
  state = freshState({ rate: Number(element("rate").value), limit: Number(element("limit").value), first: Number(element("first").value) });
  render();
}

function reset() {
  for (const name of ["rate", "limit", "first"]) {
    element(name).value = String(FIRST[name]);
  }
  startAnew();
}

function render() {
  const over = yearOf() >= LONGEST;
  element("rate-value").textContent = `${state.rate} %`;
  element("limit-value").textContent = String(state.limit);
  element("first-value").textContent = String(state.first);
  element("year").textContent = String(yearOf());
  element("count").textContent = String(present());
  element("change").textContent = signed(lastChange());
  element("status").textContent = state.status;
  element("step").disabled = over;
  element("run").disabled = over;
  element("run").textContent = state.running ? "[[ words.stop ]]" : "[[ words.run ]]";
  renderRows();
  renderPlot();
}

function signed(change) {
  return change > 0 ? `+${change}` : String(change).replace("-", "\u2212");
}

function renderRows() {
  const rows = state.counts.map((count, year) => {
    const row = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = String(year);
    row.append(head);
    const change = year === 0 ? 0 : count - state.counts[year - 1];
    for (const text of [String(count), signed(change), `${Math.round((count / state.limit) * 100)} %`]) {
      row.insertCell().textContent = text;
    }
    return row;
  });
  element("rows").replaceChildren(...rows.reverse());
}

function renderPlot() {
  const top = Math.max(state.limit, ...state.counts) * 1.1;
  const x = (year) => PLOT.left + (year / LONGEST) * (PLOT.right - PLOT.left);
  const y = (count) => PLOT.bottom - (count / top) * (PLOT.bottom - PLOT.top);
  const points = state.counts.map((count, year) => `${x(year).toFixed(1)},${y(count).toFixed(1)}`);
  element("curve").setAttribute("points", points.join(" "));
  element("area").setAttribute("d", `M${PLOT.left},${PLOT.bottom} L${points.join(" L")} L${x(yearOf())},${PLOT.bottom} Z`);
  placeLine(element("limit-line"), PLOT.left, y(state.limit), PLOT.right, y(state.limit));
  renderAxes(x, y, top);
  renderDots(x, y);
}

function renderAxes(x, y, top) {
  const marks = [];
  for (let part = 0; part <= 4; part += 1) {
    const count = Math.round((top * part) / 40) * 10;
    const rule = document.createElementNS(SVG, "line");
    rule.setAttribute("class", "axis");
    placeLine(rule, PLOT.left, y(count), PLOT.right, y(count));
    marks.push(rule, mark(String(count), PLOT.left - 8, y(count) + 4, "end"));
  }
  for (let year = 0; year <= LONGEST; year += LONGEST / [[ 5 if longest % 5 == 0 else 4 ]]) {
    marks.push(mark(String(year), x(year), PLOT.bottom + 20, "middle"));
  }
  element("axes").replaceChildren(...marks);
}

function mark(text, left, top, anchor) {
  const label = document.createElementNS(SVG, "text");
  label.setAttribute("class", "axis-text");
  label.setAttribute("x", String(left));
  label.setAttribute("y", String(top));
  label.setAttribute("text-anchor", anchor);
  label.textContent = text;
  return label;
}

function renderDots(x, y) {
  const dots = state.counts.map((count, year) => {
    const dot = document.createElementNS(SVG, "circle");
    dot.setAttribute("class", "dot");
    dot.setAttribute("cx", x(year).toFixed(1));
    dot.setAttribute("cy", y(count).toFixed(1));
    dot.setAttribute("r", [% if dots %]"5"[% else %]year === yearOf() ? "8" : "0"[% endif %]);
    return dot;
  });
  element("dots").replaceChildren(...dots);
}

function placeLine(line, x1, y1, x2, y2) {
  line.setAttribute("x1", String(x1));
  line.setAttribute("y1", String(y1));
  line.setAttribute("x2", String(x2));
  line.setAttribute("y2", String(y2));
}

for (const name of ["rate", "limit", "first"]) {
  element(name).addEventListener("input", startAnew);
}
element("step").addEventListener("click", step);
element("run").addEventListener("click", toggleRun);
element("hand").addEventListener("click", intervene);
element("reset").addEventListener("click", reset);
render();
