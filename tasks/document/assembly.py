"""The page that holds a program: each link to a file of its own replaced by what the file holds."""

import html
import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from tasks.document.code import guarded, read, strict_directive
from tasks.document.links import SETS, base_folder, candidates, refers, script_kind
from tasks.document.modules import Modules, Names
from tasks.document.parts import Edit, Part, Parts, Unit, edited, joined, whole
from tasks.document.reference import data_url, find, folder_of
from tasks.document.sheet import declarations, guarded_sheet, inline_style, sheet
from tasks.document.sprite import named_symbols, sprite
from tasks.document.tags import Attribute, Scan, Tag, scan
from tasks.record import Program

PAGE = "index.html"
_HELD = ";defer"
"""Behind a script's type: a type that browsers don't run, until the starter takes it away."""
_STARTER = (
    '<script type="module" data-starter>{'
    'for (const starter of document.querySelectorAll("script[data-starter]")) starter.remove();'
    f"const script = document.querySelector('script[type$=\"{_HELD}\"]');"
    "if (script) {"
    f'if (script.type === "{_HELD}") script.removeAttribute("type");'
    f"else script.type = script.type.slice(0, -{len(_HELD)});"
    'script.append("");'
    'queueMicrotask(() => script.dispatchEvent(new Event("load")));'
    "}}</script>"
)
"""Runs the next held script: after parsing, in the order of the page with modules, before DOMContentLoaded. A script
whose text changes runs at once, as what it is, where it stands. One starter a script, so that the microtasks of
one run before the next."""
_LOOKS_AT_SCRIPTS = re.compile(r"""currentScript|document\.scripts|["'`](?:[^"'`\n]*[\s>])?script(?![\w.-])""")
_MOST_REPEATED = 4_000_000
"""Characters that one file may come to, where it is put in again and again."""
_HINTS = frozenset({"preload", "modulepreload", "prefetch", "preconnect", "dns-prefetch"})
_DESCRIBES_LINK = (
    "rel",
    "href",
    "type",
    "as",
    "crossorigin",
    "integrity",
    "referrerpolicy",
    "fetchpriority",
    "blocking",
)


@dataclass(frozen=True)
class Bundle:
    """A page in pieces that know where they come from, and its scripts as the engine compiles them."""

    parts: Parts
    units: tuple[Unit, ...]

    @cached_property
    def text(self) -> str:
        """The page."""
        return joined(self.parts)


@lru_cache(maxsize=64)
def assemble(program: Program) -> Bundle:
    """A program's page in pieces."""
    return _Assembly(_bearable(program)).run()


def _bearable(program: Program) -> Program:
    """The program without the files that would fill the page many times over."""
    codes = [file.content for file in program.files]

    def weight(name: str, content: str) -> int:
        return len(content) * sum(code.count(name.rpartition("/")[2]) for code in codes)

    kept = [f for f in program.files if f.filename == PAGE or weight(f.filename, f.content) <= _MOST_REPEATED]
    return program if len(kept) == len(program.files) else program.model_copy(update={"files": tuple(kept)})


