"""The start tags of a page as a browser's tokenizer finds them (HTML Living Standard, 13.2.5).

Comments, strings in scripts, and the insides of text areas, titles and `<noscript>` hold no tags, whatever they look
like. Syntax trees are for what is well formed; which link a browser follows is decided by this rule also where a page
is not.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_NAME = re.compile(r"[^\t\n\f\r />]+")
_GAP = re.compile(r"[\t\n\f\r /]*")
_SPACE = r"[\t\n\f\r ]*"
_ATTRIBUTE = re.compile(
    r"(?P<name>=?[^\t\n\f\r />=]*)"
    rf"(?:{_SPACE}={_SPACE}(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'"
    r"|(?P<bare>[^\t\n\f\r >\"'][^\t\n\f\r >]*)|(?=>)))?"
)
_OPEN_QUOTE = re.compile(rf"{_SPACE}={_SPACE}[\"']")
_SCRIPT_STATE = re.compile(r"<!--|-->|<(?P<slash>/?)script(?=[\t\n\f\r />])", re.I)
_COMMENT_END = re.compile(r"--!?>")
_RAW = frozenset({"script", "style", "xmp", "iframe", "noembed", "noframes", "noscript", "textarea", "title"})
_FOREIGN = frozenset({"svg", "math"})
_INTEGRATION = frozenset({"foreignobject", "desc", "title", "annotation-xml", "mi", "mo", "mn", "ms", "mtext"})
"""Elements inside of SVG and MathML in which HTML's rules hold again."""
_BREAKOUT = frozenset(
    {
        *("b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em", "embed", "h1", "h2"),
        *(
            "h3",
            "h4",
            "h5",
            "h6",
            "head",
            "hr",
            "i",
            "img",
            "li",
            "menu",
            "meta",
            "nobr",
            "ol",
            "p",
            "pre",
            "ruby",
            "s",
        ),
        *("s", "small", "span", "strong", "strike", "sub", "sup", "table", "tt", "u", "ul", "var"),
    }
)


@dataclass(frozen=True)
class Attribute:
    """One attribute; `start` and `end` hold all of it, `inner` its value as written, without quotes."""

    name: str
    value: str
    start: int
    end: int
    inner: tuple[int, int]


@dataclass(frozen=True)
class Tag:
    """A start tag."""

    name: str
    attributes: dict[str, Attribute] = field(hash=False)
    """By name in lower case, the first of each."""
    start: int
    end: int
    content: int
    """Where the content ends, of an element that holds text only; `end` for others."""
    close: int
    """Behind the end tag, of an element that holds text only; `end` for others."""
    inert: bool
    """Inside of a template."""
    foreign: bool
    """An element of SVG or MathML."""
    closed: bool
    """Whether its end tag is there, of an element that holds text only."""

    def get(self, name: str) -> str | None:
        """An attribute's value."""
        found = self.attributes.get(name)
        return None if found is None else found.value


@dataclass(frozen=True)
class Scan:
    """All start tags, in order."""

    tags: tuple[Tag, ...]
    open_end: bool
    """Whether what is added behind the text becomes an element of the body."""


