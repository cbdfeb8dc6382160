/* Finds what a check talks about, as a person would: by role and name, by label, by text; by CSS as a last resort. */
const find = (() => {
  "use strict";
  const CONTROLS = "input,select,textarea,button,meter,output,progress,[contenteditable],[role=textbox],[role=slider]," +
    "[role=spinbutton],[role=combobox],[role=checkbox],[role=switch],[role=radio],[role=searchbox],[role=listbox]";
  const ALIAS = { presentation: "none", directory: "list", img: "image", "graphics-document": "image" };
  // Tags that have a role unasked, by aria-api's selectors (tests/render/test_render_roles.py); the roles that checks name most.
  const NATIVE = new Map(Object.entries({ button: "button input summary", link: "a area", textbox: "input textarea", searchbox: "input",
    spinbutton: "input", slider: "input", checkbox: "input", radio: "input", combobox: "input select", listbox: "datalist select",
    option: "option", heading: "h1 h2 h3 h4 h5 h6", status: "output", list: "dl ol ul menu", progressbar: "progress", meter: "meter",
    dialog: "dialog", switch: "", tab: "", alert: "", log: "", timer: "" }).map(([role, tags]) => [role, new Set(tags.split(" "))]));
  const squeeze = (text) => String(text ?? "").replace(/\s+/g, " ").trim();
  const plain = (text) => squeeze(text).toLowerCase();

  const rendered = (el) => {
    if (el.localName === "option" || el.localName === "optgroup") {
      const list = el.closest("select,datalist");
      return !!list && (list.localName === "datalist" || rendered(list));
    }
    return el.isConnected && el.checkVisibility({ visibilityProperty: true });
  };
  const exposed = (el) => rendered(el) && !el.closest('[aria-hidden="true"],[inert]') && !behindModal(el);
  const behindModal = (el) => {
    const modals = document.querySelectorAll("dialog:modal");
    return modals.length > 0 && !modals[modals.length - 1].contains(el);
  };

  // ---- the document's changes, and what was found out about elements until the next; shadow trees change unseen
  let pending = [];
  let [list, roles, names, numbered, shadows] = [null, new Map(), new Map(), new Map(), false];
  const collect = (records) => {
    if (!records.length && !shadows) return;
    pending = pending.concat(records);
    [list, roles, names, numbered, shadows] = [null, new Map(), new Map(), new Map(), false];
  };
  const observer = new MutationObserver(collect);
  observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  const fresh = () => collect(observer.takeRecords());
  /** The mutation records since this was last called. */
  const changes = () => {
    fresh();
    const records = pending;
    pending = [];
    return records;
  };
  const remembered = (store, el, find) => {
    if (!store.has(el)) store.set(el, find(el));
    return store.get(el);
  };

  const HEADERS = { col: "columnheader", colgroup: "columnheader", row: "rowheader", rowgroup: "rowheader" };
  /** Roles that aria-api has otherwise than HTML-AAM and Chromium; undefined for all others. */
  const corrected = (el) => {
    if (el.hasAttribute("role")) return undefined;
    switch (el.localName) {
      case "th": {
        const row = el.closest("tr");
        return HEADERS[el.scope] ?? (row && [...row.cells].some((cell) => cell.localName === "td") ? "rowheader" : "columnheader");
      }
      case "li": return el.parentElement?.matches("menu:not([role])") ? "listitem" : undefined;
      case "input": return el.type === "password" ? "textbox" : undefined;
      case "svg": return nameOf(el) ? "image" : undefined;
      case "form": return "form";
      case "dl": return null;
      default: return undefined;
    }
  };
  const known = new Map();
  const findRole = (el) => {
    const own = corrected(el);
    if (own !== undefined) return own;
    // aria-api tries some eighty selectors; elements that look alike to all of them share one answer
    const near = el.closest("article,aside,nav,section,main");
    const before = el.localName === "th" ? !!el.previousElementSibling : "";
    const svg = el instanceof SVGElement ? [...el.children].some((child) => child.localName === "title") : "";
    const looks = ["role", "type", "list", "size", "multiple", "scope", "alt", "href", "title", "aria-label", "aria-labelledby",
      "aria-roledescription", "aria-describedby", "tabindex"].map((name) =>
      ["role", "type", "size", "scope", "alt"].includes(name) ? el.getAttribute(name) : el.hasAttribute(name));
    const key = [el.localName, el.parentElement?.localName, near && near !== el ? near.localName : "", before, svg, ...looks].join("|");
    if (!known.has(key)) known.set(key, aria.getRole(el));
    return known.get(key);
  };
  const roleOf = (el) => {
    fresh();
    return remembered(roles, el, findRole);
  };
  const gather = (root) => {
    const found = [];
    for (const el of root.querySelectorAll("*")) {
      found.push(el);
      if (el.shadowRoot) {
        shadows = true;
        found.push(...gather(el.shadowRoot));
      }
    }
    return found;
  };
  const everything = (root = document) => {
    if (root !== document) return gather(root);
    fresh();
    return (list ??= gather(document));
  };
  const nameOf = (el) => {
    fresh();
    return remembered(names, el, (one) => squeeze(aria.getName(one)));
  };
  const byRole = (role, name) => {
    const wanted = ALIAS[role.toLowerCase()] || role.toLowerCase();
    const native = NATIVE.get(wanted);
    const may = (el) => !native || native.has(el.localName) || el.hasAttribute("role");
    let found = everything().filter((el) => may(el) && roleOf(el) === wanted && exposed(el));
    if (!found.length) {
      // a switch is a check box, a search box is a text box: what ARIA calls a subclass answers too
      try {
        found = everything().filter((el) => exposed(el) && roleOf(el) && aria.matches(el, wanted) && el.localName !== "html");
      } catch {
        found = [];
      }
    }
    return name === null ? found : found.filter((el) => plain(nameOf(el)) === plain(name));
  };

  const labelText = (label) => {
    let text = "";
    const walk = (node) => {
      for (const child of node.childNodes) {
        if (child.nodeType === 3) text += child.data;
        else if (child.nodeType === 1 && !child.matches("input,select,textarea,button,output,meter,progress")) {
          text += " ";
          walk(child);
          text += " ";
        }
      }
    };
    walk(label);
    return text;
  };
  const bare = (text) => plain(text).replace(/\s*[:*]+$/, "");
  const byLabel = (label) =>
    [...document.querySelectorAll(CONTROLS)].filter((el) => {
      const labels = el.labels ? [...el.labels] : [];
      if (!exposed(el) && !labels.some(exposed)) return false;
      return labels.some((one) => bare(labelText(one)) === bare(label)) || bare(nameOf(el)) === bare(label);
    });

  const textOf = (el) => {
    if (el.matches("input,textarea")) return squeeze(el.value);
    if (el.localName === "select") return squeeze([...el.selectedOptions].map((one) => one.text).join(" "));
    return squeeze(el.innerText ?? el.textContent);
  };
  const byText = (text) => {
    const wanted = plain(text);
    const length = wanted.replace(/ /g, "").length;
    const found = everything(document.body || document).filter((el) => {
      if (el.matches("script,style,template,noscript,option")) return false;
      if (el.matches("input[type=button],input[type=submit],input[type=reset]")) return plain(el.value) === wanted && exposed(el);
      const raw = el.textContent.replace(/\s+/g, "").length;
      if (raw < length || raw > length + 400) return false;
      return plain(el.innerText ?? el.textContent) === wanted && exposed(el);
    });
    return found.filter((el) => !found.some((other) => other !== el && el.contains(other)));
  };

  const numbers = (owner) => new Map([...owner.children].map((child, n) => [child, n]));
  /** Where an element stands, whatever it is: children by number, from the nearest ancestor with an id of its own; `^` before
      a number that counts in a shadow tree. */
  const placeOf = (el) => {
    fresh();
    const parts = [];
    for (let at = el; at; at = at.parentElement ?? at.getRootNode().host) {
      if (at.id && typeof at.id === "string" && at.id.isWellFormed() && document.getElementById(at.id) === at) {
        return ["#" + encodeURIComponent(at.id), ...parts].join("/");
      }
      const owner = at.parentElement ?? at.getRootNode();
      const number = remembered(numbered, owner, numbers).get(at) ?? -1;
      parts.unshift(owner instanceof ShadowRoot ? `^${number}` : number);
    }
    return parts.join("/");
  };
  const atPlace = (place) => {
    const [first, ...parts] = place.split("/");
    let el = first.startsWith("#") ? document.getElementById(decodeURIComponent(first.slice(1))) : document.documentElement;
    for (const part of parts) el = (part.startsWith("^") ? el?.shadowRoot?.children[part.slice(1)] : el?.children[part]) ?? null;
    return el;
  };

  const all = (target) => {
    if (target.place) return [atPlace(target.place)].filter((el) => el && exposed(el));
    if (target.role) return byRole(target.role, target.name ?? null);
    if (target.label) return byLabel(target.label);
    if (target.text) return byText(target.text);
    try {
      return [...document.querySelectorAll(target.css)];
    } catch {
      return [];
    }
  };
  const describe = (target) => {
    const words = target.place ? `\`${target.place}\`` : target.role ? (target.name ? `${target.role} "${target.name}"` : target.role)
      : target.label ? `field labelled "${target.label}"`
      : target.text ? `text "${target.text}"` : `\`${target.css}\``;
    return target.nth ? `${words} (no. ${target.nth + 1})` : words;
  };
  const quote = (text, most = 60) => JSON.stringify(text.length > most ? text.slice(0, most - 1) + "…" : text);
  /** Of these texts the one that is most like the wanted one, by the pairs of letters that they share; "" if none is. */
  const nearest = (wanted, texts) => {
    const pairs = (text) => text.split("").map((letter, n) => letter + text.charAt(n + 1)).slice(0, -1);
    const asked = pairs(plain(wanted).slice(0, 200));
    let [best, most] = ["", 0.4];
    for (const text of new Set(texts)) {
      const left = pairs(plain(text));
      const total = asked.length + left.length;
      let shared = 0;
      for (const pair of asked) {
        const at = left.indexOf(pair);
        if (at < 0) continue;
        left.splice(at, 1);
        shared += 1;
      }
      if ((2 * shared) / total > most) [best, most] = [text, (2 * shared) / total];
    }
    return best;
  };
  const LOOKED_AT = 400; // texts, of a page that lacks one
  const texts = () => everything(document.body || document)
    .filter((el) => el.childElementCount === 0 && el.textContent.trim() && el.textContent.length <= 200 && !el.matches("script,style,template") && exposed(el))
    .slice(0, LOOKED_AT).map((el) => squeeze(el.innerText ?? el.textContent));
  const labels = () => [...document.querySelectorAll(CONTROLS)].filter(exposed).slice(0, LOOKED_AT).map(nameOf).filter(Boolean);
  const missing = (target, when = "") => {
    const none = `there is no ${describe(target)}${when}`;
    const count = all(target).length;
    if (count) return `${none}, only ${count} of them`;
    if (target.text || target.label) {
      const near = nearest(target.text || target.label, target.text ? texts() : labels());
      return near ? `${none}; the nearest is ${quote(near, 120)}` : none;
    }
    if (!target.role) return none;
    const names = [...new Set(byRole(target.role, null).map((el) => quote(nameOf(el) || "", 40)))].slice(0, 6);
    return `${none}; ` + (names.length ? `the page's ${target.role}s are ${names.join(", ")}` : `the page has no ${target.role}`);
  };

  const path = (el) => {
    const parts = [];
    for (let at = el; at && at.nodeType === 1 && parts.length < 4; at = at.parentElement) {
      if (at.id) {
        parts.unshift("#" + CSS.escape(at.id));
        break;
      }
      if (at === document.body || at === document.documentElement) {
        parts.unshift(at.localName);
        break;
      }
      const twins = at.parentElement ? [...at.parentElement.children].filter((one) => one.localName === at.localName) : [];
      const kind = at.classList.length ? "." + CSS.escape(at.classList[0]) : "";
      parts.unshift(at.localName + kind + (twins.length > 1 ? `:nth-of-type(${twins.indexOf(at) + 1})` : ""));
    }
    return parts.join(" > ");
  };
  return { all, one: (target) => all(target)[target.nth] ?? null, describe, missing, path, quote, squeeze, plain, rendered, exposed,
    nameOf, roleOf, textOf, everything, changes, placeOf };
})();
