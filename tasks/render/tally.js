/* What the browser's own functions come to when a page calls them, in nanoseconds of the nominal machine (work.py). It stands in the
   shim of a load that counts: V8 counts the page's script, but not what script has the browser do. Costs are those of one call, of a
   character, an item, a pixel or an element, measured once and rounded; layout is counted by the browser itself. */
const { apply: call, getOwnPropertyDescriptor: descriptorOf } = Reflect;
const natives = new WeakMap();
const nativeOf = natives.get.bind(natives);
const disguise = (native, charge) => {
  const counted = new Proxy(native, {
    apply(_, self, given) {
      tally += charge(self, given);
      return call(native, self, given);
    },
  });
  natives.set(counted, native);
  return counted;
};
const count = (owner, names, charge) => {
  for (const name of names) {
    const found = owner && descriptorOf(owner, name);
    if (!found || !found.configurable) continue;
    for (const part of ["value", "set"]) if (typeof found[part] === "function") found[part] = disguise(found[part], charge);
    Object.defineProperty(owner, name, found);
  }
};
const toText = Function.prototype.toString;
define(Function.prototype, "toString", disguise(toText, () => 0));
const shown = Function.prototype.toString;
define(Function.prototype, "toString", new Proxy(shown, { apply: (_, self, given) => call(toText, nativeOf(self) ?? self, given) }));
natives.set(Function.prototype.toString, toText);

const finite = (n) => (n > 0 && n < 1e9 ? +n : 0);
const length = (value) => (typeof value === "string" || (value && typeof value === "object") ? finite(value.length) : 0);
const fixed = (ns) => () => ns;
const logarithm = Math.log2;

// lists and text
const A = Array.prototype;
const T = Object.getPrototypeOf(Uint8Array.prototype);
const perItem = (ns) => (self) => 20 + ns * length(self);
const sorting = (self, [compare]) => 50 + length(self) * logarithm(length(self) + 2) * (compare ? 15 : 60);
count(A, ["sort", "toSorted"], sorting);
count(T, ["sort", "toSorted"], sorting);
count(A, ["concat", "slice", "splice", "toSpliced", "with", "reverse", "toReversed", "indexOf", "lastIndexOf", "includes", "fill", "flat",
  "shift", "unshift", "copyWithin", "map", "filter", "flatMap"], perItem(0.5));
count(A, ["join", "toString"], perItem(40));
count(T, ["fill", "set", "slice", "indexOf", "includes", "reverse", "copyWithin"], perItem(0.3));
count(Array, ["from"], (_, [given]) => 50 + 5 * length(given));
count(Object, ["keys", "values", "entries", "assign", "fromEntries"], fixed(300));
const perCharacter = (ns) => (self) => 30 + ns * length(self);
count(String.prototype, ["split", "replace", "replaceAll", "match", "matchAll", "search", "indexOf", "lastIndexOf", "includes", "trim",
  "toLowerCase", "toUpperCase", "normalize"], perCharacter(2));
count(String.prototype, ["localeCompare"], fixed(100));
count(RegExp.prototype, ["test"], (_, [text]) => 50 + 2 * length(text)); // not `exec`: split and replace would call it for each character
count(JSON, ["parse"], (_, [text]) => 200 + 10 * length(text));
count(Intl.NumberFormat.prototype, ["formatToParts"], fixed(2000));
count(Number.prototype, ["toLocaleString"], fixed(15000));
count(RealDate.prototype, ["toLocaleString", "toLocaleDateString", "toLocaleTimeString"], fixed(20000));
{
  const native = JSON.stringify;
  JSON.stringify = new Proxy(native, {
    apply(_, self, given) {
      const text = call(native, self, given);
      tally += 200 + 10 * length(text);
      return text;
    },
  });
  natives.set(JSON.stringify, native);
}

// the document
const markup = (_, [text]) => 2000 + 40 * length(text);
count(Element.prototype, ["innerHTML", "outerHTML"], markup);
count(Element.prototype, ["insertAdjacentHTML"], (_, [, text]) => 2000 + 40 * length(text));
count(Document.prototype, ["write", "writeln"], markup);
count(window.Range?.prototype, ["createContextualFragment"], markup);
count(Document.prototype, ["createElement", "createElementNS", "createTextNode", "importNode"], fixed(400));
count(Node.prototype, ["appendChild", "insertBefore", "removeChild", "replaceChild", "textContent"], fixed(600));
count(Node.prototype, ["cloneNode"], (self, [deep]) => 500 + (deep ? 400 * finite(self.getElementsByTagName?.("*").length) : 0));
for (const owner of [Element.prototype, Document.prototype, DocumentFragment.prototype]) {
  count(owner, ["append", "prepend", "replaceChildren"], (_, given) => 300 + 600 * given.length);
  count(owner, ["querySelector", "querySelectorAll"], () => 300 + 2 * elements());
}
count(Element.prototype, ["before", "after", "replaceWith", "remove", "setAttribute", "removeAttribute", "toggleAttribute"], fixed(500));
count(window, ["getComputedStyle"], fixed(2000));

// drawing
const pixelsOf = (width, height) => Math.min(4e6, finite(abs(width)) * finite(abs(height)));
const D = window.CanvasRenderingContext2D?.prototype;
for (const owner of [D, window.OffscreenCanvasRenderingContext2D?.prototype]) {
  count(owner, ["fillRect", "clearRect", "strokeRect"], (_, [, , w, h]) => 300 + 0.3 * pixelsOf(w, h));
  count(owner, ["fill", "stroke"], fixed(1500));
  count(owner, ["fillText", "strokeText", "measureText"], (_, [text]) => 3000 + 100 * length(text));
  count(owner, ["drawImage"], (_, given) => 1500 + 0.5 * pixelsOf(given[given.length - 2], given[given.length - 1]));
  count(owner, ["getImageData"], (_, [, , w, h]) => 5000 + 2 * pixelsOf(w, h));
  count(owner, ["createImageData"], (_, [w, h]) => 2000 + 0.5 * pixelsOf(w, h));
  count(owner, ["putImageData"], (_, [image]) => 5000 + 0.3 * pixelsOf(image?.width, image?.height));
  count(owner, ["arc", "arcTo", "ellipse", "lineTo", "moveTo", "rect", "roundRect", "bezierCurveTo", "quadraticCurveTo", "save", "restore",
    "setTransform", "translate", "rotate", "scale", "fillStyle", "strokeStyle", "font", "shadowBlur"], fixed(150));
}
count(HTMLCanvasElement.prototype, ["toDataURL", "toBlob"], (self) => 1e5 + 30 * pixelsOf(self.width, self.height));