@dataclass
class _Assembly:
    program: Program
    edits: list[Edit] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    starters: int = 0
    """Held scripts whose starter is not yet placed."""
    symbols: dict[str, None] = field(default_factory=dict)

    def run(self) -> Bundle:
        text, shift = whole(self.program, PAGE)
        self.text, self.shift = text, shift
        self.scan: Scan = scan(text)
        self.base = base_folder(self.scan.tags)
        self.modules = Modules(self.program, self.base, self._names())
        codes = [file.content for file in self.program.files if file.filename.endswith((".js", ".mjs"))]
        codes += [text[tag.end : tag.content] for tag in self.scan.tags if tag.name == "script"]
        self.looks = any(_LOOKS_AT_SCRIPTS.search(code) for code in codes)
        self._meet_modules()
        for tag in self.scan.tags:
            self._tag(tag)
        tail = "".join(sprite(name, self.program.text(name) or "") for name in self.symbols)
        parts = edited(PAGE, text, self.edits, shift)
        tail = tail + _STARTER * self.starters if self.scan.open_end else ""
        return Bundle((*parts, Part(tail)), tuple(self.units))

    def _names(self) -> Names:
        maps = [tag for tag in self.scan.tags if script_kind(tag) == "importmap" and tag.get("src") is None]
        return Names.read([self.text[tag.end : tag.content] for tag in maps])

    def _meet_modules(self) -> None:
        """Find every module that is imported, and put the table of them before the first script."""
        linked: dict[str, int] = {}
        scripts = [tag for tag in self.scan.tags if script_kind(tag) in ("classic", "module") and not tag.foreign]
        for tag in scripts:
            own = self._linked(tag)
            if own and script_kind(tag) == "module":
                linked[own] = linked.get(own, 0) + 1
            if own:
                self.modules.meet(whole(self.program, own)[0], folder_of(own))
            elif tag.get("src") is None:
                self.modules.meet(self.text[tag.end : tag.content], self.base)
        for name, times in linked.items():
            if times > 1:
                self.modules.need(name)
        self.modules.settle()
        table = self.modules.table()
        first = next(
            (tag for tag in self.scan.tags if tag.name == "script" and not tag.inert and not tag.foreign), None
        )
        if table and first:
            self.edits.append((first.start, first.start, (Part(table),)))
            self.units += self.modules.units()

    def _linked(self, tag: Tag) -> str | None:
        """The program's file that a script element links."""
        reference = tag.get("src")
        own = find(self.program, reference, self.base) if reference is not None and tag.closed else None
        return own.name if own else None

    def _tag(self, tag: Tag) -> None:
        kind = script_kind(tag)
        if kind in ("classic", "module") and not tag.foreign:
            if kind == "module" and not tag.inert:
                self._place_starters(tag.start)
            name = self._linked(tag)
            if name is not None:
                self._script(tag, kind, name)
            elif tag.get("src") is None:
                self._inline_script(tag)
            elif not tag.closed and find(self.program, tag.get("src") or "", self.base):
                self._without(tag, ("src",))  # a browser asks for it and never runs it
            return
        rel = (tag.get("rel") or "").lower().split() if tag.name == "link" else []
        if "stylesheet" in rel and self._style_sheet(tag, rel):
            return
        if tag.name == "style":
            content = inline_style(self.program, self.text[tag.end : tag.content], tag.end + self.shift, self.base)
            self.edits.append((tag.end, tag.content, content))
        for attribute in tag.attributes.values():
            self._attribute(tag, attribute, rel)

    # ---- scripts

    def _inline_script(self, tag: Tag) -> None:
        text = self.text[tag.end : tag.content]
        parts = self.modules.inline(text, tag.end + self.shift)
        changed = any(not part.file for part in parts)
        if changed and (safe := guarded(parts)) is not None:
            self.edits.append((tag.end, tag.content, safe))
            parts = safe
        self.units.append(Unit("", parts))
        self._note_symbols(text)

    def _script(self, tag: Tag, kind: str, name: str) -> None:
        text, _ = whole(self.program, name)
        self._note_symbols(text)
        waits = kind == "classic" and not tag.inert and ("defer" in tag.attributes or "async" in tag.attributes)
        waits = waits and "nomodule" not in tag.attributes
        tail = Part(f"\n//# sourceURL={name}\n")
        content = self.modules.text(name)
        own_text = (*content, tail)
        if kind == "module" and name in self.modules.imported:
            self._element(tag, (Part(f'import "{name}";'),), drop=("src", "async"))
            return
        if kind == "classic" and self.looks:
            own_text = (Part(self._tells_source(tag, text)), *own_text)
        safe = guarded(own_text)
        if safe is None or (waits and read(joined(content)).broken) or _listens(tag):
            self._loaded(tag, name, (*content, tail))
            return
        self.units.append(Unit(name, safe, held=waits))
        if not waits:
            self._element(tag, safe, drop=("src", "async") if kind == "module" else ("src",))
            return
        held = f'type="{html.escape(tag.get("type") or "")}{_HELD}"'
        if given := tag.attributes.get("type"):
            self.edits.append((given.start, given.end, (Part(held),)))
        self._element(tag, safe, drop=("src",), add="" if given else f" {held}")
        self.starters += 1
        if not self.scan.open_end:
            self._place_starters(tag.close)

    def _tells_source(self, tag: Tag, text: str) -> str:
        """Gives the element its `src` back, for a page that looks at its own scripts."""
        directive = strict_directive(text)
        source = f'document.currentScript.setAttribute("src", {_quoted(tag.get("src") or "")});'
        return f"{directive}; {source} " if directive else f"{source} "

    def _loaded(self, tag: Tag, name: str, parts: Parts) -> None:
        """A script that can't stand in the page as text, or whose `load` someone waits for."""
        url = data_url("x.js", joined(parts))
        self.units.append(Unit(name, parts, url))
        late = " defer" if "async" in tag.attributes and "defer" not in tag.attributes else ""
        self._element(tag, (), drop=("src", "async"), add=f' src="{url}"{late}')

    def _element(self, tag: Tag, content: Parts, drop: tuple[str, ...], add: str = "") -> None:
        self._without(tag, drop)
        self.edits.append((tag.end - 1, tag.content, (Part(f"{add}>"), *content)))

    def _without(self, tag: Tag, drop: tuple[str, ...]) -> None:
        for key in drop:
            if found := tag.attributes.get(key):
                start = found.start - (self.text[found.start - 1] == " ")
                self.edits.append((start, found.end, ()))

    def _place_starters(self, at: int) -> None:
        if self.starters:
            self.edits.append((at, at, (Part(_STARTER * self.starters),)))
            self.starters = 0

    def _note_symbols(self, text: str) -> None:
        self.symbols |= dict.fromkeys(named_symbols(self.program, read(text), self.base))

    # ---- style sheets and other files

    def _style_sheet(self, tag: Tag, rel: list[str]) -> bool:
        own = find(self.program, tag.get("href") or "", self.base)
        kind = (tag.get("type") or "text/css").strip().lower()
        if own is None or kind != "text/css":
            return False
        content = sheet(self.program, own.name)
        if "alternate" in rel or "disabled" in tag.attributes or tag.get("title"):
            href = tag.attributes["href"]
            self.edits.append((href.start, href.end, (Part(f'href="{data_url(own.name, joined(content))}"'),)))
            return True
        kept = [a for a in tag.attributes.values() if a.name not in _DESCRIBES_LINK]
        written = "".join(" " + self.text[a.start : a.end] for a in kept)
        self.edits.append(
            (tag.start, tag.end, (Part(f"<style{written}>\n"), *guarded_sheet(content), Part("\n</style>")))
        )
        return True

    def _attribute(self, tag: Tag, attribute: Attribute, rel: list[str]) -> None:
        new: str | None = None
        if attribute.name == "style":
            new = declarations(self.program, attribute.value, self.base)
        elif attribute.name in SETS:
            new = self._set(attribute.value)
        elif refers(tag, attribute):
            own = find(self.program, attribute.value, self.base)
            if own and _HINTS.intersection(rel) and "onload" not in tag.attributes:
                self._without(tag, ("rel", "href"))  # what it asks to have soon is here already
            elif own and tag.name == "use" and own.fragment:
                self.symbols[own.name] = None
                new = f"#{own.name}{own.fragment}"
            elif own:
                content = sheet(self.program, own.name) if own.name.endswith(".css") else ()
                text = joined(content) if content else self.program.text(own.name) or ""
                new = data_url(own.name, text) + own.fragment
        if new is not None and new != attribute.value:
            name = self.text[attribute.start : attribute.start + len(attribute.name)]
            self.edits.append((attribute.start, attribute.end, (Part(f'{name}="{html.escape(new)}"'),)))

    def _set(self, value: str) -> str:
        for start, end in reversed(candidates(value)):
            own = find(self.program, value[start:end], self.base)
            if own:
                value = value[:start] + data_url(own.name, self.program.text(own.name) or "") + value[end:]
        return value


def _listens(tag: Tag) -> bool:
    return "onload" in tag.attributes or "onerror" in tag.attributes


def _quoted(text: str) -> str:
    return '"' + re.sub(r"[^\w ./?&=#:%-]", lambda m: "".join(f"\\u{ord(c):04x}" for c in m[0]), text, flags=re.A) + '"'
