/* Which change on the page is the answer to an input: the first one that was not going on by itself. */
const watch = (() => {
  "use strict";
  let ambient = new Set(); // moves without any input, as found in the load that measures
  const moving = new Set(); // moved when no input was waiting for an answer
  const pictures = new Map();
  let open = null;
  let answered = false;
  let values = new Map();
  let scroll = "";
  const delays = [];
  const QUIET = /^(SCRIPT|STYLE|LINK|META|TITLE|HEAD|TEMPLATE)$/;

  const controls = () => find.everything().filter((el) => el.matches("input,select,textarea"));
  const readValues = () => new Map(controls().map((el) => [el, eyes.value(el)]));
  const scrolled = () => `${scrollX},${scrollY}`;
  /** What has changed since the last look, by name. */
  const changes = () => {
    const changed = new Set(find.changes().map(({ target }) => (target.nodeType === 1 ? target : target.parentElement)));
    const seen = [...changed].filter((el) => el?.isConnected && !QUIET.test(el.tagName) && el.checkVisibility());
    const found = new Set(seen.map(find.path));
    for (const canvas of document.querySelectorAll("canvas")) {
      const name = "canvas " + find.path(canvas);
      if (ambient.has(name) || moving.has(name)) continue;
      const shown = eyes.glance(canvas);
      if (pictures.has(canvas) && pictures.get(canvas) !== shown) found.add(name);
      pictures.set(canvas, shown);
    }
    return found;
  };
  /** Take in what has changed; `fresh`: something ran that the input may have brought about, and not only old timers. */
  const look = (now, fresh = true) => {
    const found = changes();
    if (open) {
      for (const [el, value] of values) {
        if (el.isConnected && el !== document.activeElement && !open.own.has(el) && eyes.value(el) !== value) found.add("value " + find.path(el));
      }
      if (scrolled() !== scroll) found.add("scroll");
    }
    const news = [...found].filter((name) => !ambient.has(name) && !moving.has(name));
    if (open && fresh && news.length) {
      delays.push(now - open.since);
      open = null;
      answered = true;
    } else if (!open) for (const name of found) moving.add(name);
    return found.size > 0;
  };
  const input = (now, own) => {
    if (answered) return;
    open = { since: now, own: new Set(own) };
    values = readValues();
    scroll = scrolled();
  };
  const step = () => {
    open = null;
    answered = false;
  };
  return { look, input, step, delays, waiting: () => open, expectAmbient: (names) => (ambient = new Set(names)), movers: () => [...moving],
    forget: () => moving.clear() };
})();