def scan(text: str) -> Scan:
    """Every start tag of a page."""
    scanner = _Scanner(text)
    return Scan(tuple(scanner.run()), scanner.clean and not scanner.stack and not scanner.templates)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.clean = True
        self.stack: list[str] = []
        self.templates = 0

    def run(self) -> Iterator[Tag]:
        text, at = self.text, 0
        while (at := text.find("<", at)) >= 0:
            following = text[at + 1 : at + 2]
            if text.startswith("<!--", at):
                at = self._comment(at + 4)
            elif text.startswith("<![CDATA[", at) and self._foreign():
                at = self._behind("]]>", at)
            elif following.isascii() and following.isalpha():
                tag = self._start(at)
                if tag is None:
                    self.clean = False
                    return
                yield tag
                at = tag.close
                if tag.name == "plaintext" and not tag.foreign:
                    self.clean = False
                    return
            elif following == "/" and text[at + 2 : at + 3].isascii() and text[at + 2 : at + 3].isalpha():
                name, _, at = self._parsed(at + 2)
                if at < 0:
                    self.clean = False
                    return
                self._leave(name)
            elif following in ("!", "?", "/"):
                at = self._behind(">", at)
            else:
                at += 1
            if at < 0:
                self.clean = False
                return

    def _comment(self, at: int) -> int:
        for abrupt in (">", "->"):
            if self.text.startswith(abrupt, at):
                return at + len(abrupt)
        end = _COMMENT_END.search(self.text, at)
        return end.end() if end else -1

    def _behind(self, end: str, at: int) -> int:
        found = self.text.find(end, at)
        return found + len(end) if found >= 0 else -1

    def _parsed(self, at: int) -> tuple[str, dict[str, Attribute], int]:
        """Name, attributes and end of the tag whose name begins at `at`; -1 if it never ends."""
        text = self.text
        name = _NAME.match(text, at)
        assert name is not None
        at, found = name.end(), dict[str, Attribute]()
        while True:
            gap = _GAP.match(text, at)
            at = gap.end() if gap else at
            if at >= len(text):
                return "", {}, -1
            if text[at] == ">":
                return name[0].lower(), found, at + 1
            match = _ATTRIBUTE.match(text, at)
            assert match is not None
            group = next((g for g in ("double", "single", "bare") if match[g] is not None), None)
            if group is None and match.end() > at and _OPEN_QUOTE.match(text, match.end()):
                return "", {}, -1  # a quote that never ends
            value = html.unescape(match[group]) if group else ""
            inner = match.span(group) if group else (match.end(), match.end())
            key = match["name"].lower()
            found.setdefault(key, Attribute(key, value, match.start(), match.end(), inner))
            at = max(match.end(), at + 1)

    def _start(self, at: int) -> Tag | None:
        name, attributes, end = self._parsed(at + 1)
        if end < 0:
            return None
        if self._foreign() and name in _BREAKOUT:
            while self._foreign():
                self.stack.pop()
        foreign = self._foreign() or name in _FOREIGN
        content = close = end
        closed = True
        if foreign:
            if self.text[end - 2] != "/" and name in _FOREIGN | _INTEGRATION:
                self.stack.append(name)
        elif name in _RAW:
            content, close, closed = self._raw(name, end)
        inert = self.templates > 0
        if name == "template" and not foreign:
            self.templates += 1
        return Tag(name, attributes, at, end, content, close, inert, foreign, closed)

    def _raw(self, name: str, at: int) -> tuple[int, int, bool]:
        content = self._script_end(at) if name == "script" else -1
        if name != "script":
            found = re.compile(rf"</{name}(?=[\t\n\f\r />])", re.I).search(self.text, at)
            content = found.start() if found else -1
        close = self._parsed(content + 2)[2] if content >= 0 else -1
        if close < 0:
            self.clean = False
            return len(self.text), len(self.text), False
        return content, close, True

    def _script_end(self, at: int) -> int:
        escaped, double = False, False
        while found := _SCRIPT_STATE.search(self.text, at):
            at = found.end()
            if found[0] == "<!--":
                if not escaped:
                    escaped, at = True, found.start() + 2  # its dashes may be those of `-->`
            elif found[0] == "-->":
                escaped = double = False
            elif double:
                double = not found["slash"]
            elif found["slash"]:
                return found.start()
            else:
                double = escaped
        return -1

    def _foreign(self) -> bool:
        return bool(self.stack) and self.stack[-1] in _FOREIGN

    def _leave(self, name: str) -> None:
        if name == "template":
            self.templates = max(0, self.templates - 1)
        elif name in self.stack:
            del self.stack[len(self.stack) - 1 - self.stack[::-1].index(name) :]
