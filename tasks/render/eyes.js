/* What a person must see: each expectation answers "" when it holds, else why it does not. */
const eyes = (() => {
  "use strict";
  const scratch = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const small = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const SEE_THROUGH = 0.05; // below this opacity a person sees nothing
  const MOVING_FRAMES = 12;
  const MOVING_LOOKS = 2; // a canvas that has more looks than these is moving

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
    if (want.how !== "changed") return null;
    const el = find.one(want.target);
    if (!el) return null;
    return want.see === "text" ? find.textOf(el) : want.see === "value" ? value(el) : attribute(el, want.name);
  };

  const judges = {
    text(want, before, words, el) {
      const seen = find.textOf(el);
      const shown = find.quote(seen, 120);
      if (want.how === "changed") return seen !== (before ?? "") ? "" : `text of ${words} is still ${shown}`;
      const wanted = find.squeeze(want.value);
      if (want.how === "equals") {
        return fold(seen, el) === fold(wanted, el) ? "" : `text of ${words} is ${shown}, expected ${find.quote(wanted, 120)}`;
      }
      if (want.how === "contains") {
        return fold(seen, el).includes(fold(wanted, el)) ? "" : `text of ${words} is ${shown}, expected it to contain ${find.quote(wanted, 120)}`;
      }
      try {
        return new RegExp(want.value, "u").test(seen) ? "" : `text of ${words} is ${shown}, expected it to match /${want.value}/`;
      } catch (error) {
        return `the pattern /${want.value}/ is not a regular expression: ${error.message}`;
      }
    },
    value(want, before, words, el) {
      const seen = value(el);
      if (want.how === "changed") return seen !== before ? "" : `value of ${words} is still ${find.quote(seen)}`;
      const chosen = el.localName === "select" ? find.textOf(el) : seen;
      if (seen === want.value || chosen === find.squeeze(want.value)) return "";
      return `value of ${words} is ${find.quote(chosen)}, expected ${find.quote(want.value)}`;
    },
    attribute(want, before, words, el) {
      const seen = attribute(el, want.name);
      const shown = seen === null ? "absent" : find.quote(seen);
      if (want.how === "present") return seen !== null && !(want.name.startsWith("aria-") && seen === "") ? "" : `${want.name} of ${words} is absent`;
      if (want.how === "absent") return seen === null ? "" : `${want.name} of ${words} is ${shown}, expected none`;
      if (want.how === "changed") return seen !== before ? "" : `${want.name} of ${words} is still ${shown}`;
      const truth = seen === "" && want.value === "true" ? "true" : seen === null && want.value === "false" ? "false" : seen;
      return truth !== null && find.squeeze(truth) === find.squeeze(want.value) ? "" : `${want.name} of ${words} is ${shown}, expected ${find.quote(want.value)}`;
    },
    focus(want, before, words, el) {
      const active = document.activeElement;
      if (active === el || (active && active.getAttribute("aria-activedescendant") === el.id && el.id)) return "";
      return `the focus is on \`${active ? find.path(active) : "nothing"}\`, expected ${words}`;
    },
  };
  /** "" or why not; `closely`: a canvas that looks the same at a glance is compared in every pixel. */
  const judge = (want, before, closely) => {
    if (want.see === "count") {
      const words = find.describe({ ...want.target, nth: 0 });
      const n = find.all(want.target).length;
      if (want.how === "changed") return n !== before ? "" : `there are still ${n} of ${words}`;
      if (want.how === "equals" ? n === want.n : want.how === "at_least" ? n >= want.n : n <= want.n) return "";
      return `there are ${n} of ${words}, expected ${want.how === "equals" ? "" : want.how.replace("_", " ") + " "}${want.n}`;
    }
    if (want.see === "canvas") {
      const words = canvasWords(want.target);
      const canvas = canvasOf(want.target);
      if (!canvas) return `there is no ${words}`;
      if (want.how === "moving") return "";
      const same = !!before && glance(canvas) === before.glance && (!closely || pixels(canvas) === before.pixels);
      if (want.how === "changed") return same ? `the ${words} looks the same as before` : "";
      return same ? "" : `the ${words} changed, expected it to stay as it was`;
    }
    const el = find.one(want.target);
    const words = find.describe(want.target);
    if (want.see === "visible") {
      const why = el ? unseen(el) : "absent";
      if (want.visible) return !el ? find.missing(want.target) : why && `${words} ${why}`;
      return why ? "" : `${words} can be seen, expected it not to be`;
    }
    if (!el) return find.missing(want.target);
    return judges[want.see](want, before, words, el);
  };
  /** Whether a canvas goes on moving when nobody touches it; takes MOVING_FRAMES of the clock. */
  const moving = async (want, frames) => {
    const glances = new Set();
    const seen = new Set();
    for (let n = 0; n < MOVING_FRAMES; n++) {
      const canvas = canvasOf(want.target);
      if (canvas) glances.add(glance(canvas));
      if (glances.size > MOVING_LOOKS) return "";
      if (canvas) seen.add(pixels(canvas));
      await frames(1);
    }
    return seen.size > MOVING_LOOKS ? "" : `the ${canvasWords(want.target)} does not move by itself`;
  };
  return { look, judge, moving, pixels, glance, value };
})();
