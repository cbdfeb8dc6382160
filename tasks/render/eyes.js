/* What a person must see: each expectation answers "" when it holds, else why it does not. */
const eyes = (() => {
  "use strict";
  const scratch = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const small = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const SEE_THROUGH = 0.05; // below this opacity a person sees nothing
  const WATCH_MS = 1000; // for so long a canvas is watched that is to move, or to stand still
  const MOVING_PICTURES = 3; // which it shows then, at the least, if it moves
  const SETTLED_MS = 100; // at a glance, before every pixel of a canvas is compared
  const CLOSELY = 10; // every so many glances

  const hash = (image) => { // FNV-1a over whole pixels
    const data = new Uint32Array(image.data.buffer);
    let sum = 0x811c9dc5;
    for (let i = 0; i < data.length; i++) sum = Math.imul(sum ^ data[i], 0x01000193);
    return sum >>> 0;
  };
  const pixels = (canvas) => {
    // drawn into a canvas of our own: asking the page's canvas for a context would take it from the page
    if (!canvas.width || !canvas.height) return "empty";
    if (scratch.canvas.width === canvas.width && scratch.canvas.height === canvas.height) scratch.clearRect(0, 0, canvas.width, canvas.height);
    else [scratch.canvas.width, scratch.canvas.height] = [canvas.width, canvas.height];
    try {
      scratch.drawImage(canvas, 0, 0);
      return `${canvas.width}x${canvas.height}:${hash(scratch.getImageData(0, 0, canvas.width, canvas.height))}`;
    } catch {
      return "unreadable";
    }
  };
  /** As `pixels`, from a sixteenth of them: enough to see that something moves, a tenth of the price. */
  const glance = (canvas) => {
    const [width, height] = [Math.ceil(canvas.width / 4), Math.ceil(canvas.height / 4)];
    if (!width || !height) return "empty";
    if (small.canvas.width === width && small.canvas.height === height) small.clearRect(0, 0, width, height);
    else [small.canvas.width, small.canvas.height] = [width, height];
    small.drawImage(canvas, 0, 0, width, height);
    try {
      return `${canvas.width}x${canvas.height}:${hash(small.getImageData(0, 0, width, height))}`;
    } catch {
      return "unreadable";
    }
  };
  const value = (el) => {
    if (el.matches("input[type=checkbox],input[type=radio]")) return String(el.checked);
    if (el.matches("input,textarea,select,output,meter,progress")) return String(el.value);
    if (el.isContentEditable) return find.textOf(el);
    if (/^(checkbox|switch|radio)$/.test(find.roleOf(el))) return el.getAttribute("aria-checked") ?? "false";
    return el.getAttribute("aria-valuetext") ?? el.getAttribute("aria-valuenow") ?? el.getAttribute("value") ?? find.textOf(el);
  };
  const LIVE = { checked: "checked", selected: "selected", open: "open", readonly: "readOnly", required: "required", value: "value" };
  const attribute = (el, name) => {
    const key = name.toLowerCase();
    if (key === "disabled") return el.matches(":disabled") ? "" : el.getAttribute(key);
    if (key in LIVE && typeof el[LIVE[key]] === "boolean") return el[LIVE[key]] ? "" : null;
    if (key === "value" && "value" in el) return String(el.value);
    return el.getAttribute(key) ?? el.getAttribute("aria-" + key);
  };
  /** "" if a person can see the element, else why not. */
  const unseen = (el) => {
    if (!find.rendered(el)) return "is not rendered";
    let box = el.getBoundingClientRect();
    if (getComputedStyle(el).display === "contents") return find.textOf(el) ? "" : "is empty";
    let [left, top, right, bottom] = [box.left, box.top, box.right, box.bottom];
    let opacity = 1;
    for (let at = el; at; at = at.parentElement ?? at.getRootNode().host) {
      const style = getComputedStyle(at);
      opacity *= +style.opacity;
      if (at === el || at === document.body || at === document.documentElement) continue;
      if (style.overflow === "visible" || style.display === "inline") continue;
      box = at.getBoundingClientRect();
      if (style.overflowX !== "visible") [left, right] = [Math.max(left, box.left), Math.min(right, box.right)];
      if (style.overflowY !== "visible") [top, bottom] = [Math.max(top, box.top), Math.min(bottom, box.bottom)];
    }
    if (opacity < SEE_THROUGH) return "is transparent";
    if (right - left < 1 || bottom - top < 1) return "has no size that shows";
    if (right + scrollX <= 0 || bottom + scrollY <= 0) return "is off the page";
    const inside = [[0.5, 0.5], [0.15, 0.2], [0.85, 0.8], [0.15, 0.8], [0.85, 0.2]]
      .map(([a, b]) => [left + (right - left) * a, top + (bottom - top) * b])
      .filter(([x, y]) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight);
    if (inside.length < 5 || getComputedStyle(el).pointerEvents === "none") return "";
    const covers = inside.map(([x, y]) => hands.hit(x, y));
    if (covers.some((over) => !over || hands.within(over, el) || hands.within(el, over))) return "";
    return `is covered by \`${find.path(covers[0])}\``;
  };

  const canvasOf = (target) => {
    if (!target) return document.querySelector("canvas");
    const el = find.one(target);
    return el && (el.localName === "canvas" ? el : el.querySelector("canvas"));
  };
  const canvasWords = (target) => (target ? `canvas of ${find.describe(target)}` : "canvas");
  const fold = (text, el) => (getComputedStyle(el).textTransform === "none" ? text : text.toLowerCase());

  /** What the expectation will be compared with: the state before the first step. */
  const look = (want) => {
    if (want.see === "count") return find.all(want.target).length;
    if (want.see === "canvas") {
      const canvas = canvasOf(want.target);
      return canvas ? { glance: glance(canvas), pixels: pixels(canvas) } : null;
    }
    if (!/changed$/.test(want.how)) return null;
    const el = find.one(want.target);
    if (!el) return null;
    return want.see === "text" ? find.textOf(el) : want.see === "value" ? value(el) : attribute(el, want.name);
  };

  let when = ""; // as reasons say it; empty while nobody asks for the reason
  const changedOrNot = (want, now, before, words, show) => {
    if (want.how === "changed") return now !== before ? "" : `${words} is still ${show(now)}${when}, expected a change`;
    return now === before ? "" : `${words} is ${show(now)}${when}, expected ${show(before)} as before the steps`;
  };
  const pattern = (text) => {
    try {
      return new RegExp(text, "u");
    } catch {
      return new RegExp(text); // takes escapes that the other does not
    }
  };
  const long = (text) => (text === null ? "absent" : find.quote(text, 120));
  const judges = {
    text(want, before, words, el) {
      const seen = find.textOf(el);
      if (/changed$/.test(want.how)) return changedOrNot(want, seen, want.how === "changed" ? before ?? "" : before, `text of ${words}`, long);
      const is = `text of ${words} is ${long(seen)}${when}`;
      const wanted = find.squeeze(want.value);
      if (want.how === "equals") return fold(seen, el) === fold(wanted, el) ? "" : `${is}, expected ${long(wanted)}`;
      if (want.how === "contains") return fold(seen, el).includes(fold(wanted, el)) ? "" : `${is}, expected it to contain ${long(wanted)}`;
      try {
        return pattern(want.value).test(seen) ? "" : `${is}, expected it to match /${want.value}/`;
      } catch (error) {
        return `the pattern /${want.value}/ is not a regular expression: ${error.message}`;
      }
    },
    value(want, before, words, el) {
      const seen = value(el);
      if (/changed$/.test(want.how)) return changedOrNot(want, seen, before, `value of ${words}`, long);
      const chosen = el.localName === "select" ? find.textOf(el) : seen;
      if (seen === want.value || chosen === find.squeeze(want.value)) return "";
      return `value of ${words} is ${find.quote(chosen)}${when}, expected ${find.quote(want.value)}`;
    },
    attribute(want, before, words, el) {
      const seen = attribute(el, want.name);
      const is = `${want.name} of ${words} is ${long(seen)}${when}`;
      if (want.how === "present") return seen !== null && !(want.name.startsWith("aria-") && seen === "") ? "" : `${is}, expected it to be there`;
      if (want.how === "absent") return seen === null ? "" : `${is}, expected none`;
      if (/changed$/.test(want.how)) return changedOrNot(want, seen, before, `${want.name} of ${words}`, long);
      const truth = seen === "" && want.value === "true" ? "true" : seen === null && want.value === "false" ? "false" : seen;
      return truth !== null && find.squeeze(truth) === find.squeeze(want.value) ? "" : `${is}, expected ${find.quote(want.value)}`;
    },
    focus(want, before, words, el) {
      const active = document.activeElement;
      if (active === el || (active && active.getAttribute("aria-activedescendant") === el.id && el.id)) return "";
      return `the focus is on \`${active ? find.path(active) : "nothing"}\`${when}, expected ${words}`;
    },
  };
  const lacking = (target) => (when ? find.missing(target, when) : "missing");
  /** "" or why not, `after` so many milliseconds; null where only a yes or no is wanted. `closely`: a canvas that looks the same at a
   * glance is compared in every pixel. */
  const judge = (want, before, closely, after = null) => {
    when = after === null ? "" : ` after ${after} ms`;
    if (want.see === "count") {
      const words = find.describe({ ...want.target, nth: 0 });
      const n = find.all(want.target).length;
      const are = n === 1 ? `there is 1 ${words}` : `there are ${n} of ${words}`;
      if (want.how === "changed") return n !== before ? "" : `${are}${when} as before the steps, expected a change`;
      if (want.how === "unchanged") return n === before ? "" : `${are}${when}, expected ${before} as before the steps`;
      if (want.how === "equals" ? n === want.n : want.how === "at_least" ? n >= want.n : n <= want.n) return "";
      return `${are}${when}, expected ${want.how === "equals" ? "" : want.how.replace("_", " ") + " "}${want.n}`;
    }
    if (want.see === "canvas") {
      const words = canvasWords(want.target);
      const canvas = canvasOf(want.target);
      if (!canvas) return `there is no ${words}${when}`;
      if (!/changed$/.test(want.how)) return "";
      const same = !!before && glance(canvas) === before.glance && (!closely || pixels(canvas) === before.pixels);
      if (want.how === "changed") return same ? `the ${words} looks the same${when} as before the steps, expected a change` : "";
      return same ? "" : `the ${words} looks different${when}, expected it to be as before the steps`;
    }
    const el = find.one(want.target);
    const words = find.describe(want.target);
    if (want.see === "visible") {
      const why = el ? unseen(el) : "absent";
      if (want.visible) return !el ? lacking(want.target) : why && `${words} ${why}${when}`;
      return why ? "" : `${words} can be seen${when}, expected it not to be`;
    }
    if (!el) return lacking(want.target);
    return judges[want.see](want, before, words, el);
  };
  /** "" if a canvas goes on moving when nobody touches it, or why not. `through(ms, seen)` lets the clock run. */
  async function* moving(want, through) {
    const [glances, seen] = [new Set(), new Set()];
    let looks = 0;
    const look = () => {
      const canvas = canvasOf(want.target);
      if (canvas) glances.add(glance(canvas));
      if (canvas && glances.size < MOVING_PICTURES && looks++ % CLOSELY === 0) seen.add(pixels(canvas));
      return Math.max(glances.size, seen.size) < MOVING_PICTURES;
    };
    look();
    yield* through(WATCH_MS, look);
    const most = Math.max(glances.size, seen.size);
    return most >= MOVING_PICTURES ? ""
      : `the ${canvasWords(want.target)} does not move by itself: ${most} different pictures in ${WATCH_MS} ms, expected ${MOVING_PICTURES} or more`;
  }
  /** "" if a canvas comes to rest, at the latest when it is `late`, or why not. */
  async function* still(want, through, late) {
    for (;;) {
      const looks = { glance: "", pixels: "" };
      const same = () => {
        const canvas = canvasOf(want.target);
        return !!canvas && glance(canvas) === looks.glance;
      };
      const canvas = canvasOf(want.target);
      if (!canvas) return `there is no ${canvasWords(want.target)}`;
      looks.glance = glance(canvas);
      yield* through(SETTLED_MS, same);
      if (same()) {
        looks.pixels = pixels(canvas);
        yield* through(WATCH_MS - SETTLED_MS, same);
        if (same() && pixels(canvasOf(want.target)) === looks.pixels) return "";
      }
      if (late()) return `the ${canvasWords(want.target)} goes on moving, expected the same picture for ${WATCH_MS} ms`;
    }
  }
  return { look, judge, moving, still, pixels, glance, value };
})();
