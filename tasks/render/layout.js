/* What a person can't see well: text and controls that stick out, are covered, cut off, or too faint to read. */
const layout = (() => {
  "use strict";
  const LARGE_PX = 24; // WCAG 2.2, 'large scale': 18 pt, or 14 pt bold
  const LARGE_BOLD_PX = 18.66;
  const LEAST_PX = 9; // smaller text counts as cut off: at 96 dpi it can't be read
  const PLACES = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.15], [0.5, 0.85]];
  const CONTROLS = "button,input:not([type=hidden]),select,textarea,a[href],[role=button],[role=slider],[role=switch],[role=tab],summary,canvas";

  // ---- colour
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const colours = new Map();
  /** [r, g, b, alpha], channels 0..255; any CSS colour. */
  const colour = (css) => {
    if (!colours.has(css)) {
      const found = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/.exec(css);
      if (found) colours.set(css, [+found[1], +found[2], +found[3], found[4] === undefined ? 1 : +found[4]]);
      else {
        paint.clearRect(0, 0, 1, 1);
        paint.fillStyle = "rgba(0,0,0,0)";
        paint.fillStyle = css;
        paint.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = paint.getImageData(0, 0, 1, 1).data;
        colours.set(css, [r, g, b, a / 255]);
      }
    }
    return colours.get(css);
  };
  const over = (top, under) => {
    const alpha = top[3];
    return [0, 1, 2].map((i) => top[i] * alpha + under[i] * (1 - alpha)).concat(1);
  };
  const luminance = ([r, g, b]) => {
    const linear = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  /** WCAG 2.2's contrast ratio, 1..21. */
  const contrast = (a, b) => {
    const [x, y] = [luminance(a), luminance(b)];
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  };
  const stops = (image) => (image.match(/(?:rgba?|hsla?|oklch|oklab|lab|lch|color|color-mix)\([^()]*(?:\([^()]*\)[^()]*)*\)|#[0-9a-f]{3,8}\b/gi) ?? []).map(colour);
  /** The colours that may lie behind an element: one, or a gradient's stops; null where a picture makes it unknown. */
  const behind = (el) => {
    const layers = [];
    for (let at = el; at; at = at.parentElement ?? at.getRootNode().host) {
      const style = getComputedStyle(at);
      if (style.backgroundImage !== "none") {
        if (/url\(|image-set|element\(/.test(style.backgroundImage) || style.backgroundClip === "text") return null;
        const found = stops(style.backgroundImage);
        if (found.length) layers.push(found.map((one) => over(one, [...colour(style.backgroundColor)])).map((one, n) =>
          [one[0], one[1], one[2], Math.max(found[n][3], colour(style.backgroundColor)[3])]));
      } else if (colour(style.backgroundColor)[3] > 0) layers.push([colour(style.backgroundColor)]);
      if (layers.length && layers[layers.length - 1].every((one) => one[3] >= 0.999)) break;
      if (style.position === "fixed" && at.parentElement && at !== el) continue;
    }
    let found = [[255, 255, 255, 1]];
    for (const layer of layers.reverse()) found = layer.flatMap((top) => found.map((under) => over(top, under))).slice(0, 16);
    return found;
  };

  // ---- the things a person looks at
  const texts = () => {
    const found = [];
    const walker = document.createTreeWalker(document.body ?? document.documentElement, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (walker.nextNode() && found.length < 3000) {
      const node = walker.currentNode;
      const el = node.parentElement;
      const length = node.data.replace(/\s+/g, "").length;
      if (!length || !el || el.closest("script,style,noscript,template,option,canvas")) continue;
      if (!find.rendered(el) || readerOnly(el)) continue;
      range.selectNodeContents(node);
      const boxes = [...range.getClientRects()].filter((box) => box.width > 0 && box.height > 0);
      found.push({ el, length, boxes, style: getComputedStyle(el) });
    }
    for (const el of document.querySelectorAll("input,textarea,select")) {
      if (!find.rendered(el) || readerOnly(el) || el.matches("[type=range],[type=checkbox],[type=radio],[type=color],[type=hidden]")) continue;
      const shown = find.textOf(el);
      if (shown) found.push({ el, length: shown.replace(/\s+/g, "").length, boxes: [el.getBoundingClientRect()], style: getComputedStyle(el), field: true });
    }
    return found;
  };
  /** Hidden from the eye on purpose, for screen readers. */
  const readerOnly = (el) => {
    for (let at = el; at && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.position !== "absolute" && style.position !== "fixed") continue;
      if (/rect\(0(px)?,? ?0|rect\(1px/.test(style.clip) || /inset\((50|100)%/.test(style.clipPath)) return true;
      if (at.offsetWidth <= 1 && at.offsetHeight <= 1 && style.overflow !== "visible") return true;
      if (at.getBoundingClientRect().right + scrollX < -900) return true;
    }
    return false;
  };
  const opacity = (el) => {
    let all = 1;
    for (let at = el; at; at = at.parentElement) all *= +getComputedStyle(at).opacity;
    return all;
  };

  /** Share of a text's boxes that is cut off: by an ancestor that hides what sticks out, or by the page's own left and top. */
  const cutOff = (el, boxes, style) => {
    if (parseFloat(style.fontSize) < LEAST_PX) return 1;
    let [area, shown] = [0, 0];
    if (!boxes.length) return 1;
    for (const box of boxes) {
      let [left, top, right, bottom] = [Math.max(box.left, -scrollX), Math.max(box.top, -scrollY), box.right, box.bottom];
      for (let at = el; at && at !== document.body && at !== document.documentElement; at = at.parentElement) {
        const how = getComputedStyle(at);
        if (how.display === "inline" || how.display === "contents") continue;
        const frame = at.getBoundingClientRect();
        if (/hidden|clip/.test(how.overflowX)) [left, right] = [Math.max(left, frame.left), Math.min(right, frame.right)];
        if (/hidden|clip/.test(how.overflowY)) [top, bottom] = [Math.max(top, frame.top), Math.min(bottom, frame.bottom)];
        if (how.position === "fixed") break;
      }
      area += box.width * box.height;
      shown += Math.max(0, right - left) * Math.max(0, bottom - top);
    }
    const share = 1 - shown / area;
    return share > 0.08 ? share : 0; // line boxes are a little taller than the letters in them
  };

  /** Share of the points of a thing, so far as they are in the window, that belong to something else. */
  const covered = (el, boxes) => {
    let [points, lost] = [0, 0];
    let by = null;
    for (const box of boxes.slice(0, 4)) {
      for (const [a, b] of PLACES) {
        const [x, y] = [box.left + box.width * a, box.top + box.height * b];
        if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) continue;
        points += 1;
        const top = hands.hit(x, y);
        if (!top || hands.within(top, el) || hands.within(el, top)) continue;
        if (top.localName === "label" && top.contains(el)) continue;
        if (el.labels && [...el.labels].some((label) => hands.within(top, label))) continue;
        lost += 1;
        by = top;
      }
    }
    return { share: points ? lost / points : 0, by };
  };

  const measure = (limit) => {
    const flaws = [];
    const width = document.documentElement.scrollWidth;
    const overflow = Math.max(0, width - innerWidth) / innerWidth;
    if (overflow > 0) {
      let worst = null;
      for (const el of find.everything()) {
        const box = el.getBoundingClientRect();
        if (find.rendered(el) && box.right > innerWidth + 1 && (!worst || box.right > worst.right)) worst = { el, right: box.right };
      }
      flaws.push({ kind: "overflow", where: worst ? find.path(worst.el) : "html", weight: overflow,
        detail: `the page is ${width} px wide in a window of ${innerWidth} px` });
    }
    let [letters, cut, faint, known] = [0, 0, 0, 0];
    let [things, hidden] = [0, 0];
    const parts = texts();
    for (const { el, length, boxes, style, field } of parts) {
      letters += length;
      const words = find.quote(find.textOf(el), 40);
      const lost = field ? 0 : cutOff(el, boxes, style);
      if (lost) {
        cut += length * lost;
        const why = parseFloat(style.fontSize) < LEAST_PX ? `set in ${style.fontSize}` : `${Math.round(lost * 100)} % cut off`;
        flaws.push({ kind: "clipped", where: find.path(el), weight: length * lost, detail: `${words} is ${why}` });
      }
      if (el.matches(":disabled") || el.closest("[aria-disabled=true],fieldset:disabled") || !boxes.length) continue; // 1.4.3 leaves inactive controls out
      const grounds = behind(el);
      if (!grounds) continue;
      known += length;
      const ink = colour(style.color);
      const alpha = ink[3] * opacity(el);
      const ratio = Math.min(...grounds.map((ground) => contrast(over([...ink.slice(0, 3), alpha], ground), ground)));
      const size = parseFloat(style.fontSize);
      const least = size >= LARGE_PX || (size >= LARGE_BOLD_PX && +style.fontWeight >= 700) ? 3 : 4.5;
      if (ratio < least - 0.01) {
        faint += length;
        flaws.push({ kind: "contrast", where: find.path(el), weight: length, detail: `${words} has a contrast of ${ratio.toFixed(2)}, needs ${least}` });
      }
    }
    const controls = find.everything().filter((el) => el.matches(CONTROLS) && find.rendered(el) && !readerOnly(el) && opacity(el) > 0.05)
      .map((el) => ({ el, boxes: [el.getBoundingClientRect()].filter((box) => box.width > 2 && box.height > 2), length: 12 }));
    for (const { el, boxes, length, style } of [...parts, ...controls]) {
      if ((style ?? getComputedStyle(el)).pointerEvents === "none" || !boxes.length) continue;
      const { share, by } = covered(el, boxes);
      things += length;
      if (share <= 0.2) continue;
      hidden += length * share;
      flaws.push({ kind: "overlap", where: find.path(el), weight: length * share,
        detail: `${find.quote(find.textOf(el) || el.localName, 40)} is covered by \`${find.path(by)}\`` });
    }
    // the gravest of each kind first, the kinds in turn
    const ranked = ["overflow", "overlap", "clipped", "contrast"].map((kind) => flaws.filter((one) => one.kind === kind).sort((a, b) => b.weight - a.weight));
    const chosen = [];
    for (let n = 0; chosen.length < limit && ranked.some((list) => list.length > n); n++) {
      for (const list of ranked) if (list[n] && chosen.length < limit) chosen.push(list[n]);
    }
    const share = (part, whole) => (whole ? Math.round((part / whole) * 1e4) / 1e4 : 0);
    return { overflow: Math.min(1, Math.round(overflow * 1e4) / 1e4), overlap: Math.min(1, share(hidden, things)), clipped: Math.min(1, share(cut, letters)),
      low_contrast: share(faint, known), flaws: chosen.map(({ kind, where, detail }) => ({ kind, where, detail })) };
  };
  return { measure };
})();
