"""A style sheet that needs no other file: its own imports in their place, its own images as `data:` addresses."""

import re
from collections.abc import Iterator

from tasks.document.parts import Edit, Part, Parts, edited, joined, replaced, whole
from tasks.document.reference import data_url, find, folder_of, resolve
from tasks.record import Program

_STRING = r"\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?"
_TOKEN = re.compile(
    rf"(?P<comment>/\*.*?(?:\*/|\Z))|(?P<string>{_STRING})|@(?P<at>[-\w]+)"
    rf"|(?P<images>(?:-webkit-)?image-set\()"
    rf"|url\(\s*(?P<url>{_STRING}|[^\s\"'()]*)\s*\)|(?P<bracket>[{{}}()\[\];])|(?P<other>[^\s;:,{{}}()\[\]\"'@/]+|[/:,])",
    re.I | re.S,
)
_IMPORT = re.compile(rf"@import\s*(?:url\(\s*(?P<url>{_STRING}|[^\s\"'()]*)\s*\)|(?P<string>{_STRING}))", re.I)
MOST_IMPORTS = 100
"""Imports in one sheet: sheets that import each other twice would double with each level."""
_CLOSES = {"{": "}", "(": ")", "[": "]"}
_END = re.compile(r"</(?=style)", re.I)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.S)


def sheet(program: Program, name: str, above: tuple[str, ...] = (), left: list[int] | None = None) -> Parts:
    """A style sheet file with everything of its own inside. A file that imports itself ends there, as in a browser.

    `left`: how many imports may still be put in.
    """
    left = [MOST_IMPORTS] if left is None else left
    text, at = whole(program, name)
    return edited(name, text, _edits(program, name, text, folder_of(name), (*above, name), left), at)


def inline_style(program: Program, text: str, at: int, folder: str | None) -> Parts:
    """The content of a `<style>` of the page, which begins at `at` there."""
    return edited("index.html", text, _edits(program, "index.html", text, folder, (), [MOST_IMPORTS]), at)


def declarations(program: Program, text: str, folder: str | None) -> str:
    """The value of a `style` attribute."""
    return joined(edited("", text, _edits(program, "", text, folder, (), [0])))


def guarded_sheet(parts: Parts) -> Parts:
    """The same style sheet, so that it may stand in a `<style>`."""
    return replaced(parts, _END, lambda _: r"<\/")


def references(text: str, folder: str | None) -> Iterator[str]:
    """Names of the files that a style sheet refers to, whether they are there or not."""
    for match in _TOKEN.finditer(text):
        if match["at"] and match["at"].lower() == "import" and (found := _IMPORT.match(text, match.start())):
            own = resolve(_value(found["url"] or found["string"] or ""), folder)
        else:
            own = resolve(_value(match["url"]), folder) if match["url"] else None
        if own:
            yield own.name


def imports(text: str) -> Iterator[str]:
    """What a style sheet imports, as it says it."""
    for match in _TOKEN.finditer(text):
        if match["at"] and match["at"].lower() == "import" and (found := _IMPORT.match(text, match.start())):
            yield _value(found["url"] or found["string"] or "")


def _edits(
    program: Program, name: str, text: str, folder: str | None, above: tuple[str, ...], left: list[int]
) -> Iterator[Edit]:
    opening, sets, depth, done = True, 0, 0, 0
    for match in _TOKEN.finditer(text):
        if match.start() < done or match["comment"]:
            continue
        word = (match["at"] or "").lower()
        if opening and word == "charset" and above:
            done = _statement_end(text, match.start())
            yield match.start(), done, ()
        elif opening and word == "import":
            done = _statement_end(text, match.start())
            new = _imported(program, text[match.start() : done], folder, above, left)
            if new is not None:
                yield match.start(), done, new
        elif opening and word == "layer" and text[_statement_end(text, match.start()) - 1] == ";":
            done = _statement_end(text, match.start())
        else:
            opening = False
        if match["images"] or (match["bracket"] or "") in ("(", "{", "["):
            depth += 1
            sets = sets or (depth if match["images"] else 0)
        elif (match["bracket"] or "") in (")", "}", "]"):
            sets = 0 if depth == sets else sets
            depth = max(0, depth - 1)
        given = match["url"] or (match["string"] if sets else None)
        own = find(program, _value(given), folder) if given and done <= match.start() else None
        if own:
            address = data_url(own.name, program.text(own.name) or "") + own.fragment
            yield match.start(), match.end(), (Part(f'url("{address}")' if match["url"] else f'"{address}"'),)


def _imported(program: Program, rule: str, folder: str | None, above: tuple[str, ...], left: list[int]) -> Parts | None:
    """What stands for an `@import` of an own file; None for another."""
    head = _IMPORT.match(rule)
    own = find(program, _value(head["url"] or head["string"] or ""), folder) if head else None
    if head is None or own is None:
        return None
    if own.name in above or not left[0]:
        return ()
    left[0] -= 1
    content = sheet(program, own.name, above, left)
    rest, opened = rule[head.end() :].rstrip(";").strip(), ""
    if layer := re.match(r"layer(?:\(\s*([^)]*?)\s*\)|(?![-\w(]))\s*", rest, re.I):
        opened += f"@layer {layer[1] or ''} {{ "
        rest = rest[layer.end() :]
    if re.match(r"supports\(", rest, re.I):
        end = _group_end(rest, rest.index("("))
        condition = rest[rest.index("(") + 1 : end - 1].strip()
        plain = re.match(r"\(|not\b|selector\(|font-", condition, re.I)
        opened += f"@supports {condition if plain else f'({condition})'} {{ "
        rest = rest[end:].strip()
    if rest:
        opened += f"@media {rest} {{ "
    closing = _missing(joined(content)) + "\n" + "}" * opened.count("{ ")
    return (Part(f"/* {own.name} */ {opened}\n"), *content, Part(closing + "\n"))


def _statement_end(text: str, at: int) -> int:
    """Behind the `;` that ends a statement, or before the block that follows it."""
    depth = 0
    for match in _TOKEN.finditer(text, at):
        bracket = match["bracket"] or ""
        if bracket in ("(", "["):
            depth += 1
        elif bracket in (")", "]"):
            depth -= 1
        elif bracket and depth <= 0:
            return match.end() if bracket == ";" else match.start()
        elif match["images"]:
            depth += 1
    return len(text)


def _group_end(text: str, at: int) -> int:
    depth = 0
    for index in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[index], 0)
        if depth == 0:
            return index + 1
    return len(text)


def _missing(text: str) -> str:
    """What closes everything that a style sheet leaves open at its end."""
    opened: list[str] = []
    last = None
    for last in _TOKEN.finditer(text):
        bracket = "(" if last["images"] else last["bracket"] or ""
        if bracket in _CLOSES:
            opened.append(_CLOSES[bracket])
        elif opened and bracket == opened[-1]:
            opened.pop()
    tail = ""
    if last is not None and last.end() == len(text):
        if last["comment"] and (not last[0].endswith("*/") or len(last[0]) < 4):
            tail = "*/"
        elif last["string"] and (len(last[0]) < 2 or last[0][-1] != last[0][0]):
            tail = last[0][0]
    return tail + "".join(reversed(opened))


def _value(written: str) -> str:
    """The text of a string or an unquoted address."""
    inner = written[1:].removesuffix(written[0]) if written[:1] in ("'", '"') else written
    return _ESCAPE.sub(lambda match: chr(min(int(match[1], 16), 0x10FFFF)) if match[1] else match[2], inner)
