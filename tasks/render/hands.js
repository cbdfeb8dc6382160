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

  /** Where a person would point at an element, and what takes the click there. */
  const point = (target) => {
    let el = get(target);
    const words = find.describe(target);
    if (el.matches(":disabled")) throw new Refused(`${words} is disabled`);
    let box = el.getBoundingClientRect();
    if (el.matches("input") && (box.width < 3 || box.height < 3 || +getComputedStyle(el).opacity < 0.05) && labelOf(el)) {
      el = labelOf(el);
    }
    const middle = () => {
      const boxes = [...el.getClientRects()].sort((a, b) => b.width * b.height - a.width * a.height);
      box = boxes[0] ?? el.getBoundingClientRect();
      return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
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
    return { el, x, y, top, covered };
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
      note = place.covered || note;
      await act(() => {
        if (at.x !== place.x || at.y !== place.y) move(place.x, place.y);
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
  const insert = (el, typed, shown, data) => {
    if (el.maxLength >= 0 && shown.length > el.maxLength) return;
    if (!say(el, "beforeinput", "insertText", data)) return;
    if (typed !== null) setText(el, typed);
    say(el, "input", "insertText", data);
  };
  const type = async (step, act) => {
    let el = get(step.target);
    if (!el.matches("input,textarea") && !el.isContentEditable) el = el.querySelector("input,textarea,[contenteditable]") ?? el;
    const words = find.describe(step.target);
    if (el.matches(":disabled")) throw new Refused(`${words} is disabled`);
    if (el.readOnly) throw new Refused(`${words} is read-only`);
    if (!el.matches("input,textarea") && !el.isContentEditable) throw new Refused(`${words} is not a field one can type in`);
    if (el.matches("input[type=checkbox],input[type=radio],input[type=button],input[type=submit],input[type=file]")) {
      throw new Refused(`${words} is not a field one can type in`);
    }
    await act(() => {
      el.scrollIntoView({ block: "nearest", behavior: "instant" });
      focus(el);
      if (!editable(el)) {
        el.value = step.text; // a slider, a date or a colour takes the whole value at once
        say(el, "input", "insertReplacementText", step.text);
        return say(el, "change");
      }
      const before = getText(el);
      let text = "";
      if (before && !step.text) {
        setText(el, "");
        say(el, "input", "deleteContentBackward", null);
      }
      for (const char of step.text) {
        const going = key(el, "keydown", char);
        if (going) {
          insert(el, text + char, text + char, char);
          if (getText(el) === text + char || el.type === "number") text += char;
          else text = getText(el); // the page corrected what was typed
        }
        key(el, "keyup", char);
      }
      if (getText(el) !== before) say(el, "change");
    });
    return "";
  };

  const choose = async (step, act) => {
    const el = get(step.target);
    const words = find.describe(step.target);
    if (el.matches(":disabled")) throw new Refused(`${words} is disabled`);
    if (el.localName !== "select") {
      await click({ target: step.target, times: 1 }, act);
      return click({ target: { role: "option", name: step.option, nth: 0 }, times: 1 }, act);
    }
    const option = [...el.options].find((one) => find.plain(one.label || one.text) === find.plain(step.option));
    if (!option) {
      const names = [...el.options].slice(0, 8).map((one) => find.quote(find.squeeze(one.text), 40)).join(", ");
      throw new Refused(`${words} has no option ${find.quote(step.option)}; it has ${names}`);
    }
    if (option.disabled) throw new Refused(`option ${find.quote(step.option)} of ${words} is disabled`);
    await act(() => {
      focus(el);
      if (option.selected && !el.multiple) return;
      option.selected = true;
      say(el, "input", "", null);
      say(el, "change");
    });
    return "";
  };

  // ---- keyboard
  const CODES = { " ": ["Space", 32], Enter: ["Enter", 13], Tab: ["Tab", 9], Escape: ["Escape", 27], Backspace: ["Backspace", 8],
    Delete: ["Delete", 46], ArrowLeft: ["ArrowLeft", 37], ArrowUp: ["ArrowUp", 38], ArrowRight: ["ArrowRight", 39],
    ArrowDown: ["ArrowDown", 40], Home: ["Home", 36], End: ["End", 35], PageUp: ["PageUp", 33], PageDown: ["PageDown", 34] };
  const NAMES = { Space: " ", Spacebar: " ", Esc: "Escape", Return: "Enter", Left: "ArrowLeft", Right: "ArrowRight", Up: "ArrowUp", Down: "ArrowDown" };
  const spell = (spec) => {
    const parts = spec.length > 1 ? spec.split(/\+(?=.)/) : [spec];
    const last = parts.pop();
    const held = parts.map((one) => one.toLowerCase());
    return { name: NAMES[last] ?? last, held: { ctrlKey: held.includes("control") || held.includes("ctrl"), shiftKey: held.includes("shift"),
      altKey: held.includes("alt"), metaKey: held.includes("meta") || held.includes("cmd") } };
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
      else if (el.localName === "textarea") insert(el, el.value + "\n", el.value + "\n", null);
      else if (el.matches("input,select")) {
        if (el.localName === "input") submit(el);
      }
    } else if (editable(el) && !(el.type === "number" && /^(Arrow|Page)/.test(name))) {
      const text = getText(el);
      if (name.length === 1) insert(el, text + name, text + name, name);
      else if (name === "Backspace" && text) {
        setText(el, text.slice(0, -1));
        say(el, "input", "deleteContentBackward", null);
      }
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
  const press = async (step, act, frames) => {
    const { name, held } = spell(step.key);
    for (let n = 0; n < step.times; n++) {
      if (step.target && n === 0) {
        const el = get(step.target);
        if (el.matches(":disabled")) throw new Refused(`${find.describe(step.target)} is disabled`);
        await act(() => focus(lineage(el).find(focusable) ?? null), false);
        if (document.activeElement === document.body || !document.activeElement) {
          if (!el.matches("body,html,canvas")) throw new Refused(`${find.describe(step.target)} can't take the keyboard's focus`);
        }
      }
      const focused = () => {
        let el = document.activeElement ?? document.body ?? document.documentElement;
        while (el.shadowRoot?.activeElement) el = el.shadowRoot.activeElement;
        return el;
      };
      let kept = false;
      await act(() => {
        const el = focused();
        kept = key(el, "keydown", name, held);
        if (kept) afterKeydown(el, name, held);
      });
      await frames(HOLD_FRAMES);
      await act(() => {
        const el = focused();
        const clicks = name === " " && kept && !held.ctrlKey && (isButton(el) || el.matches("input[type=checkbox],input[type=radio]"));
        if (key(el, "keyup", name, held) && clicks && !el.matches(":disabled")) el.click();
      }, name === " ");
    }
    return "";
  };

  // ---- dragging
  const MOVES = 6;
  const drag = async (step, act, frames) => {
    const from = point(step.target);
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
    return from.covered;
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
  return { click, type, choose, press, drag, point, hit, within, Refused };
})();
