"use strict";

const ROWS = [[ rows ]];
const COLUMNS = [[ columns ]];
const GOAL = [[ goal | tojson ]];
const REACH = [
  [% for step in reach %]
  { down: [[ step[0] ]], right: [[ step[1] ]] },
  [% endfor %]
];
const PUZZLES = [
  [% for puzzle in puzzles %]
  { name: [[ puzzle.name | tojson ]], presses: [ [[- puzzle.presses | join(", ") -]] ] },
  [% endfor %]
];

const element = (id) => document.getElementById(id);
const board = element("board");
let state = beginPuzzle(0);

function beginPuzzle(index) {
  const fresh = { index, lights: new Array(ROWS * COLUMNS).fill(GOAL), history: [], focused: 0, hinted: -1, message: "" };
  for (const spot of PUZZLES[index].presses) {
    switchAround(fresh.lights, spot);
  }
  fresh.message = `${PUZZLES[index].name} is waiting.`;
  return fresh;
}

function switchAround(lights, spot) {
  const row = Math.floor(spot / COLUMNS);
  const column = spot % COLUMNS;
  for (const step of REACH) {
    const r = row + step.down;
    const c = column + step.right;
    if (r >= 0 && r < ROWS && c >= 0 && c < COLUMNS) {
      lights[r * COLUMNS + c] = !lights[r * COLUMNS + c];
    }
  }
}

function isSolved() {
  return state.lights.every((lit) => lit === GOAL);
}

function press(spot) {
  state.focused = spot;
  if (!isSolved()) {
    switchAround(state.lights, spot);
    state.history.push(spot);
    state.hinted = -1;
    state.message = isSolved() ? `Solved in ${countMoves(state.history.length)}.` : "";
  }
  render();
}

function countMoves(moves) {
  return moves === 1 ? "1 move" : `${moves} moves`;
}

function undo() {
  const spot = state.history.pop();
  if (spot === undefined) {
    return;
  }
  switchAround(state.lights, spot);
  state.hinted = -1;
  state.message = `${nameOf(spot)} taken back.`;
  render();
}

function reset() {
  state = beginPuzzle(state.index);
  render();
}

function choosePuzzle(event) {
  state = beginPuzzle(Number(event.target.value));
  render();
}

function hint() {
  const remaining = remainingPresses();
  if (isSolved() || remaining.length === 0) {
    return;
  }
  state.hinted = remaining[0];
  state.message = `Try ${nameOf(state.hinted)}.`;
  render();
}

function remainingPresses() {
  const odd = new Set();
  for (const spot of [...PUZZLES[state.index].presses, ...state.history]) {
    if (!odd.delete(spot)) {
      odd.add(spot);
    }
  }
  return [...odd].sort((a, b) => a - b);
}

function nameOf(spot) {
  [% if naming == 'chess' %]
  return `${markOf(spot)}`;
  [% elif naming == 'number' %]
  return `[[ thing | title ]] ${markOf(spot)}`;
  [% else %]
  return `Row ${Math.floor(spot / COLUMNS) + 1}, column ${(spot % COLUMNS) + 1}`;
  [% endif %]
}

function markOf(spot) {
  [% if naming == 'chess' %]
  return "ABCDEFGH"[spot % COLUMNS] + (Math.floor(spot / COLUMNS) + 1);
  [% elif naming == 'number' %]
  return String(spot + 1);
  [% else %]
  return spot === state.hinted ? "?" : "";
  [% endif %]
}

function buildBoard() {
  for (let spot = 0; spot < ROWS * COLUMNS; spot += 1) {
    const cell = document.createElement("button");
    cell.type = "button";
    cell.className = "cell";
    cell.setAttribute("aria-label", nameOf(spot));
    cell.addEventListener("click", () => press(spot));
    board.append(cell);
  }
}

function render() {
  [...board.children].forEach((cell, spot) => {
    cell.setAttribute("aria-pressed", String(state.lights[spot]));
    cell.setAttribute("tabindex", spot === state.focused ? "0" : "-1");
    cell.classList.toggle("hinted", spot === state.hinted);
    cell.textContent = markOf(spot);
  });
  const lit = state.lights.filter(Boolean).length;
  element("moves").textContent = String(state.history.length);
  element("lit").textContent = `${lit} of ${state.lights.length}`;
  element("par").textContent = String(PUZZLES[state.index].presses.length);
  element("message").textContent = state.message;
  element("message").classList.toggle("solved", isSolved());
  element("undo").disabled = state.history.length === 0;
}

function walk(event) {
  const row = Math.floor(state.focused / COLUMNS);
  const column = state.focused % COLUMNS;
  if (event.key === "ArrowLeft" && column > 0) {
    state.focused -= 1;
  } else if (event.key === "ArrowRight" && column < COLUMNS - 1) {
    state.focused += 1;
  } else if (event.key === "ArrowUp" && row > 0) {
    state.focused -= COLUMNS;
  } else if (event.key === "ArrowDown" && row < ROWS - 1) {
    state.focused += COLUMNS;
  } else {
    return;
  }
  event.preventDefault();
  render();
  board.children[state.focused].focus();
}

buildBoard();
board.addEventListener("keydown", walk);
element("undo").addEventListener("click", undo);
element("reset").addEventListener("click", reset);
element("hint").addEventListener("click", hint);
element("puzzle").addEventListener("change", choosePuzzle);
render();
