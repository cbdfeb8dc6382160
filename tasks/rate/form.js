// The form: one task after the other, and the screens before and behind them. All text goes in as text.
"use strict";

function openTask(at) {
  state.at = at;
  keep();
  $("title").textContent = task().title;
  $("prompt").replaceChildren(...blocks(task().prompt, task().title));
  $("task").scrollTop = 0;
  $("frames").replaceChildren(...LETTERS.map(makeFrame), ...LETTERS.map((letter) => pageButton(letter, `Page ${letter}`)));
  LETTERS.forEach(showScore);
  $("comment").value = state.comments[task().task_id] ?? "";
  $("previous").disabled = at === 0;
  $("next").textContent = at === pack.tasks.length - 1 ? "Finish" : "Next task";
  show(shown === "all" ? "all" : "A");
  showProgress();
}

/** The little of Markdown that a task is written in, as elements. */
function blocks(text, title) {
  const made = [];
  for (const line of text.split("\n")) {
    const [, mark, words] = /^(# |## |- )?(.*)$/.exec(line);
    if (!words.trim() || (mark === "# " && words.trim() === title.trim())) continue;
    if (mark === "- ") {
      if (made.at(-1)?.tagName !== "UL") made.push(document.createElement("ul"));
      made.at(-1).append(element("li", words));
    } else {
      made.push(element(mark ? "h2" : "p", words));
    }
  }
  return made;
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function showScore(letter) {
  const value = scoresOf(task())[letter];
  const here = row(letter);
  const [slider, number] = here.querySelectorAll("input");
  here.classList.toggle("unset", value === undefined);
  slider.value = value ?? 50;
  if (document.activeElement !== number || value !== undefined) number.value = value ?? "";
  tell(letter, "");
  $("tabs").querySelector(`[data-page="${letter}"] b`).textContent = value ?? "–";
}

function tell(letter, fault) {
  const number = row(letter).querySelector("[type=number]");
  number.setAttribute("aria-invalid", String(fault !== ""));
  row(letter).querySelector(".wrong").textContent = fault;
}

function showProgress() {
  const count = pack.tasks.length;
  $("place").textContent = `Task ${state.at + 1} of ${count}`;
  $("done").textContent = `${ratedTasks().length} of ${count} rated`;
  [...$("track").children].forEach((mark, at) => {
    mark.className = `${isRated(pack.tasks[at]) ? "rated" : ""} ${at === state.at ? "here" : ""}`;
  });
  $("save").classList.toggle("main", ratedTasks().length === count);
}

let quiet = 0;
function say(text, ms = 5000) {
  $("said").textContent = text;
  clearTimeout(quiet);
  quiet = setTimeout(() => ($("said").textContent = ""), ms);
}

// Screens.

function go(screen) {
  for (const name of ["welcome", "work", "end"]) $(name).hidden = name !== screen;
  say("");
}

function welcome() {
  go("welcome");
  $("name").value = rater;
  $("name").focus();
  $("name").select();
}

function begin(name) {
  rater = name;
  state = stateOf(name);
  $("who").textContent = name;
  go("work");
  openTask(state.at);
  focusScore(LETTERS.find((letter) => !(letter in scoresOf(task()))) ?? "A");
}

function finish() {
  const missing = pack.tasks.length - ratedTasks().length;
  go("end");
  $("end-title").textContent = missing ? `${many(missing, "task")} to go` : "All rated. Thank you!";
  $("end-text").textContent = missing
    ? `${missing === 1 ? "It has" : "They have"} no four scores yet and would not be in the file.`
    : "Save your ratings, and send the file to whoever gave you this form.";
  $("back").textContent = missing ? "Go to the next one" : "Look again";
  $("end-save").classList.toggle("main", !missing);
  $("back").classList.toggle("main", missing > 0);
  $(missing ? "back" : "end-save").focus();
}

const focusScore = (letter) => row(letter).querySelector("[type=number]").focus({ preventScroll: true });

function pageButton(which, text) {
  const made = element("button", text);
  made.type = "button";
  made.dataset.page = which;
  made.addEventListener("click", () => show(which));
  return made;
}

function onward() {
  if (state.at === pack.tasks.length - 1) {
    finish();
  } else {
    openTask(state.at + 1);
    focusScore("A");
  }
}

// Building, once.

for (const which of [...LETTERS, "all"]) {
  const tab = pageButton(which, which === "all" ? "All four" : which);
  if (which !== "all") {
    tab.append(element("b", "–"));
    tab.setAttribute("aria-label", `Page ${which}`);
  }
  $("tabs").append(tab);
}
for (const letter of LETTERS) {
  const made = document.createElement("div");
  made.className = "row unset";
  made.dataset.page = letter;
  const slider = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 100, tabIndex: -1 });
  slider.setAttribute("aria-hidden", "true");
  const number = Object.assign(document.createElement("input"), { type: "number", min: 0, max: 100, step: 1 });
  number.setAttribute("aria-label", `Score of page ${letter}, 0 to 100`);
  number.setAttribute("aria-describedby", `wrong-${letter}`);
  number.placeholder = "–";
  const wrong = Object.assign(element("span", ""), { className: "wrong", id: `wrong-${letter}` });
  const letterButton = pageButton(letter, letter);
  letterButton.tabIndex = -1;
  letterButton.setAttribute("aria-label", `Show page ${letter}`);
  made.append(letterButton, slider, number, wrong);
  $("rows").append(made);
  slider.addEventListener("input", () => setScore(letter, Number(slider.value)));
  slider.addEventListener("pointerdown", () => {
    if (shown !== "all") show(letter);
    setScore(letter, Number(slider.value));
  });
  number.addEventListener("focus", () => {
    if (shown !== "all") show(letter);
    number.select();
  });
  number.addEventListener("input", () => {
    const fits = number.value !== "" && number.validity.valid;
    setScore(letter, fits ? Number(number.value) : null);
    if (!fits && (number.value !== "" || number.validity.badInput)) tell(letter, "A whole number from 0 to 100");
  });
  number.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const next = LETTERS[LETTERS.indexOf(letter) + 1];
    if (number.getAttribute("aria-invalid") === "true") return;
    if (next) focusScore(next);
    else $("next").focus();
  });
}
pack.tasks.forEach((one, at) => {
  const mark = document.createElement("li");
  mark.title = `Task ${at + 1}: ${one.title}`;
  mark.addEventListener("click", () => openTask(at));
  $("track").append(mark);
});

