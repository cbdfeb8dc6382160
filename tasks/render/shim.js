/* The stepped clock. Runs in the page's own world before the page does, in every load.

   Time stands still but when the probe asks for a frame (1/60 s): timers, animation frames, CSS animations and transitions
   all follow. Chance is seeded. The probe lives in another world and speaks to this one by two events with a secret name. */
(() => {
  "use strict";
  const SECRET = "%SECRET%";
  const FRAME = 1000 / 60;
  const EPOCH = Date.UTC(2026, 0, 5, 9, 0, 0);
  const FREE_READS = 200; // of the clock in one callback; each one beyond costs READ_MS, so that a page spinning on it gets out
  const READ_MS = 0.1;
  const LONG_TASK_MS = 50; // W3C Long Tasks
  const MOST_SAID = 50; // errors and messages of one load
  const SCREEN_MS = 16; // a callback that took less by the real clock can't have done 50 ms of counted work (decision 16)

  const P = Promise;
  const RealDate = Date;
  const { parse, stringify } = JSON;
  const { floor, max, min, imul, abs } = Math;
  const realNow = performance.now.bind(performance);
  const later = scheduler.postTask.bind(scheduler); // a background task runs when nothing else is ready to
  const realTimeout = window.setTimeout.bind(window);
  const dropRealTimeout = window.clearTimeout.bind(window);
  const dispatch = EventTarget.prototype.dispatchEvent;
  const listen = EventTarget.prototype.addEventListener;
  const stop = Event.prototype.stopImmediatePropagation;
  const { preventDefault } = Event.prototype;
  const getAnimations = Document.prototype.getAnimations;
  const nativePause = Animation.prototype.pause;
  const nativeFinish = Animation.prototype.finish;
  const { port1, port2 } = new MessageChannel();
  const post = port2.postMessage.bind(port2);
  const RealError = Error;
  const RealCustomEvent = CustomEvent;
  const define = (object, key, value) =>
    Object.defineProperty(object, key, { value, writable: true, configurable: true, enumerable: false });
  const defineGetter = (object, key, get) => Object.defineProperty(object, key, { get, configurable: true });

  // ---- clock
  let now = 0;
  let reads = 0;
  const clock = () => {
    if (++reads > FREE_READS) now += READ_MS;
    return now;
  };
  function FakeDate(...given) {
    if (!new.target) return new RealDate(EPOCH + floor(clock())).toString();
    return Reflect.construct(RealDate, given.length ? given : [EPOCH + floor(clock())], new.target);
  }
  Object.defineProperty(FakeDate, "name", { value: "Date" });
  FakeDate.prototype = RealDate.prototype;
  define(FakeDate, "now", () => EPOCH + floor(clock()));
  define(FakeDate, "parse", RealDate.parse);
  define(FakeDate, "UTC", RealDate.UTC);
  define(RealDate.prototype, "constructor", FakeDate);
  define(window, "Date", FakeDate);
  define(Performance.prototype, "now", () => clock());
  defineGetter(Performance.prototype, "timeOrigin", () => EPOCH);
  defineGetter(Event.prototype, "timeStamp", () => now);
  defineGetter(AnimationTimeline.prototype, "currentTime", () => now);
  if (window.Temporal) {
    const { Instant, Now } = Temporal;
    const instant = () => Instant.fromEpochMilliseconds(EPOCH + floor(clock()));
    define(Now, "instant", instant);
    define(Now, "zonedDateTimeISO", (zone = "UTC") => instant().toZonedDateTimeISO(zone));
    define(Now, "plainDateTimeISO", (zone = "UTC") => instant().toZonedDateTimeISO(zone).toPlainDateTime());
    define(Now, "plainDateISO", (zone = "UTC") => instant().toZonedDateTimeISO(zone).toPlainDate());
    define(Now, "plainTimeISO", (zone = "UTC") => instant().toZonedDateTimeISO(zone).toPlainTime());
  }

  // ---- chance (mulberry32)
  let state = 0x9e3779b9;
  const draw = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = imul(state ^ (state >>> 15), 1 | state);
    t = (t + imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  define(Math, "random", draw);
  const fill = (array) => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let i = 0; i < bytes.length; i++) bytes[i] = floor(draw() * 256);
    return array;
  };
  define(Crypto.prototype, "getRandomValues", fill);
  define(Crypto.prototype, "randomUUID", () => {
    const hex = "0123456789abcdef";
    let id = "";
    for (const c of "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx") id += c === "x" ? hex[floor(draw() * 16)] : c;
    return id;
  });

  // ---- timers and frames
  let timers = [];
  let frames = [];
  let nextId = 1;
  const wait = (least) => (delay) => max(least, +delay || 0);
  let steps = 0; // of the check so far
  let born = 0; // in which of them the chain of timers that is running began
  const addTimer = (run, delay, every) => {
    timers[timers.length] = { id: nextId, due: now + delay, run, every, born };
    return nextId++;
  };
  const dropTimer = (id) => {
    timers = timers.filter((timer) => timer.id !== +id);
  };
  const callable = (fn, args) => (typeof fn === "function" ? () => fn.apply(window, args) : () => undefined);
  define(window, "setTimeout", (fn, delay, ...args) => addTimer(callable(fn, args), wait(1)(delay), 0));
  define(window, "setInterval", (fn, delay, ...args) => {
    const every = wait(4)(delay);
    return addTimer(callable(fn, args), every, every);
  });
  define(window, "clearTimeout", dropTimer);
  define(window, "clearInterval", dropTimer);
  define(window, "requestIdleCallback", (fn) =>
    addTimer(() => fn({ didTimeout: false, timeRemaining: () => 8 }), 1, 0),
  );
  define(window, "cancelIdleCallback", dropTimer);
  define(window, "requestAnimationFrame", (fn) => {
    if (typeof fn !== "function") throw new TypeError("requestAnimationFrame: not a function");
    frames[frames.length] = { id: nextId, run: fn };
    return nextId++;
  });
  define(window, "cancelAnimationFrame", (id) => {
    frames = frames.filter((frame) => frame.id !== id);
  });
  if (window.scheduler) {
    define(Scheduler.prototype, "postTask", (fn, { delay = 0 } = {}) =>
      new P((done, fail) => addTimer(() => { try { done(fn()); } catch (error) { fail(error); } }, wait(1)(delay), 0)));
    define(Scheduler.prototype, "yield", () => new P((done) => addTimer(done, 1, 0)));
  }

  // ---- what held the page up
  let blocked = 0; // by the stepped clock, as clock reads moved it
  let job = 0; // the latest, counted from the start of the load: the same in every load of the page
  let suspect = false;
  let framed = false; // whether real frames ran in the latest job; they lay out in their own time
  const suspects = []; // jobs that took SCREEN_MS of real time or more; whether they worked for so long is counted in a load for that
  let startedReal = Infinity; // of the load itself only the virtual part is known
  let startedAt = 0;
  let passed = 0; // of the stepped clock, in the latest job
  let tally = 0; // nanoseconds of a nominal machine that the browser's own functions took, in a load that counts
  const begin = () => {
    reads = 0;
    tally = 0;
    startedAt = now;
    startedReal = realNow();
  };
  let brisk = false; // no one asks how long this takes
  const end = () => {
    if (!brisk && document.documentElement) void document.documentElement.offsetHeight; // layout is part of what a person waits for
    suspect = !brisk && realNow() - startedReal >= SCREEN_MS;
    if (suspect) suspects[suspects.length] = job;
    passed = now - startedAt;
    blocked += max(0, passed - LONG_TASK_MS);
    reads = 0;
    startedAt = now;
    startedReal = Infinity;
  };

  // ---- before and after each job in question the page waits until the work so far has been read; where the machine is busy,
  // and much takes long, the processor time so far is read now and then, and acquits those for whom it is too little
  const WARY_MS = 8; // real time between two readings
  let wary = false;
  let acquitted = 0;
  let readAt = 0;
  const COUNTS = false;
  const questioned = new Set();
  const isQuestioned = questioned.has.bind(questioned);
  const question = questioned.add.bind(questioned);
  const all = COUNTS && document.getElementsByTagName("*");
  const lengthOf = Object.getOwnPropertyDescriptor(HTMLCollection.prototype, "length").get;
  const elements = () => (COUNTS ? lengthOf.call(all) : 0);
  let waiting = null;
  let acquits = false; // whether the reading may
  const isDue = () => isQuestioned(job) || (wary && realNow() - readAt > WARY_MS);
  const pause = (over, then) => {
    waiting = then;
    acquits = over;
    dispatch.call(document, letter("?", { over, passed, tally, framed, elements: elements() }));
  };

  // ---- the clock is held while the browser does something beside the page
  const HOLD_MS = 2500; // of real time at the most; then what never ends is no longer waited for
  const HOLD = () => undefined; // the job that asks for it
  const BREATH = () => undefined; // the job that lets the browser's own tasks pass
  const chain = P.prototype.then;
  let breathing = false;
  let beside = 0; // things under way
  let holding = 0;
  let patient = true;
  const resume = () => {
    if (!holding) return;
    dropRealTimeout(holding);
    holding = 0;
    post(0);
  };
  const hold = () => {
    if (!beside || !patient) return;
    holding = realTimeout(() => {
      patient = false;
      resume();
    }, HOLD_MS);
  };

  // ---- jobs: callbacks of the page, each begun with an empty stack, so that its microtasks run right after it and its errors
  // are reported as the browser reports any. All listeners of one message are begun so; hence many jobs share one task of the
  // browser, and a canvas is rastered once for all of them.
  const BATCH = 32;
  const { next } = Object.getPrototypeOf(function* () {}).prototype;
  Object.defineProperty(Object.getPrototypeOf(function* () {}).prototype, "next", { writable: false, configurable: false });
  let story = null; // a generator of jobs
  let running = false;
  let told = null;
  let touched = true; // styles may have changed since the animations were last looked at
  let ready = null; // the job that is to be run as soon as the page need no longer wait
  const turn = () => {
    if (!story || waiting || holding || breathing) return;
    if (running) {
      end();
      touched = true;
      running = false;
      if (isQuestioned(job) || (wary && suspect)) return pause(true, goOn);
    }
    let run = ready;
    ready = null;
    if (!run) {
      const { value, done } = next.call(story);
      if (done) {
        story = null;
        return told();
      }
      if (value === HOLD) return hold();
      if (value === BREATH) {
        breathe();
        return;
      }
      job += 1;
      run = value;
      if (isDue()) {
        ready = run;
        return pause(false, goOn);
      }
    }
    running = true;
    begin();
    run();
  };
  const goOn = () => post(0);
  const breathe = () => {
    breathing = true;
    const on = () => {
      if (!breathing) return;
      breathing = false;
      dropRealTimeout(limit);
      post(0);
    };
    const limit = realTimeout(on, HOLD_MS);
    chain.call(later(on, { priority: "background" }), undefined, on);
  };
  for (let n = 0; n < BATCH; n++) listen.call(port1, "message", () => turn());
  listen.call(port1, "message", () => { if (story && !waiting && !holding && !breathing) post(0); });
  port1.start();
  const tell = (jobs) =>
    new P((done) => {
      story = jobs;
      told = done;
      post(0);
    });
  function* nothing() {}

  // ---- what the browser does beside the page, in its own time: a picture is decoded, a digest computed. The clock stands
  // still until that is over, so that nothing depends on how quick the machine was.
  const over = () => {
    beside -= 1;
    if (!beside) resume();
  };
  const promising = (owner, names) => {
    for (const name of names) {
      const native = owner && owner[name];
      if (typeof native !== "function") continue;
      define(owner, name, function (...given) {
        const promise = native.apply(this, given);
        beside += 1;
        chain.call(promise, over, over);
        return promise;
      });
    }
  };
  promising(HTMLImageElement.prototype, ["decode"]);
  promising(window, ["createImageBitmap", "fetch"]);
  promising(Blob.prototype, ["text", "arrayBuffer", "bytes"]);
  promising(window.SubtleCrypto?.prototype, ["digest", "encrypt", "decrypt", "sign", "verify", "generateKey", "deriveKey", "deriveBits",
    "importKey", "exportKey", "wrapKey", "unwrapKey"]);
  promising(window.FontFace?.prototype, ["load"]);
  promising(window.FontFaceSet?.prototype, ["load"]);
  promising(window.OffscreenCanvas?.prototype, ["convertToBlob"]);
  promising(window.BaseAudioContext?.prototype, ["decodeAudioData"]);
  promising(window.Clipboard?.prototype, ["read", "readText", "write", "writeText"]);
  promising(window.Permissions?.prototype, ["query"]);
  promising(Element.prototype, ["requestFullscreen"]);
  {
    const native = HTMLCanvasElement.prototype.toBlob;
    define(HTMLCanvasElement.prototype, "toBlob", function (done, ...given) {
      if (typeof done !== "function") return native.call(this, done, ...given);
      native.call(this, (blob) => { over(); done(blob); }, ...given);
      beside += 1;
    });
  }
  const until = (target, types, then) => {
    let open = true;
    const end = () => {
      if (!open) return;
      open = false;
      if (then) then();
      over();
    };
    for (const type of types) listen.call(target, type, end, { once: true });
    beside += 1;
  };
  const reading = (owner, names) => {
    for (const name of names) {
      const native = owner[name];
      define(owner, name, function (...given) {
        native.apply(this, given);
        until(this, ["loadend"]);
      });
    }
  };
  reading(FileReader.prototype, ["readAsText", "readAsDataURL", "readAsArrayBuffer", "readAsBinaryString"]);
  reading(XMLHttpRequest.prototype, ["send"]);
  const expected = new WeakSet();
  const isExpected = expected.has.bind(expected);
  const expect = expected.add.bind(expected);
  const forget = expected.delete.bind(expected);
  const isComplete = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, "complete").get;
  const source = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, "src");
  const { images } = document;
  const expectImage = (image) => {
    if (isExpected(image) || isComplete.call(image) || image.loading === "lazy") return;
    expect(image);
    until(image, ["load", "error"], () => forget(image));
  };
  Object.defineProperty(HTMLImageElement.prototype, "src", {
    ...source,
    set(value) {
      source.set.call(this, value);
      expectImage(this);
    },
  });
  const expectImages = () => {
    for (let n = 0; n < images.length; n++) expectImage(images[n]);
  };

  // ---- CSS and Web Animations
  const clips = new WeakMap();
  let playing = 0;
  const clipOf = (animation) => {
    let clip = clips.get(animation);
    if (!clip) {
      clip = { at: 0, held: false, done: false, round: 0, fresh: true };
      clip.finished = new P((resolve) => (clip.resolve = resolve));
      clips.set(animation, clip);
    }
    return clip;
  };
  define(Animation.prototype, "pause", function () { clipOf(this).held = true; nativePause.call(this); });
  define(Animation.prototype, "play", function () {
    const clip = clipOf(this);
    clip.held = false;
    if (clip.done) {
      clip.done = false;
      clip.at = 0;
      clip.finished = new P((resolve) => (clip.resolve = resolve));
      this.currentTime = 0;
    }
    touched = true;
  });
  define(Animation.prototype, "finish", function () { clipOf(this).at = Infinity; touched = true; });
  defineGetter(Animation.prototype, "finished", function () { return clipOf(this).finished; });
  defineGetter(Animation.prototype, "playState", function () {
    const clip = clipOf(this);
    return clip.done ? "finished" : clip.held ? "paused" : "running";
  });
  const says = (animation, kind, elapsed) => {
    const target = animation.effect && animation.effect.target;
    const rest = { bubbles: true, elapsedTime: elapsed / 1000, pseudoElement: animation.effect?.pseudoElement || "" };
    if (animation instanceof CSSTransition && target) {
      const event = new TransitionEvent("transition" + kind, { ...rest, propertyName: animation.transitionProperty });
      return () => dispatch.call(target, event);
    }
    if (animation instanceof CSSAnimation && target) {
      const event = new AnimationEvent("animation" + kind, { ...rest, animationName: animation.animationName });
      return () => dispatch.call(target, event);
    }
    if (kind !== "end") return null;
    return () => dispatch.call(animation, new AnimationPlaybackEvent("finish", { currentTime: elapsed, timelineTime: now }));
  };
  const heldByStyle = (animation) => {
    const target = animation instanceof CSSAnimation && animation.effect && animation.effect.target;
    if (!target) return false;
    const style = getComputedStyle(target, animation.effect.pseudoElement || null);
    const names = style.animationName.split(", ");
    const states = style.animationPlayState.split(", ");
    return states[max(0, names.indexOf(animation.animationName)) % states.length] === "paused";
  };
  const seek = (passed) => {
    const events = [];
    playing = 0;
    for (const animation of getAnimations.call(document)) {
      if (animation.timeline && animation.timeline !== document.timeline) continue;
      if (!animation.effect) continue;
      const clip = clipOf(animation);
      const timing = animation.effect.getComputedTiming();
      const rate = animation.playbackRate;
      const last = +timing.endTime;
      let kind = null;
      if (clip.fresh) {
        clip.fresh = false;
        nativePause.call(animation);
        if (clip.at !== Infinity) clip.at = rate < 0 && last < Infinity ? last : 0;
        kind = "start";
      } else if (!clip.done && !clip.held && !heldByStyle(animation)) {
        clip.at += passed * rate;
      }
      if (clip.done) continue;
      if (clip.at === Infinity) clip.at = last < Infinity ? last : 0;
      if (rate < 0 ? clip.at <= 0 : clip.at >= last) {
        clip.done = true;
        clip.at = rate < 0 ? 0 : last;
        kind = "end";
      }
      const round = floor(max(0, clip.at - timing.delay) / (+timing.duration || 1));
      if (!kind && round !== clip.round && round < timing.iterations) kind = "iteration";
      clip.round = round;
      if (clip.done && animation instanceof CSSTransition) nativeFinish.call(animation);
      else animation.currentTime = clip.at;
      if (!clip.done && !clip.held) playing++;
      if (clip.done) clip.resolve(animation);
      const event = kind && says(animation, kind, clip.at);
      if (event) events[events.length] = event;
    }
    for (const drawing of document.querySelectorAll("svg")) {
      if (!drawing.querySelector("animate, animateTransform, animateMotion, set")) continue;
      drawing.pauseAnimations();
      drawing.setCurrentTime(now / 1000);
      playing++;
    }
    return events;
  };
  const ours = new WeakSet();
  for (const type of ["transitionrun", "transitionstart", "transitionend", "transitioncancel", "animationstart",
    "animationend", "animationiteration", "animationcancel"]) {
    // the browser sends its own in real time; only those of the stepped clock may reach the page
    listen.call(window, type, (event) => { if (event.isTrusted) stop.call(event); }, true);
  }
  for (const name of ["scrollTo", "scroll", "scrollBy", "scrollIntoView"]) {
    for (const owner of [window, Element.prototype]) {
      const native = owner[name];
      if (!native) continue;
      define(owner, name, function (...given) {
        if (given[0] && typeof given[0] === "object") given[0] = { ...given[0], behavior: "instant" };
        return native.apply(this ?? window, given);
      });
    }
  }

  // ---- frames
  let ran = false; // anything, in the frame
  let fresh = false; // anything that the latest step may have brought about
  function* frame() {
    const before = now;
    const target = (floor(now / FRAME + 1e-6) + 1) * FRAME;
    ran = fresh = false;
    for (;;) {
      let first = null;
      for (const timer of timers) if (timer.due <= target && (!first || timer.due < first.due)) first = timer;
      if (!first) break;
      now = max(now, first.due);
      if (first.every) first.due = max(first.due, now) + first.every; // keeps its place: equal times run in order of birth
      else dropTimer(first.id);
      ran = true;
      fresh ||= first.born === steps;
      born = first.born; // what a timer starts is as old as the timer
      yield first.run;
      born = steps;
      if (now > target) break;
    }
    now = max(now, target);
    const batch = frames;
    frames = [];
    for (const one of batch) {
      ran = fresh = true;
      const at = now;
      yield () => one.run.call(window, at);
    }
    if (ran || touched || playing) {
      const wasPlaying = playing;
      touched = false;
      const events = seek(now - before);
      for (const event of events) yield event;
      if (wasPlaying || playing || events.length) ran = fresh = true;
    }
    return max(1, floor((now - before) / FRAME + 0.5));
  }
  /** Frames up to the goal; idle ones are leapt over. The probe sees each in which something ran, and may end it there. What the
      browser has queued for the page comes first, and again before each leap. */
  function* run(goal, seen) {
    let rested = false;
    let first = true;
    for (;;) {
      expectImages();
      if (beside && patient) {
        rested = false;
        yield HOLD;
        continue;
      }
      const idle = min(idleUntil(), goal) - now - FRAME;
      if (!rested && (first || idle > FRAME)) {
        rested = true;
        first = false;
        yield BREATH;
        continue;
      }
      if (now >= goal - 1e-6) return;
      rested = false;
      if (idle > FRAME) now = (floor(now / FRAME + 1e-6) + floor(idle / FRAME)) * FRAME;
      const slots = yield* frame();
      if (seen && ran && !dispatch.call(document, letter("~", { ...report(), fresh, slots }, true))) return;
    }
  }
  const idleUntil = () => {
    if (frames.length || touched || playing) return now;
    let due = Infinity;
    for (const timer of timers) due = min(due, timer.due);
    return due;
  };

  // ---- a captured pointer, for events that do not come from a real one
  const captured = new Map();
  const aliases = ["pointermove", "pointerup", "pointercancel"];
  define(Element.prototype, "setPointerCapture", function (id) { captured.set(id, this); });
  define(Element.prototype, "hasPointerCapture", function (id) { return captured.get(id) === this; });
  const release = (id) => {
    const holder = captured.get(id);
    captured.delete(id);
    if (holder) dispatch.call(holder, new PointerEvent("lostpointercapture", { pointerId: id, bubbles: true }));
  };
  define(Element.prototype, "releasePointerCapture", (id) => release(id));
  for (const type of aliases) {
    listen.call(window, type, (event) => {
      const holder = captured.get(event.pointerId);
      if (event.isTrusted || !holder || ours.has(event)) return;
      if (event.target === holder || !holder.isConnected) {
        ours.add(event);
      } else {
        stop.call(event);
        const { clientX, clientY, screenX, screenY, pointerId, buttons, button } = event;
        const again = new PointerEvent(type, { clientX, clientY, screenX, screenY, pointerId, buttons, button, view: window,
          pointerType: "mouse", isPrimary: true, bubbles: true, cancelable: true, composed: true });
        ours.add(again);
        dispatch.call(holder, again);
      }
      if (type !== "pointermove") release(event.pointerId);
    }, true);
  }

  // ---- a drawing buffer that can be read at any time
  for (const owner of [HTMLCanvasElement.prototype, window.OffscreenCanvas && OffscreenCanvas.prototype]) {
    if (!owner) continue;
    const native = owner.getContext;
    define(owner, "getContext", function (kind, options) {
      // 2d in plain memory: the probe reads it at every look, and the way through the graphics process is long
      const wanted = /webgl/.test(kind) ? { ...options, preserveDrawingBuffer: true } : { ...options, willReadFrequently: true };
      return native.call(this, kind, wanted);
    });
  }
  let observes = false; // observers report at real frames; the probe lets one pass when the page has any
  for (const name of ["ResizeObserver", "IntersectionObserver"]) {
    const Native = window[name];
    define(window, name, class extends Native { constructor(...given) { super(...given); observes = true; } });
  }

  // ---- what the page says
  const said = [];
  const place = (error, file, line) => {
    if (file || !error || typeof error.stack !== "string") return { file: file || "", line: line || 0 };
    for (const found of error.stack.matchAll(/(?:\(|at )([^\s()<>]+):(\d+):\d+\)?/g)) return { file: found[1], line: +found[2] };
    return { file: "", line: 0 }; // the shim itself has no name, so that its own lines never match
  };
  const text = (value) => {
    try {
      return value instanceof RealError ? `${value.name}: ${value.message}` : String(value);
    } catch {
      return "something that has no text";
    }
  };
  const note = (kind, message, where) => {
    if (said.length < MOST_SAID) said[said.length] = { kind, message: message.slice(0, 400), ...where };
  };
  const handled = (event) => preventDefault.call(event); // else the browser would send its text, however long, to us as well
  listen.call(window, "error", (event) => {
    if (event.target !== window && event.target) return;
    handled(event);
    if (said.length < MOST_SAID) note("uncaught", event.message || text(event.error), place(event.error, event.filename, event.lineno));
  }, true);
  listen.call(window, "unhandledrejection", (event) => {
    handled(event);
    if (said.length < MOST_SAID) note("rejection", text(event.reason), place(event.reason, "", 0));
  }, true);
  listen.call(document, "securitypolicyviolation", (event) => {
    note("blocked", `${event.effectiveDirective} ${event.blockedURI}`, place(null, event.sourceFile, event.lineNumber));
  }, true);
  for (const name of Object.keys(console)) if (typeof console[name] === "function") define(console, name, () => undefined); // no one reads it
  define(console, "error", (...given) => {
    note("console", given.map(text).join(" "), place(new RealError(), "", 0));
  });

  /*TALLY*/

  // ---- the probe's orders
  const letter = (kind, value, cancelable = false) => new RealCustomEvent(SECRET + kind, { detail: stringify(value), cancelable });
  const answer = (id, value) => dispatch.call(document, letter("<", { id, ...value }));
  const report = () => ({ now, blocked, observes, playing });
  listen.call(document, SECRET + ">", async (event) => {
    stop.call(event);
    const { id, op, goal, seen, hurry, jobs, careful, took } = parse(event.detail);
    if (op === "on") {
      const then = waiting;
      waiting = null;
      readAt = realNow();
      if (acquits && wary && took < SCREEN_MS) {
        suspects.length -= 1;
        acquitted += 1;
      }
      return then && then();
    }
    brisk = !!hurry;
    if (op === "begin") {
      job += 1;
      if (isDue()) await new P((done) => pause(false, done));
      begin();
    } else if (op === "count") {
      wary = careful;
      for (let n = 0; n < jobs.length; n++) question(jobs[n]);
    } else if (op === "step") born = ++steps;
    else if (op === "run") await tell(run(goal, seen));
    else if (op === "end") {
      framed = took !== undefined;
      if (framed) startedReal = realNow() - took;
      running = true;
      await tell(nothing());
    }
    answer(id, op === "said" ? { said, suspects, acquitted, ...report() } : report());
  });
})();
