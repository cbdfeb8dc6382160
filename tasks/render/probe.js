/* The interpreter of the check language. Lives in a world of its own, where the page can't reach it. */
const probe = (() => {
  "use strict";
  const SECRET = "%SECRET%";
  const FRAME = 1000 / 60;
  const SETTLE_MS = 500; // before the first step: intro animations and first frames
  const AFTER_STEP_FRAMES = 2;
  const ANSWER_MS = 2000; // an input without effect for so long has none
  const ANSWER_FRAMES = 60; // nor has one on a page that never rests, after so many frames of it
  const POSE_MS = 500; // after the last step; the moment of the screenshot
  const WINDOW_FRAMES = 30;
  const MOST_DOM = 16_000_000; // characters of the markup that is hashed

  let state = { now: 0, blocked: 0, observes: false, playing: 0, fresh: false, slots: 1 };
  let waiting = null;
  let each = null;
  let asked = 0;
  document.addEventListener(SECRET + "<", (event) => {
    event.stopImmediatePropagation();
    const reply = JSON.parse(event.detail);
    if (!waiting || reply.id !== asked) return;
    const done = waiting;
    waiting = null;
    Object.assign(state, reply);
    done(reply);
  }, true);
  document.addEventListener(SECRET + "~", (event) => {
    event.stopImmediatePropagation();
    Object.assign(state, JSON.parse(event.detail));
    if (each && each() === false) event.preventDefault();
  }, true);
  document.addEventListener(SECRET + "?", (event) => {
    event.stopImmediatePropagation();
    %BINDING%(event.detail);
  }, true);
  const ask = (op, more = {}) =>
    new Promise((done) => {
      waiting = done;
      asked += 1;
      document.dispatchEvent(new CustomEvent(SECRET + ">", { detail: JSON.stringify({ id: asked, op, ...more }) }));
    });
  /** Let the clock run; `seen` is called after each frame in which something ran, and ends it with false. */
  const run = (until, seen = null, hurry = false) => {
    each = seen;
    return ask("run", { goal: until, seen: !!seen, hurry });
  };
  const realFrames = async (n) => {
    for (let i = 0; i < n; i++) await new Promise((done) => requestAnimationFrame(done));
  };

  const look = () => { watch.look(state.now, state.fresh); };
  const advance = (until) => run(until, look);
  const frames = (n) => advance(state.now + n * FRAME - 1);
  /** Let the clock run as long as `wanted`, for ANSWER_MS, or for ANSWER_FRAMES in which something ran. */
  const linger = async (wanted) => {
    let left = ANSWER_FRAMES;
    if (!wanted()) return;
    await run(state.now + ANSWER_MS, () => {
      look();
      left -= 1;
      return !!wanted() && left > 0;
    });
  };
  let mark = 0; // the page's time at which the last step acted, or ended if it is a wait
  let waited = 0; // since the last step acted
  const acts = () => { [mark, waited] = [state.now, 0]; };
  /** Have a person act; `counts`: it is what a page answers, not the way to it. `marks`: time is counted from here. */
  const act = async (run, counts = true, marks = counts) => {
    if (counts) watch.input(state.now, []);
    if (marks) acts();
    await ask("begin");
    try {
      return run();
    } finally {
      await ask("end");
      if (state.observes) await realFrames(2);
      watch.look(state.now);
    }
  };

  // ---- leaving the page, which is refused, is a fault of the page: a person would lose what they did
  let left = "";
  let leaving = [];
  addEventListener("submit", (event) => {
    const how = (event.submitter?.formMethod || event.target.method || "").toLowerCase();
    if (how !== "dialog") leaving.push([event, "submitting the form reloads the page"]);
  }, true);
  addEventListener("click", (event) => {
    const link = event.composedPath().find((el) => el.localName === "a" && el.hasAttribute("href"));
    const href = link?.getAttribute("href") ?? "";
    if (link && !href.startsWith("#") && !/^(javascript|blob|data):/i.test(href) && !link.hasAttribute("download")) {
      leaving.push([event, `the link to ${find.quote(href, 40)} leaves the page`]);
    }
  }, true);
  const stays = () => {
    for (const [event, why] of leaving) if (!event.defaultPrevented) left ||= why;
    leaving = [];
  };

  const ready = async (hurry) => {
    await ask("end"); // what the load itself held up
    if (state.observes) await realFrames(2);
    await run(SETTLE_MS, null, hurry);
    watch.look(state.now);
    watch.forget();
  };

  async function* session(check, options) {
    watch.expectAmbient(options.ambient);
    await ready(true); // the load's own share of what is held up is the survey's business
    const { blocked } = state;
    const before = check.expect.map(eyes.look);
    const notes = [];
    let verdict = null;
    acts();
    for (const [index, step] of check.steps.entries()) {
      watch.step();
      await ask("step");
      try {
        if (step.do === "wait") {
          mark += step.ms;
          waited += step.ms;
          await advance(mark);
        } else if (step.do === "resize" || step.do === "hover") {
          const place = step.do === "hover" ? hands.point(step.target) : step;
          if (place.note) notes.push(place.note);
          const { x, y, width, height } = place;
          acts();
          await ask("begin");
          yield { need: step.do, x, y, width, height };
          await realFrames(2);
          await ask("end", { took: yield { need: "processor" } });
          watch.look(state.now);
        } else {
          const note = await hands[step.do](step, act, frames);
          if (note) notes.push(note);
        }
      } catch (error) {
        if (!(error instanceof hands.Refused)) throw error;
        verdict = { value: "fail", reason: `step ${index + 1} (${step.do}): ${error.message}` };
        break;
      }
      const last = index === check.steps.length - 1;
      if (last && hands.owes()) await act(hands.leave, true, false);
      if (step.do !== "wait") await frames(AFTER_STEP_FRAMES);
      stays();
      if (left) {
        verdict = { value: "fail", reason: `step ${index + 1} (${step.do}): ${left}` };
        break;
      }
    }
    const finished = state.now;
    const deadline = mark + check.within_ms;
    const after = waited + check.within_ms;
    let posed = !options.pose;
    /** Let the clock run so long, or until `seen` says false; the picture is taken when its time comes. */
    const through = async function* (ms, seen) {
      const until = state.now + ms;
      let on = true;
      while (on && state.now < until - 1e-6) {
        await run(posed ? until : Math.min(until, finished + POSE_MS), () => {
          look();
          on = seen();
          return on;
        });
        if (!posed && state.now >= finished + POSE_MS - 1e-6) {
          posed = true;
          yield { need: "picture", dom: await serialise() };
        }
      }
    };
    const cheapFirst = [...check.expect.keys()].sort((a, b) => (check.expect[a].see === "canvas") - (check.expect[b].see === "canvas"));
    const ends = cheapFirst.filter((n) => check.expect[n].how === "unchanged");
    const polled = cheapFirst.filter((n) => !ends.includes(n));
    const judge = (n, said = null) => eyes.judge(check.expect[n], before[n], true, said);
    let met = false; // all that is to come about, at one moment
    const decide = () => {
      const over = state.now >= deadline - 1e-6;
      met ||= polled.every((n) => !judge(n));
      if (met && (!ends.length || (over && ends.every((n) => !judge(n))))) verdict = { value: "pass", reason: "" };
      else if (over) {
        const reasons = [...check.expect.keys()].filter((n) => !met || ends.includes(n)).map((n) => judge(n, after)).filter(Boolean);
        verdict = { value: "fail", reason: [...reasons.slice(0, 2), ...notes].join("; ") };
      }
      return verdict;
    };
    while (!verdict && !decide()) yield* through(deadline - state.now, () => !decide());
    for (const want of verdict.value === "pass" ? check.expect : []) {
      if (want.how !== "moving" && want.how !== "still") continue;
      const why = yield* eyes[want.how](want, through, () => state.now >= deadline - 1e-6);
      if (!why) continue;
      verdict = { value: "fail", reason: [why, ...notes].join("; ") };
      break;
    }
    if (!posed) {
      await advance(finished + POSE_MS);
      yield { need: "picture", dom: await serialise() };
    }
    await linger(watch.waiting);
    stays();
    const { said, suspects, acquitted } = await ask("said");
    return { ...verdict, said, suspects, acquitted, delays: watch.delays, blocked: state.blocked - blocked, now: state.now };
  }

  /** The page's markup and what its controls hold. */
  const serialise = async () => {
    const values = find.everything().filter((el) => el.matches("input,select,textarea")).map(eyes.value);
    return (document.documentElement.outerHTML + "\n" + JSON.stringify(values)).slice(0, MOST_DOM); // more would end the driver
  };

  /** The load without input: layout, accessibility, what moves by itself, and how evenly. */
  async function* survey(options) {
    await ready(false);
    const flaws = options.flaws ? layout.measure(options.flaws) : {};
    if (options.pose) yield { need: "picture", dom: await serialise() };
    const violations = options.axe ? await accessibility() : [];
    let [slots, asking, changed, idle] = [0, 0, 0, 0];
    while (asking + idle < WINDOW_FRAMES) {
      const [began, asked, before] = [state.now, asking, slots];
      await run(began + (WINDOW_FRAMES - asking - idle) * FRAME - 1, () => {
        const moved = [...document.querySelectorAll("canvas")].map(eyes.pixels).join();
        const mutated = watch.look(state.now);
        slots += asking || idle ? state.slots : 1;
        asking += 1;
        if (mutated || state.playing || (moved && moved !== session.last)) changed += 1;
        session.last = moved;
        return asking + idle < WINDOW_FRAMES;
      });
      const still = Math.max(0, Math.round((state.now - began) / FRAME) - (slots - before));
      slots += still;
      idle += still;
      if (asking === asked && !still) break;
    }
    const moving = asking > WINDOW_FRAMES / 2 && changed >= 4;
    await linger(() => true);
    const { said, suspects, acquitted } = await ask("said");
    return { ...flaws, violations, dropped: moving ? Math.max(0, 1 - changed / slots) : 0, ambient: watch.movers(), said, suspects, acquitted,
      blocked: state.blocked };
  }
  const SOON_MS = 100;
  const LATE_MS = [1000, 400]; // after an action; on a page that never rests, the second
  /** One action, and what is to be seen of it, soon and later. */
  const perform = async (action, late) => {
    let note = "";
    await ask("step");
    try {
      if (action.do === "wait") await run(state.now + action.ms);
      else note = await hands[action.do](explore.step(action), act, (n) => run(state.now + n * FRAME - 1));
      if (hands.owes() && action.do === "press") await act(hands.leave, true, false);
    } catch (error) {
      if (!(error instanceof hands.Refused)) throw error;
      note = error.message;
    }
    const began = state.now;
    await run(began + SOON_MS);
    const soon = explore.observe(state.playing);
    await run(began + late);
    stays();
    const away = left;
    left = "";
    const later = explore.observe(state.playing, { left: away });
    return { note: away || note, soon, later };
  };
  /** A person who tries everything: the actions that are given, else such as are chosen here, checks' steps first. */
  async function* journey(options) {
    await ready(true);
    explore.observe(true);
    let busy = 0;
    await run(state.now + LATE_MS[0] / 2, () => (busy += 1));
    const late = options.late || LATE_MS[+(busy > 15)];
    yield { need: "begun", began: { begun: explore.observe(true, { all: true }), looks: explore.looks(), late } };
    let count = 0;
    const steps = [...(options.steps ?? [])];
    let [queue, barren] = [options.actions ? [...options.actions] : [], 0];
    while (count < options.most) {
      while (!queue.length && steps.length) queue.push(...[explore.translated(steps.shift())].filter(Boolean));
      if (!queue.length && !options.actions) queue = explore.choose(options.rounds, !!options.steps, options.scripts ?? "");
      const action = queue.shift();
      if (!action) break;
      const effect = await perform(action, late);
      count += 1;
      const fresh = yield { need: "coverage", did: [action, effect] };
      barren = fresh || Object.keys({ ...effect.soon, ...effect.later }).length > 1 ? 0 : barren + 1;
      if (!options.actions && !steps.length && barren >= options.patience) break;
    }
    return {};
  }
  const bringAxe = () =>
    new Promise((done) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = (event) => done((0, eval)(event.data));
      parent.postMessage(SECRET, "*", [port2]); // our page has it, so that it need not be sent for every load
    });
  const accessibility = async () => {
    await bringAxe();
    const found = await axe.run(document, {
      resultTypes: ["violations"],
      runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
      rules: { "color-contrast": { enabled: false } },
      iframes: false,
      elementRef: false,
      preload: false,
    });
    return found.violations.map((one) => ({ rule: one.id, impact: one.impact ?? "minor", nodes: one.nodes.length, help: one.help }));
  };

  let running = null;
  const go = async (given) => {
    const { value, done } = await running.next(given);
    return done ? { done: value } : value;
  };
  const start = async (story, jobs, careful) => {
    running = story;
    if (jobs.length || careful) await ask("count", { jobs, careful });
    return go();
  };
  return {
    /** `jobs`: those before and after which the page waits, so that their work can be read; `careful`: also where that may
        acquit one. */
    check: (check, options, jobs, careful) => start(session(check, options), jobs, careful),
    journey: (options, jobs, careful) => start(journey(options), jobs, careful),
    survey: (options, jobs, careful) => start(survey(options), jobs, careful),
    next: go,
    /** The work so far has been read; the latest part took so many ms of the processor. */
    on: (took) => { document.dispatchEvent(new CustomEvent(SECRET + ">", { detail: JSON.stringify({ op: "on", took }) })); },
  };
})();