$("begin").addEventListener("submit", (event) => {
  event.preventDefault();
  const name = $("name").value.trim().replace(/\s+/g, " ");
  if (name) begin(name);
});
$("scores").addEventListener("submit", (event) => event.preventDefault());
$("comment").addEventListener("input", () => {
  state.comments[task().task_id] = $("comment").value;
  keep();
});
$("previous").addEventListener("click", () => {
  openTask(state.at - 1);
  focusScore("A");
});
$("next").addEventListener("click", onward);
$("who").addEventListener("click", welcome);
$("save").addEventListener("click", save);
$("end-save").addEventListener("click", save);
$("back").addEventListener("click", () => {
  const next = pack.tasks.findIndex((one) => !isRated(one));
  go("work");
  openTask(next < 0 ? 0 : next);
  focusScore("A");
});
$("again").addEventListener("click", () => {
  for (const letter of LETTERS) if (shown === letter || shown === "all") load(letter, true);
});
$("large").addEventListener("click", () => enlarge(!$("stage").classList.contains("large")));
document.addEventListener("keydown", (event) => {
  const typing = event.target.matches?.("textarea, [type=text]");
  if ($("work").hidden || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.toUpperCase();
  if (LETTERS.includes(key) || key === "F") {
    event.preventDefault();
    const inScore = event.target.matches("[type=number]");
    if (inScore && key !== "F" && shown !== "all") focusScore(key);
    else show(key === "F" ? (shown === "all" ? "A" : "all") : key);
  } else if (key === "L" || (key === "ESCAPE" && $("stage").classList.contains("large"))) {
    event.preventDefault();
    enlarge(key === "L" && !$("stage").classList.contains("large"));
    $("large").focus();
  }
});

const last = read(KEY);
if (last) begin(last);
else welcome();
