/* What a person does to a page: events in the order in which a browser sends them, at the place where a person points. */
const hands = (() => {
  "use strict";
  class Refused extends Error {} // the page gives a person no way to do it; the message says why
  const FOCUSABLE = "a[href],button,input:not([type=hidden]),select,textarea,summary,[tabindex],[contenteditable]:not([contenteditable=false])";
  const PLAIN_INPUT = /^(text|search|email|url|tel|password|number|)$/;
  let at = { x: 0, y: 0, over: null };

  const focusable = (el) => el.matches(FOCUSABLE) && !el.matches(":disabled") && find.rendered(el) && !el.closest("[inert]");
  const hit = (x, y) => {
    let found = document.elementFromPoint(x, y);
    while (found?.shadowRoot) {
      const inner = found.shadowRoot.elementFromPoint(x, y);
      if (!inner || inner === found) break;
      found = inner;
    }
    return found;
  };
  const within = (el, outer) => {
    for (let node = el; node; node = node.parentNode || node.host) if (node === outer) return true;
    return false;
  };
  const get = (target) => {
    const el = find.one(target);
    if (!el) throw new Refused(find.missing(target));
    return el;
  };
  const labelOf = (el) => (el.labels ? [...el.labels].find((one) => find.rendered(one)) : null);

  // ---- what a person typed into a field is told by `change` when they leave it
  let edited = null;
  const leave = () => {
    const one = edited;
    edited = null;
    if (one && one.el.isConnected && one.el.value === one.now && one.now !== one.was) say(one.el, "change");
  };
  addEventListener("blur", (event) => {
    if (edited && event.composedPath()[0] === edited.el) leave();
  }, true);
  const edit = (el, change) => {
    if (el.isContentEditable) return change();
    if (edited && edited.el !== el) leave();
    const was = edited ? edited.was : el.value;
    change();
    edited = { el, was, now: el.value };
    return undefined;
  };
  /** Why nothing comes of a step on this element; empty if something may. */
  const off = (el, target, typed = false) =>
    (el.matches(":disabled") ? `${find.describe(target)} is disabled` : typed && el.readOnly ? `${find.describe(target)} is read-only` : "");

  /** Where a person would point at an element, and what takes the click there. */
  const point = (target) => {
    let el = get(target);
    const words = find.describe(target);
    const idle = off(el, target);
    let box = el.getBoundingClientRect();
    if (el.matches("input") && (box.width < 3 || box.height < 3 || +getComputedStyle(el).opacity < 0.05) && labelOf(el)) {
      el = labelOf(el);
    }
    const middle = () => {
      const boxes = [...el.getClientRects()].sort((a, b) => b.width * b.height - a.width * a.height);
      box = boxes[0] ?? el.getBoundingClientRect();
      const [across, down] = target.at ?? [0.5, 0.5];
      return { x: box.left + box.width * across, y: box.top + box.height * down };
    };
    let { x, y } = middle();
    if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight || !within(hit(x, y), el)) {
      el.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
      ({ x, y } = middle());
    }
    if (box.width < 1 || box.height < 1) throw new Refused(`${words} has no size to point at`);
    const top = hit(x, y);
    if (!top) throw new Refused(`${words} is outside the window and can't be scrolled into it`);
    const label = labelOf(el);
    const covered = !within(top, el) && !(label && within(top, label)) ? `${words} is covered by \`${find.path(top)}\`` : "";
    return { el, x, y, top, note: idle || covered, idle };
  };

  const pointer = (type, x, y, more = {}) => ({
    bubbles: !/enter|leave/.test(type), cancelable: !/enter|leave/.test(type), composed: true, view: window, clientX: x, clientY: y,
    screenX: x, screenY: y, pointerId: 1, pointerType: "mouse", isPrimary: true, movementX: x - at.x, movementY: y - at.y, ...more,
  });
  const send = (el, type, x, y, more) => el.dispatchEvent(new PointerEvent(type, pointer(type, x, y, more)));
  const sendMouse = (el, type, x, y, more) => el.dispatchEvent(new MouseEvent(type, pointer(type, x, y, more)));
  const lineage = (el) => {
    const found = [];
    for (let node = el; node; node = node.parentNode || node.host) if (node.nodeType === 1) found.push(node);
    return found;
  };
  const move = (x, y, buttons = 0) => {
    const over = hit(x, y);
    const was = at.over?.isConnected ? at.over : null;
    if (over !== was) {
      const old = lineage(was);
      const fresh = lineage(over);
      if (was) {
        send(was, "pointerout", x, y, { relatedTarget: over, buttons });
        sendMouse(was, "mouseout", x, y, { relatedTarget: over, buttons });
        for (const el of old) if (!fresh.includes(el)) {
          send(el, "pointerleave", x, y, { buttons });
          sendMouse(el, "mouseleave", x, y, { buttons });
        }
      }
      if (over) {
        send(over, "pointerover", x, y, { relatedTarget: was, buttons });
        sendMouse(over, "mouseover", x, y, { relatedTarget: was, buttons });
        for (const el of fresh.reverse()) if (!old.includes(el)) {
          send(el, "pointerenter", x, y, { buttons });
          sendMouse(el, "mouseenter", x, y, { buttons });
        }
      }
    }
    if (over) {
      send(over, "pointermove", x, y, { buttons });
      sendMouse(over, "mousemove", x, y, { buttons });
    }
    at = { x, y, over };
    return over;
  };
  const focus = (el) => {
    if (el && document.activeElement !== el) el.focus({ preventScroll: true });
    else if (!el && document.activeElement && document.activeElement !== document.body) document.activeElement.blur();
  };
  const down = (x, y, detail = 1) => {
    const el = hit(x, y);
    if (!el) return null;
    const mouse = send(el, "pointerdown", x, y, { buttons: 1, pressure: 0.5 });
    if (mouse && sendMouse(el, "mousedown", x, y, { buttons: 1, detail })) {
      const label = el.closest("label");
      if (!label || el.closest(FOCUSABLE)) focus(lineage(el).find(focusable) ?? null);
    }
    return { el, mouse };
  };
  const up = (x, y, pressed, detail = 1) => {
    const el = hit(x, y) ?? pressed.el;
    send(el, "pointerup", x, y);
    if (pressed.mouse && el.isConnected) sendMouse(el, "mouseup", x, y, { detail });
    const shared = lineage(el).find((one) => within(pressed.el, one));
    if (!shared || shared.closest(":disabled")) return null;
    send(shared, "click", x, y, { detail });
    return shared;
  };

  const click = async (step, act) => {
    let note = "";
    for (let n = 1; n <= step.times; n++) {
      const place = point(step.target);
      note = place.note || note;
      await act(() => {
        if (at.x !== place.x || at.y !== place.y) move(place.x, place.y);
        if (place.idle) return;
        const pressed = down(place.x, place.y, n);
        const clicked = pressed && up(place.x, place.y, pressed, n);
        if (clicked && n % 2 === 0) sendMouse(clicked, "dblclick", place.x, place.y, { detail: 2 });
      });
    }
    return note;
  };

  const editable = (el) => el.isContentEditable || el.localName === "textarea" || (el.localName === "input" && PLAIN_INPUT.test(el.type));
  const say = (el, type, inputType, data) => el.dispatchEvent(type === "change"
    ? new Event("change", { bubbles: true })
    : new InputEvent(type, { bubbles: true, cancelable: type === "beforeinput", composed: true, inputType, data }));
  const setText = (el, value) => {
    if (el.isContentEditable) el.textContent = value;
    else el.value = value;
  };
  const getText = (el) => (el.isContentEditable ? el.textContent : el.value);
  const drafts = new WeakMap(); // what stands in a number field while it is no number yet
  const draftOf = (el) => (drafts.get(el)?.shown === getText(el) ? drafts.get(el).text : getText(el));
  const enter = (el, text, inputType, data) => {
    if (!say(el, "beforeinput", inputType, data)) return;
    edit(el, () => setText(el, text));
    drafts.set(el, { text, shown: getText(el) });
    say(el, "input", inputType, data);
    if (edited?.el === el && el.value !== edited.now) edited = null; // the page corrected it: in a browser, no change follows
  };
  const append = (el, data) => {
    const text = draftOf(el) + data;
    if (!(el.maxLength >= 0 && text.length > el.maxLength)) enter(el, text, data === "\n" ? "insertLineBreak" : "insertText", data === "\n" ? null : data);
  };
  const UNTYPED = "input:is([type=checkbox],[type=radio],[type=button],[type=submit],[type=reset],[type=image],[type=file])";
  const fieldOf = (target) => {
    let el = get(target);
    if (!el.matches("input,textarea") && !el.isContentEditable) el = el.querySelector("input,textarea,[contenteditable]") ?? el;
    if (el.matches(UNTYPED) || (!el.matches("input,textarea") && !el.isContentEditable)) {
      throw new Refused(`${find.describe(target)} is not a field one can type in`);
    }
    return el;
  };
  const type = async (step, act) => {
    const el = fieldOf(step.target);
    const idle = off(el, step.target, true);
    await act(() => {
      el.scrollIntoView({ block: "nearest", behavior: "instant" });
      if (el.matches(":disabled")) return;
      focus(el);
      if (idle) return;
      if (!editable(el)) {
        const before = el.value;
        el.value = step.text;
        if (el.value === before) return;
        say(el, "input", "insertReplacementText", step.text);
        say(el, "change");
        return;
      }
      const text = el.maxLength >= 0 ? step.text.slice(0, el.maxLength) : step.text;
      if (text) enter(el, text, "insertText", text);
      else if (draftOf(el)) enter(el, "", "deleteContentBackward", null);
    });
    return idle;
  };

  const choose = async (step, act) => {
    const el = get(step.target);
    const words = find.describe(step.target);
    const idle = off(el, step.target);
    if (idle) {
      await act(() => {});
      return idle;
    }
    if (el.localName !== "select") {
      await click({ target: step.target, times: 1 }, act);
      return click({ target: { role: "option", name: step.option, nth: 0 }, times: 1 }, act);
    }
    const options = [...el.options];
    const option = options.find((one) => find.plain(one.label || one.text) === find.plain(step.option)) ??
      options.find((one) => one.value === step.option.trim());
    if (!option) {
      const names = options.slice(0, 8).map((one) => find.quote(find.squeeze(one.text), 40)).join(", ");
      throw new Refused(`${words} has no option ${find.quote(step.option)}; it has ${names}`);
    }
    const barred = option.disabled || option.closest("optgroup")?.disabled;
    await act(() => {
      focus(el);
      if (barred) return;
      if (option.selected && !el.multiple) return;
      option.selected = true;
      say(el, "input", "", null);
      say(el, "change");
    });
    return barred ? `option ${find.quote(step.option)} of ${words} is disabled` : "";
  };

  // ---- keyboard
  const CODES = { " ": ["Space", 32], Enter: ["Enter", 13], Tab: ["Tab", 9], Escape: ["Escape", 27], Backspace: ["Backspace", 8],
    Delete: ["Delete", 46], ArrowLeft: ["ArrowLeft", 37], ArrowUp: ["ArrowUp", 38], ArrowRight: ["ArrowRight", 39],
    ArrowDown: ["ArrowDown", 40], Home: ["Home", 36], End: ["End", 35], PageUp: ["PageUp", 33], PageDown: ["PageDown", 34],
    Insert: ["Insert", 45], Shift: ["ShiftLeft", 16], Control: ["ControlLeft", 17], Alt: ["AltLeft", 18], Meta: ["MetaLeft", 91] };
  const NAMES = { space: " ", spacebar: " ", esc: "Escape", return: "Enter", del: "Delete", ins: "Insert", left: "ArrowLeft", right: "ArrowRight",
    up: "ArrowUp", down: "ArrowDown", pgup: "PageUp", pgdn: "PageDown", ctrl: "Control", cmd: "Meta", command: "Meta", option: "Alt", plus: "+",
    ...Object.fromEntries(Object.keys(CODES).map((name) => [name.toLowerCase(), name])) };
  const named = (word) => {
    if (word.length < 2) return word;
    const plain = word.toLowerCase().replace(/[\s_-]/g, "");
    return NAMES[plain] ?? (/^(key[a-z]|digit[0-9])$/.test(plain) ? plain.at(-1) : /^f[0-9]+$/.test(plain) ? plain.toUpperCase() : word);
  };
  const spell = (spec) => {
    const parts = spec.length > 1 ? spec.split(/\+(?=.)/) : [spec];
    const name = named(parts.pop());
    const held = parts.map((one) => named(one.trim()));
    const shiftKey = held.includes("Shift");
    return { name: shiftKey && name.length === 1 ? name.toUpperCase() : name, held: { ctrlKey: held.includes("Control"), shiftKey,
      altKey: held.includes("Alt"), metaKey: held.includes("Meta") } };
  };
  const key = (el, kind, name, held = {}) => {
    const upper = name.toUpperCase();
    const [code, number] = CODES[name] ?? (/^[A-Z]$/.test(upper) ? ["Key" + upper, upper.charCodeAt(0)]
      : /^[0-9]$/.test(name) ? ["Digit" + name, name.charCodeAt(0)] : [name.length > 1 ? name : "", 0]);
    return el.dispatchEvent(new KeyboardEvent(kind, { key: name, code, keyCode: kind === "keypress" ? name.charCodeAt(0) : number,
      which: number, bubbles: true, cancelable: true, composed: true, view: window, ...held }));
  };
  const isButton = (el) => el.matches("button,summary,input[type=button],input[type=submit],input[type=reset],input[type=image]");
  const nudge = (el, name) => {
    const big = Math.max(1, Math.round((((+el.max || 100) - (+el.min || 0)) / 10) / (+el.step || 1)));
    const before = el.value;
    if (/^Arrow(Right|Up)$/.test(name)) el.stepUp();
    else if (/^Arrow(Left|Down)$/.test(name)) el.stepDown();
    else if (name === "PageUp") el.stepUp(big);
    else if (name === "PageDown") el.stepDown(big);
    else if (name === "Home" && el.type === "range") el.value = el.min || "0";
    else if (name === "End" && el.type === "range") el.value = el.max || "100";
    if (el.value === before) return;
    say(el, "input", "", null);
    say(el, "change");
  };
  const submit = (el) => {
    const form = el.form;
    if (!form) return;
    const button = [...form.elements].find((one) => one.matches("button:not([type]),button[type=submit],input[type=submit],input[type=image]"));
    if (button) button.click(); // a disabled one swallows it, as in a browser
    else if ([...form.elements].filter((one) => one.localName === "input" && PLAIN_INPUT.test(one.type)).length <= 1) form.requestSubmit();
  };
  const tab = (back) => {
    const stops = find.everything().filter((el) => el.tabIndex >= 0 && focusable(el) && (el.type !== "radio" || el.checked ||
      !document.querySelector(`input[type=radio][name="${CSS.escape(el.name)}"]:checked`)));
    stops.sort((a, b) => (a.tabIndex || 1e6) - (b.tabIndex || 1e6));
    const modal = [...document.querySelectorAll("dialog:modal")].pop();
    const order = modal ? stops.filter((el) => modal.contains(el)) : stops;
    if (!order.length) return;
    const here = order.indexOf(document.activeElement);
    const next = here < 0 ? (back ? order.length - 1 : 0) : (here + (back ? -1 : 1) + order.length) % order.length;
    order[next].focus();
  };
  const afterKeydown = (el, name, held) => {
    if (held.ctrlKey || held.altKey || held.metaKey) return;
    if (name === "Tab") return tab(held.shiftKey);
    if (name === "Escape") {
      const modal = [...document.querySelectorAll("dialog:modal")].pop();
      if (modal && modal.dispatchEvent(new Event("cancel", { cancelable: true }))) modal.close();
      for (const open of modal ? [] : document.querySelectorAll("[popover]:popover-open")) open.hidePopover();
      return;
    }
    if (name.length === 1 || name === "Enter") if (!key(el, "keypress", name, held)) return;
    if (el.matches(":disabled") || el.readOnly) return;
    if (name === "Enter") {
      if (isButton(el) || el.matches("a[href]")) el.click();
      else if (el.localName === "textarea") append(el, "\n");
      else if (el.localName === "input") {
        leave();
        submit(el);
      }
    } else if (editable(el) && !(el.type === "number" && /^(Arrow|Page)/.test(name))) {
      if (name.length === 1) append(el, name);
      else if (name === "Backspace" && draftOf(el)) enter(el, draftOf(el).slice(0, -1), "deleteContentBackward", null);
    } else if (el.matches("input[type=range],input[type=number]")) nudge(el, name);
    else if (el.localName === "select" && /^Arrow|Home|End/.test(name)) {
      const open = [...el.options].filter((one) => !one.disabled);
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, Home: -1e6, End: 1e6 }[name];
      const next = open[Math.max(0, Math.min(open.length - 1, open.indexOf(el.selectedOptions[0]) + step))];
      if (next && !next.selected) {
        next.selected = true;
        say(el, "input", "", null);
        say(el, "change");
      }
    } else if (el.matches("input[type=radio]") && /^Arrow/.test(name)) {
      const group = find.everything().filter((one) => one.matches("input[type=radio]") && one.name === el.name && one.form === el.form && !one.disabled);
      const next = group[(group.indexOf(el) + (/Right|Down/.test(name) ? 1 : -1) + group.length) % group.length];
      next.focus();
      next.click();
    }
  };
  const HOLD_FRAMES = 3; // about 50 ms, so that a page that polls the key in its frames sees it
  const focused = () => {
    let el = document.activeElement ?? document.body ?? document.documentElement;
    while (el.shadowRoot?.activeElement) el = el.shadowRoot.activeElement;
    return el;
  };
  const lower = (name, held) => {
    const el = focused();
    const kept = key(el, "keydown", name, held);
    if (kept) afterKeydown(el, name, held);
    return kept;
  };
  const raise = (name, held, kept) => {
    const el = focused();
    const clicks = name === " " && kept && !held.ctrlKey && (isButton(el) || el.matches("input[type=checkbox],input[type=radio]"));
    if (key(el, "keyup", name, held) && clicks && !el.matches(":disabled")) el.click();
  };
  const press = async (step, act, frames) => {
    const { name, held } = spell(step.key);
    if (step.target) {
      const el = get(step.target);
      const idle = off(el, step.target);
      await act(() => idle || focus(lineage(el).find(focusable) ?? null), false);
      if (idle) return idle;
      if (focused() === document.body && !el.matches("body,html,canvas")) {
        throw new Refused(`${find.describe(step.target)} can't take the keyboard's focus`);
      }
    }
    for (let n = 0; n < step.times; n++) {
      let kept = false;
      await act(() => { kept = lower(name, held); });
      await frames(HOLD_FRAMES);
      await act(() => raise(name, held, kept), name === " ");
    }
    return "";
  };
  const press_sequentially = async (step, act, frames) => {
    if (step.target) {
      const el = fieldOf(step.target);
      const idle = off(el, step.target, true);
      await act(() => el.matches(":disabled") || focus(el), false);
      if (idle) return idle;
    }
    for (const [n, char] of [...step.text].entries()) {
      if (n) await frames(1); // so that a page that draws in its frames keeps up
      const name = { "\n": "Enter", "\t": "Tab" }[char] ?? char;
      await act(() => raise(name, {}, lower(name, {})));
    }
    return "";
  };

  // ---- dragging
  const MOVES = 6;
  const drag = async (step, act, frames) => {
    const from = point(step.target);
    if (from.idle) {
      await act(() => move(from.x, from.y));
      return from.idle;
    }
    let x = from.x + step.dx;
    let y = from.y + step.dy;
    if (step.to) {
      const goal = get(step.to).getBoundingClientRect();
      x = goal.left + goal.width / 2;
      y = goal.top + goal.height / 2;
    }
    const source = lineage(from.top).find((el) => el.draggable && el.getAttribute("draggable") === "true");
    let pressed = null;
    let data = null;
    let last = null;
    const send_ = (el, kind, px, py) => el.dispatchEvent(new DragEvent(kind, { ...pointer(kind, px, py), dataTransfer: data,
      cancelable: !/leave|end$/.test(kind), bubbles: true }));
    await act(() => {
      move(from.x, from.y);
      pressed = down(from.x, from.y);
    });
    await frames(1);
    let accepts = false;
    for (let n = 1; n <= MOVES && pressed; n++) {
      const px = from.x + ((x - from.x) * n) / MOVES;
      const py = from.y + ((y - from.y) * n) / MOVES;
      await act(() => {
        if (source && n === 1) {
          data = new DataTransfer();
          if (send_(source, "dragstart", from.x, from.y)) send(source, "pointercancel", px, py);
          else data = null;
        }
        if (!data) return move(px, py, 1);
        send_(source, "drag", px, py);
        const over = hit(px, py);
        if (over && over !== last) {
          send_(over, "dragenter", px, py);
          if (last?.isConnected) send_(last, "dragleave", px, py);
        }
        accepts = !!over && !send_(over, "dragover", px, py);
        last = over;
        return undefined;
      });
      await frames(1);
    }
    await act(() => {
      if (data) {
        if (accepts && last) send_(last, "drop", x, y);
        else if (last) send_(last, "dragleave", x, y);
        if (source.isConnected) send_(source, "dragend", x, y);
        at = { x, y, over: hit(x, y) };
      } else if (pressed) {
        const slider = from.top.matches("input[type=range]") ? from.top : null;
        if (slider) slide(slider, x);
        up(x, y, pressed);
      }
    });
    return from.note;
  };
  const slide = (el, x) => {
    const box = el.getBoundingClientRect();
    const [least, most] = [+(el.min || 0), +(el.max || 100)];
    const before = el.value;
    el.value = String(least + (most - least) * Math.max(0, Math.min(1, (x - box.left) / box.width)));
    if (el.value === before) return;
    say(el, "input", "", null);
    say(el, "change");
  };
  return { click, type, press_sequentially, choose, press, drag, leave, owes: () => !!edited, point, hit, within, Refused };
})();
