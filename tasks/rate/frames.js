// The four pages of a task, each in a frame of its own that reaches nothing.
"use strict";
/** Milliseconds after its load in which a page may not take the focus from the form. */
const SETTLING = 800;

let shown = "A";
let settling = 0;
let held = null;
let pointing = false;

function show(which) {
  shown = which;
  $("stage").classList.toggle("all", which === "all");
  for (const letter of LETTERS) {
    const here = letter === which;
    if (here || which === "all") load(letter);
    frame(letter).classList.toggle("here", here);
    row(letter).classList.toggle("here", here);
  }
  for (const tab of $("tabs").children) tab.setAttribute("aria-pressed", String(tab.dataset.page === which));
  $("again").textContent = which === "all" ? "Start pages again" : "Start page again";
}

const frame = (letter) => $("frames").querySelector(`iframe[data-page="${letter}"]`);
const row = (letter) => $("rows").querySelector(`[data-page="${letter}"]`);

function load(letter, anew = false) {
  const old = frame(letter);
  if (old.srcdoc && !anew) return;
  settling = performance.now() + 5000;
  const fresh = makeFrame(letter);
  fresh.className = old.className;
  fresh.addEventListener("load", () => (settling = performance.now() + SETTLING), { once: true });
  fresh.srcdoc = texts[state.at][LETTERS.indexOf(letter)];
  old.replaceWith(fresh);
}

function makeFrame(letter) {
  const made = document.createElement("iframe");
  made.setAttribute("sandbox", "allow-scripts allow-forms");
  made.setAttribute("referrerpolicy", "no-referrer");
  made.title = `Page ${letter}`;
  made.dataset.page = letter;
  return made;
}

function enlarge(on) {
  $("stage").classList.toggle("large", on);
  $("large").setAttribute("aria-pressed", String(on));
  $("large").textContent = on ? "Back to the form" : "Large";
  for (const part of [document.querySelector("header"), $("side")]) part.inert = on;
}

// A page that takes the focus while it loads gives it back; one that a person clicks or tabs into keeps it.
document.addEventListener("focusin", (event) => {
  if (event.target.tagName !== "IFRAME") held = event.target;
});
document.addEventListener("keydown", (event) => {
  pointing = false;
  if (event.key === "Tab") settling = 0;
}, true);
$("frames").addEventListener("pointerover", () => (pointing = true));
$("frames").addEventListener("pointerleave", () => (pointing = false));
window.addEventListener("blur", () => {
  if (pointing || performance.now() >= settling) return;
  setTimeout(() => {
    if (document.activeElement?.tagName !== "IFRAME") return;
    window.focus();
    held?.focus({ preventScroll: true });
  });
});
