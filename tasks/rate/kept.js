// Scores so far: kept in the browser, for each rater, and saved as a file.
"use strict";
const $ = (id) => document.getElementById(id);
const { texts, ...pack } = JSON.parse($("data").textContent);
const LETTERS = ["A", "B", "C", "D"];
const KEY = `dojo-rate ${pack.pack_id}`;

let rater = "";
let state = null;

// What is kept: one entry for each rater, and who was the last.

function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep() {
  try {
    localStorage.setItem(KEY, rater);
    localStorage.setItem(`${KEY} ${rater}`, JSON.stringify(state));
  } catch {
    say("This browser keeps nothing: save your ratings before you close it.", 8000);
  }
}

function stateOf(name) {
  const empty = { at: 0, scores: {}, comments: {} };
  try {
    const found = JSON.parse(read(`${KEY} ${name}`)) ?? {};
    const at = Number.isInteger(found.at) ? Math.max(0, Math.min(found.at, pack.tasks.length - 1)) : 0;
    return { at, scores: { ...found.scores }, comments: { ...found.comments } };
  } catch {
    return empty;
  }
}

// What was scored.

const task = () => pack.tasks[state.at];
const scoresOf = (one) => state.scores[one.task_id] ?? {};
const isRated = (one) => LETTERS.every((letter) => Number.isInteger(scoresOf(one)[letter]));
const ratedTasks = () => pack.tasks.filter(isRated);
const many = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

function setScore(letter, value) {
  const scores = { ...scoresOf(task()) };
  delete scores[letter];
  if (value !== null) scores[letter] = value;
  state.scores[task().task_id] = scores;
  keep();
  showProgress();
  showScore(letter);
}

// The file.

function save() {
  const rated = ratedTasks();
  if (!rated.length) {
    say("No task has four scores yet, so there is nothing to save.");
    return;
  }
  const answers = rated.map((one) => ({
    task_id: one.task_id,
    pages: Object.fromEntries(
      LETTERS.map((letter) => [letter, { ...one.pages[letter], score: scoresOf(one)[letter] }]),
    ),
    comment: state.comments[one.task_id] ?? "",
  }));
  const { format, pack_id, dataset_id } = pack;
  const file = { format, pack_id, dataset_id, rater, saved_at: new Date().toISOString(), tasks: answers };
  const link = document.createElement("a");
  const name = rater.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "rater";
  link.download = `rating-${name}-${pack_id.slice(0, 8)}.json`;
  link.href = URL.createObjectURL(new Blob([JSON.stringify(file, null, 1) + "\n"], { type: "application/json" }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  const missing = pack.tasks.length - rated.length;
  say(
    `Saved ${link.download} with ${many(rated.length, "task")}.` +
      (missing ? ` ${many(missing, "task")} without four scores ${missing === 1 ? "is" : "are"} not in it.` : ""),
    8000,
  );
  if (!missing) $("end-text").textContent = `${link.download} is in your downloads. Send it to whoever gave you this form.`;
}
