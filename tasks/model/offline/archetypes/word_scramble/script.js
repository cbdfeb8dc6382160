"use strict";

const PUZZLES = [
  [% for puzzle in puzzles %]
  { word: "[[ puzzle.word ]]", mixed: "[[ puzzle.mixed ]]" },
  [% endfor %]
];
const POINTS = [[ points ]];
const STREAK_BONUS = [[ bonus ]];
const HINT_COST = [[ cost ]];

const element = (id) => document.getElementById(id);
let state = freshState();

function freshState() {
  return { index: 0, score: 0, streak: 0, hints: 0, solved: [], message: "What word is this?", mood: "" };
}

function isOver() {
  return state.index >= PUZZLES.length;
}

function checkAnswer(event) {
  event.preventDefault();
  if (isOver()) {
    return;
  }
  const guess = element("guess").value.trim().toUpperCase();
  if (guess === "") {
    say([[ empty | tojson ]], "bad");
  } else if (guess === PUZZLES[state.index].word) {
    accept();
  } else {
    state.streak = 0;
    say([[ wrong | tojson ]], "bad");
  }
  render();
  element("guess").focus();
}

function accept() {
  const gained = POINTS + state.streak * STREAK_BONUS;
  state.score += gained;
  state.streak += 1;
  state.solved.push({ word: PUZZLES[state.index].word, gained });
  say(`Right, ${gained} points.`, "good");
  goOn();
}

function goOn() {
  state.index += 1;
  state.hints = 0;
  element("guess").value = "";
  if (isOver()) {
    say(`All done: ${state.solved.length} of ${PUZZLES.length} words, ${state.score} points.`, "good");
  }
}

function giveHint() {
  const word = PUZZLES[state.index].word;
  state.hints = Math.min(state.hints + 1, word.length);
  state.score = Math.max(0, state.score - HINT_COST);
  say(`Starts with ${word.slice(0, state.hints)}.`, "");
  render();
}

function skip() {
  state.streak = 0;
  say(`That was ${PUZZLES[state.index].word}.`, "");
  goOn();
  render();
  element("guess").focus();
}

function reset() {
  state = freshState();
  element("guess").value = "";
  render();
  element("guess").focus();
}

function say(message, mood) {
  state.message = message;
  state.mood = mood;
}

function render() {
  element("word").textContent = `${Math.min(state.index + 1, PUZZLES.length)} of ${PUZZLES.length}`;
  element("score").textContent = String(state.score);
  element("streak").textContent = String(state.streak);
  element("message").textContent = state.message;
  element("message").className = `message ${state.mood}`;
  for (const id of ["guess", "check", "hint", "skip"]) {
    element(id).disabled = isOver();
  }
  renderTiles();
  renderSolved();
}

function renderTiles() {
  const letters = isOver() ? [] : [...PUZZLES[state.index].mixed];
  const tiles = letters.map((letter) => {
    const tile = document.createElement("span");
    tile.className = "tile";
    tile.textContent = letter;
    return tile;
  });
  element("tiles").replaceChildren(...tiles);
  element("tiles").setAttribute("aria-label", letters.length > 0 ? letters.join(" ") : "No letters left");
}

function renderSolved() {
  const entries = state.solved.map((entry) => {
    const line = document.createElement("li");
    line.textContent = `${entry.word} +${entry.gained}`;
    return line;
  });
  element("solved").replaceChildren(...entries);
  element("none").hidden = entries.length > 0;
}

element("form").addEventListener("submit", checkAnswer);
element("hint").addEventListener("click", giveHint);
element("skip").addEventListener("click", skip);
element("reset").addEventListener("click", reset);
render();
