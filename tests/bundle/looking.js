() => {
  // What can be compared of a page as files and as a bundle: that a file is named or held, not which of the two.
  const held = /data:[^\s"')]*|(?:\.\/|\.\.\/|[\w-]+\/)*[\w-]+\.svg(?:\?\w*)?(?:#\w*)?/g;
  const inert = document.implementation.createHTMLDocument();
  const root = inert.importNode(document.documentElement, true); // there nothing is loaded
  for (const svg of root.querySelectorAll("svg[aria-hidden][style*='visibility:hidden']")) svg.remove();
  for (const node of root.querySelectorAll("link[rel~=stylesheet], link[rel=preload], style")) {
    const sheet = inert.createElement("i");
    sheet.setAttribute("sheet", [node.id, node.media].join());
    node.replaceWith(sheet);
  }
  for (const node of root.querySelectorAll("script")) {
    for (const name of ["src", "href", "defer", "async"]) node.removeAttribute(name);
    if (!node.type || node.type === "module" || /javascript/i.test(node.type)) node.textContent = "";
  }
  for (const node of root.querySelectorAll("link:not([rel]), link[rel=modulepreload]")) for (const name of ["href", "rel"]) node.removeAttribute(name);
  for (const template of root.querySelectorAll("template")) template.innerHTML = "";
  for (const node of root.querySelectorAll("*")) {
    for (const name of ["src", "srcset", "href", "xlink:href", "style"]) {
      const value = node.getAttribute(name);
      if (value) node.setAttribute(name, node.localName === "use" ? "used" : value.replaceAll("&quot;", '"').replace(held, "file").replace(/url\("(.*?)"\)/g, "url($1)"));
    }
  }
  const looks = [];
  const names = ["color", "display", "top", "left", "width", "height", "fontSize", "fill"];
  for (const node of document.querySelectorAll("body, body *")) {
    if (/^(script|style|link|template|noscript)$/.test(node.localName) || node.closest("svg[aria-hidden]")) continue;
    const style = getComputedStyle(node);
    const images = [style.backgroundImage, style.listStyleImage].map((v) => v === "none" ? v : "image");
    const { width, height } = node.getBoundingClientRect();
    looks.push([node.localName, node.id, ...names.map((n) => style[n]), ...images, width, height, node.naturalWidth ?? 0]);
  }
  return { trace: window.trace, dom: root.outerHTML, looks, mode: document.compatMode };
}
