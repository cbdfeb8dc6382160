"""Front matter edited by its keys: what is not edited stays as it is, byte for byte.

A YAML library that writes whole documents would lose people's comments, quotes and indentation. So the text is only
parsed for where each key begins and ends; the pieces are cut and pasted, and the result is parsed again to prove it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from tasks.errors import BadInput

LARGEST = 200_000
"""Characters of a front matter."""
_MOST_NODES = 100_000
"""Values of a front matter with all its aliases resolved; a few lines of YAML can mean billions."""

_BLOCK = re.compile(r"\A(\s*---[ \t]*(?:\r\n|\r|\n))(.*?)((?:\A|(?<=[\r\n]))---[ \t]*(?:\r\n|\r|\n|\Z))", re.S)

Plain = tuple[str, Any]
"""A YAML value as tags and texts: comparable, whatever it stands for."""


class Front:
    """The front matter of a card.

    Raises:
        BadInput: it is no mapping of keys to values, or not one that can be edited.
    """

    def __init__(self, text: str, where: str) -> None:
        self.text, self.where = text, where
        self.spans: dict[str, tuple[int, int]] = {}
        """Where the lines of each key begin and end."""
        self.plain: dict[str, Plain] = {}
        self.nodes: dict[str, Any] = {}
        self._parse()

    def edited(self, changes: Mapping[str, Any], newline: str) -> "Front":
        """With keys set, or taken out where the value is None; new keys come last."""
        cuts = [
            (*self.spans[key], "" if value is None else dumped({key: value}, newline))
            for key, value in changes.items()
            if key in self.spans
        ]
        added = "".join(
            dumped({key: value}, newline)
            for key, value in changes.items()
            if key not in self.spans and value is not None
        )
        text = replaced(self.text, cuts)
        after = Front(text + ("" if not text or text[-1] in "\r\n" else newline) + added, self.where)
        expected: dict[str, Plain | None] = {key: plain for key, plain in self.plain.items() if key not in changes}
        expected |= {key: plain_of(value) for key, value in changes.items() if value is not None}
        return after.proven(expected)

    def proven(self, expected: Mapping[str, Plain | None]) -> "Front":
        """Itself, when it means what is expected.

        Raises:
            BadInput: it does not.
        """
        if self.plain != dict(expected):
            raise self.fault("can't be edited without changing what else it says; write one key a line")
        return self

    def fault(self, why: str) -> BadInput:
        """The refusal of this front matter."""
        return BadInput(f"The front matter of README.md in {self.where} {why}. Nothing is published.")

    def _parse(self) -> None:
        if len(self.text) > LARGEST:
            raise self.fault(f"has more than {LARGEST:,} characters")
        try:
            root = yaml.compose(self.text, Loader=yaml.SafeLoader)
            if root is None:
                return
            if not isinstance(root, yaml.MappingNode):
                raise self.fault("is no mapping; write `key: value`, one a line")
            if root.flow_style:
                raise self.fault("is one {...}; write `key: value`, one a line")
            budget = [_MOST_NODES]
            starts = [key.start_mark.index for key, _ in root.value] + [len(self.text)]
            for (key, value), start, end in zip(root.value, starts, starts[1:], strict=False):
                if not isinstance(key, yaml.ScalarNode) or key.value in self.plain:
                    raise self.fault(f"has a key that is no word, or one twice ({str(key.value)[:40]!r})")
                if key.start_mark.column:
                    raise self.fault("has indented keys; begin each at the start of its line")
                self.spans[key.value] = (start, _trimmed(self.text, start, end))
                self.plain[key.value] = _plain(value, budget)
                self.nodes[key.value] = value
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f" (line {mark.line + 1})" if mark is not None else ""
            raise self.fault(f"is no valid YAML{line}; mend it") from error
        except (RecursionError, _TooLarge) as error:
            raise self.fault("is nested too deeply, or its aliases mean too much") from error


class _TooLarge(Exception):
    pass


def split_front(card: str) -> tuple[str, str, str, str] | None:
    """A card as opening line, front matter, closing line and the rest; None without front matter."""
    found = _BLOCK.match(card)
    return (found[1], found[2], found[3], card[found.end() :]) if found else None


def dumped(value: Any, newline: str = "\n") -> str:
    """A value as block YAML."""
    return str(yaml.safe_dump(value, sort_keys=False, allow_unicode=True)).replace("\n", newline)


def plain_of(value: Any) -> Plain | None:
    """A JSON value as its YAML means it; None for one that YAML can't hold."""
    try:
        node = yaml.compose(dumped(value), Loader=yaml.SafeLoader)
        return _plain(node, [_MOST_NODES])
    except (yaml.YAMLError, _TooLarge, RecursionError, ValueError):
        return None


def items_of(front: Front, key: str) -> Iterator[tuple[int, int, Any, Plain]]:
    """Begin and end of each item's lines, its node and its meaning, of a key whose value is a block sequence.

    Raises:
        BadInput: the value is something else.
    """
    node, text = front.nodes[key], front.text
    if not isinstance(node, yaml.SequenceNode) or node.flow_style:
        raise front.fault(f"has a value of `{key}` that is no list with an item a line; write it so")
    begins = [_line_start(text, item.start_mark.index) for item in node.value]
    ends = [*begins[1:], front.spans[key][1]]
    budget = [_MOST_NODES]
    for item, begin, end in zip(node.value, begins, ends, strict=True):
        if not text[begin : item.start_mark.index].strip(" ") == "-":
            raise front.fault(f"has a list `{key}` whose items do not begin a line each; write it so")
        yield begin, _trimmed(text, begin, end), item, _plain(item, budget)


def replaced(text: str, cuts: list[tuple[int, int, str]]) -> str:
    """The text with each span replaced."""
    for begin, end, new in sorted(cuts, reverse=True):
        text = text[:begin] + new + text[end:]
    return text


def _plain(node: Any, budget: list[int]) -> Plain:
    budget[0] -= 1
    if budget[0] < 0:
        raise _TooLarge
    if isinstance(node, yaml.ScalarNode):
        return node.tag, node.value
    if isinstance(node, yaml.SequenceNode):
        return node.tag, tuple(_plain(item, budget) for item in node.value)
    return node.tag, tuple((_plain(key, budget), _plain(value, budget)) for key, value in node.value)


def _trimmed(text: str, begin: int, end: int) -> int:
    """The end of a piece without the blank lines and comments behind it, which belong to what follows."""
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text[begin:end])
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines.pop()
    return begin + sum(map(len, lines))


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
