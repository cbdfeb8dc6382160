/* A person who tries everything on a page, and what they see of it: actions to take, and observations to compare. */
const explore = (() => {
  "use strict";
  const CONTROLS = "a[href],button,input:not([type=hidden],[type=file]),select,textarea,summary,canvas,[onclick],[draggable=true],[contenteditable=true]," +
    "[role=button],[role=slider],[role=switch],[role=tab],[role=checkbox],[role=radio],[role=menuitem],[role=option],[role=gridcell],[tabindex='0']";
  const QUIET = "script,style,template,noscript,head,head *,option,optgroup";
  const STATES = ["aria-pressed", "aria-expanded", "aria-checked", "aria-selected", "aria-invalid", "aria-current", "aria-disabled", "aria-valuenow"];
  const LOOKS = ["color", "backgroundColor", "borderTopColor", "fontWeight", "textDecorationLine", "opacity", "boxShadow", "backgroundImage", "transform"];
  const MOST_PLACES = 1500;

  // ---- what there is to see, by aspect and place
  const THUMB = 12; // cells a side of the small picture of a canvas
  const thumb = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  [thumb.canvas.width, thumb.canvas.height] = [THUMB, THUMB];
  const picture = (canvas) => {
    thumb.clearRect(0, 0, THUMB, THUMB);
    try {
      thumb.drawImage(canvas, 0, 0, THUMB, THUMB);
      const { data } = thumb.getImageData(0, 0, THUMB, THUMB);
      let cells = "";
      for (let at = 0; at < data.length; at += 4) {
        const alpha = data[at + 3] / 255;
        const light = (0.3 * data[at] + 0.6 * data[at + 1] + 0.1 * data[at + 2]) * alpha + 255 * (1 - alpha);
        cells += Math.min(15, light >> 4).toString(16);
      }
      return cells;
    } catch {
      return "";
    }
  };
  const known = new Map();
  /** The number of a look among those that were seen at its place: other colours on a page do not change it. */
  const numbered = (key, look) => {
    if (!known.has(key)) known.set(key, new Map());
    const looks = known.get(key);
    if (!looks.has(look)) looks.set(look, looks.size);
    return looks.get(look) || "";
  };
  const traits = new WeakMap();
  /** What an element is, found out once. */
  const traitsOf = (el) => {
    if (!traits.has(el)) {
      traits.set(el, { quiet: el.matches(QUIET), control: el.matches(CONTROLS), holds: el.matches("input,select,textarea,meter,progress"),
        speaks: el.localName === "output" || el.hasAttribute("aria-live") || /^(status|alert|log)$/.test(el.getAttribute("role") ?? "") });
    }
    return traits.get(el);
  };
  /** What is shown, each element with its place and its own text. */
  const shown = () => {
    const found = [];
    const visit = (el, place) => {
      const kind = traitsOf(el);
      if (kind.quiet || found.length >= MOST_PLACES || !el.checkVisibility()) return;
      if (el.id && document.getElementById(el.id) === el) place = find.placeOf(el);
      let text = "";
      if (el.childElementCount || el.firstChild) for (const node of el.childNodes) if (node.nodeType === 3) text += node.data;
      if (el.checkVisibility({ visibilityProperty: true })) found.push({ el, place, kind, text: text && find.squeeze(text).slice(0, 300) });
      for (const [owner, mark] of [[el.shadowRoot, "^"], [el, ""]]) {
        let n = 0;
        for (const child of owner?.children ?? []) {
          visit(child, `${place}/${mark}${n}`);
          n += 1;
        }
      }
    };
    visit(document.documentElement, "0");
    return found;
  };
  const values = () => [...document.querySelectorAll("input,select,textarea,meter,progress")].map(eyes.value).join("\n");
  const focused = () => (document.activeElement && document.activeElement !== document.body ? find.placeOf(document.activeElement) : "");
  const observer = new MutationObserver((records) => { stirred ||= records.length > 0; });
  observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  let stirred = true;
  let still = "";
  /** Whether nothing can look otherwise than at the last observation, but for canvases. */
  const unmoved = (playing) => {
    const before = still;
    still = [focused(), scrollX, scrollY, values()].join("\n");
    const moved = stirred || observer.takeRecords().length > 0;
    stirred = false;
    return !moved && !playing && before === still && !find.everything().some((el) => el.shadowRoot);
  };
  const drawing = (canvas, place) => [["drawn", numbered(`drawn ${place}`, eyes.glance(canvas))], ["picture", picture(canvas)]];
  let last = new Map();
  const redrawn = () => {
    const changed = {};
    for (const canvas of document.querySelectorAll("canvas")) {
      const place = find.placeOf(canvas);
      if (!find.rendered(canvas)) continue;
      for (const [aspect, value] of drawing(canvas, place)) {
        const key = `${aspect} ${place}`;
        if ((last.get(key) ?? "") === String(value)) continue;
        changed[key] = value === "" ? null : String(value);
        if (value === "") last.delete(key);
        else last.set(key, String(value));
      }
    }
    return changed;
  };
  /** What has changed since the last observation, or all of it: `aspect place` and its value, null for what is gone.
      `playing`: whether something moves by itself; `left`: how the page was left. */
  const observe = ({ playing, all = false, left = "" }) => {
    if (unmoved(playing) && !all && (last.get("loss ") ?? "") === left) return redrawn();
    const now = new Map();
    const put = (aspect, place, value) => { if (value !== "") now.set(`${aspect} ${place}`, String(value)); };
    for (const { el, place, kind, text } of shown()) {
      put("text", place, text);
      if (kind.holds) put("value", place, eyes.value(el));
      if (kind.control) put("control", place, el.matches(":disabled") ? "off" : "on");
      put("state", place, STATES.map((name) => el.getAttribute(name) ?? "").join("|").replace(/^\|+$/, ""));
      const style = getComputedStyle(el);
      put("look", place, numbered(place, LOOKS.map((name) => style[name]).join("|")));
      if (el.localName === "canvas") for (const [aspect, value] of drawing(el, place)) put(aspect, place, value);
      if (kind.speaks) put("said", place, find.textOf(el).slice(0, 300));
    }
    put("focus", "", focused());
    put("scroll", "", Math.round(scrollY / 100) || "");
    put("loss", "", left);
    const changed = {};
    for (const [key, value] of now) if (all || last.get(key) !== value) changed[key] = value;
    for (const key of last.keys()) if (!now.has(key)) changed[key] = null;
    last = now;
    return changed;
  };
  /** Where each text and control stands, in CSS pixels of the page, and how large its letters are. */
  const looks = () => {
    const found = {};
    for (const { el, place, kind, text } of shown()) {
      if (!text && !kind.control) continue;
      const box = el.getBoundingClientRect();
      found[place] = [box.left + scrollX, box.top + scrollY, box.width, box.height, parseFloat(getComputedStyle(el).fontSize)].map(Math.round);
    }
    return found;
  };

  // ---- what a person may do
  const LAST = /\b(reset|restart|start (over|again|anew)|clear|undo|take back|new|delete|remove|end|finish|close|cancel|empty)\b/i; // when something was done
  const GRID = [[0.5, 0.5], [0.25, 0.3], [0.75, 0.3], [0.25, 0.75], [0.75, 0.75]];
  const SENSIBLE = { number: "7", email: "ada@example.org", url: "https://example.org/", tel: "5550100", date: "2026-02-14", time: "10:30", month: "2026-03",
    week: "2026-W10", "datetime-local": "2026-02-14T10:30", color: "#3366cc", password: "Lantern42" };
  const LIKE = 4; // of many controls of one kind, so many are tried, and the last
  const words = (el) => find.squeeze(el.getAttribute("aria-label") || find.textOf(el) || el.value || "").slice(0, 80);
  const reachable = (el) => find.exposed(el) && !el.matches(":disabled") && getComputedStyle(el).pointerEvents !== "none" && !el.querySelector("button,input,select,textarea");
  const textFor = (el, round) => {
    const limits = [el.min, el.max].filter(Boolean);
    if (el.type === "range") {
      const [least, most] = [+(el.min || 0), +(el.max || 100)];
      return String([most, least, Math.round(least + (most - least) / 3)][round % 3]);
    }
    if (el.type === "number") return [limits.length ? String(Math.min(+(el.max || Infinity), +(el.min || 0) + 3)) : "7", "-3", "", "100000", "2.5"][round % 5];
    const sensible = SENSIBLE[el.type] ?? (/\d/.test(el.value || el.placeholder || "") || el.inputMode === "numeric" || el.inputMode === "decimal" ? "12" : "Maple");
    return [sensible, "", "Oak, 3", "<b>0</b> " + "long ".repeat(12).trim()][round % 4];
  };
  const offers = (el, round) => {
    const place = find.placeOf(el);
    if (el.localName === "canvas") {
      const at = GRID[round % GRID.length];
      return round % 3 === 1 ? [{ do: "drag", place, at, dx: 60, dy: 40 }] : [{ do: "click", place, at }];
    }
    if (el.localName === "select") {
      const options = [...el.options].filter((one) => !one.disabled && !one.selected);
      const option = options[round % 2 ? options.length - 1 : 0];
      return option ? [{ do: "choose", place, text: option.text }] : [];
    }
    if (el.matches("[contenteditable=true],textarea") || (el.localName === "input" && !/^(checkbox|radio|button|submit|reset|image)$/.test(el.type))) {
      if (el.readOnly) return [];
      const typed = { do: "type", place, text: textFor(el, round) };
      return el.matches("textarea,[type=range],[type=color]") ? [typed] : [typed, { do: "press", place, text: "Enter" }];
    }
    if (el.matches("[role=slider]")) return [{ do: "press", place, text: round % 2 ? "ArrowLeft" : "ArrowRight" }];
    if (el.matches("[draggable=true]")) return [{ do: "drag", place, dx: 120, dy: 60 }, { do: "click", place }];
    return [{ do: "click", place }];
  };
  /** Keys that the page's scripts speak of: those that stand in it, its elements' handlers, and the given ones. */
  const keys = (scripts) => {
    const handlers = find.everything().flatMap((el) => ["onkeydown", "onkeyup", "onkeypress"].map((name) => el.getAttribute(name) ?? ""));
    const code = [...[...document.scripts].map((one) => one.textContent), ...handlers, scripts].join("\n");
    const found = new Set();
    for (const [, name] of code.matchAll(/["'`](Arrow(?:Up|Down|Left|Right)|Enter|Escape|Backspace|Delete|Home|End|Page(?:Up|Down)|Space| )["'`]/g)) found.add(name === "Space" ? " " : name);
    for (const [, name] of code.matchAll(/(?:\bkey\w*(?:\(\))?(?:\.toLowerCase\(\))?\s*===?\s*|\bcase\s+)["'`]([a-zA-Z0-9+?-])["'`]/g)) found.add(name);
    return [...found].slice(0, 8);
  };
  const tried = new Map(); // by place, how often
  let [pressed, rested] = [0, 0];
  /** What to do next: what was tried least, in the page's order or from its end; nothing after so many rounds. */
  const choose = (rounds, backwards, scripts) => {
    const here = find.everything().filter((el) => el.matches(CONTROLS) && reachable(el));
    const kinds = Map.groupBy(here, (el) => `${el.localName} ${el.type ?? ""} ${el.getAttribute("role") ?? ""} ${el.classList[0] ?? ""}`);
    const tryable = new Set([...kinds.values()].flatMap((alike) => [...alike.slice(0, LIKE), ...alike.slice(-1)]));
    let best = null;
    for (const [n, el] of here.entries()) {
      const times = tried.get(find.placeOf(el)) ?? 0;
      if (times >= rounds || !tryable.has(el)) continue;
      const rank = times + (LAST.test(words(el)) ? 0.5 : 0) + (backwards ? here.length - n : n) * 1e-4;
      if (!best || rank < best.rank) best = { el, times, rank };
    }
    const round = best ? best.times : rounds;
    if (pressed <= round && (round > 0 || !here.length)) { // where there are controls they come first
      pressed = round + 1;
      const found = keys(scripts).map((text) => ({ do: "press", place: "", text }));
      if (found.length) return backwards ? found.reverse() : found;
    }
    if (rested < round && rested < 1) {
      rested = round;
      return [{ do: "wait", ms: 3000 }];
    }
    if (!best) return [];
    tried.set(find.placeOf(best.el), best.times + 1);
    return offers(best.el, best.times);
  };
  /** A check's step as an action here; nothing if it can't be one. */
  const translated = (step) => {
    if (step.do === "wait") return { do: "wait", ms: step.ms };
    if (!/^(click|type|press|press_sequentially|choose|drag)$/.test(step.do)) return null;
    const el = step.target ? find.one(step.target) : null;
    if (step.target && !el) return null;
    const to = step.to ? find.one(step.to) : null;
    const place = el ? find.placeOf(el) : "";
    const more = step.do === "choose" ? { text: step.option } : step.do === "press" ? { text: step.key } : step.text !== undefined ? { text: step.text } : {};
    return { do: step.do, place, ...more, ...(step.times ? { times: step.times } : {}), ...(step.do === "drag" ? { dx: step.dx, dy: step.dy, to: to ? find.placeOf(to) : "" } : {}) };
  };
  /** An action as the hands take it. */
  const step = ({ do: what, place, at = [0.5, 0.5], text = "", to = "", dx = 0, dy = 0, times = 1 }) => {
    const target = place ? { place, at, nth: 0 } : null;
    return { do: what, target, text, key: text, option: text, to: to ? { place: to, nth: 0 } : null, dx, dy, times };
  };
  return { observe, looks, choose, translated, step };
})();
