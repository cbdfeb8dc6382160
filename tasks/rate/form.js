// The rating form. Pages, tasks and what is kept in the browser are untrusted: all text goes in as text.
"use strict";
{
  const $ = (id) => document.getElementById(id);
  const { texts, ...pack } = JSON.parse($("data").textContent);
  const LETTERS = ["A", "B", "C", "D"];
  const KEY = `dojo-rate ${pack.pack_id}`;
  /** Milliseconds after its load in which a page may not take the focus from the form. */
  const SETTLING = 800;

  let rater = "";
  let state = null;
  let shown = "A";
  let settling = 0;
  let held = null;
  let pointing = false;

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

  // The four pages.

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

  // A task.

  function open(at) {
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
    open(state.at);
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
      open(state.at + 1);
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
    mark.addEventListener("click", () => open(at));
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
    open(state.at - 1);
    focusScore("A");
  });
  $("next").addEventListener("click", onward);
  $("who").addEventListener("click", welcome);
  $("save").addEventListener("click", save);
  $("end-save").addEventListener("click", save);
  $("back").addEventListener("click", () => {
    const next = pack.tasks.findIndex((one) => !isRated(one));
    go("work");
    open(next < 0 ? 0 : next);
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

  const last = read(KEY);
  if (last) begin(last);
  else welcome();
}
