"""A declaration of a style sheet as mutators see it, and what can be offered in its place."""

import re
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache, wraps

from tree_sitter import Node

from tasks.augment.mutators.colour import Rgb, read_colour
from tasks.augment.mutators.mutator import Harm, Mutator, Offer, Page, offer, whole_lines
from tasks.augment.syntax import Region
from tasks.record import Family

_PASSING = re.compile(
    r":(hover|focus|active|disabled|checked|target|root\s+\S)|::|\[|:not|hidden|\.is-|sr-only|visually|outline"
)
_TELLING = re.compile(
    r"(?i)^(body|main|h1|h2|h3|header|p|label|button|legend|output|li|td|th)\b|title|head|card|panel|board|app|hero|"
    r"intro|lead|stat|score|value|result|status|controls|toolbar|row|list|hint|note|btn|button|wrap|container|field"
)
_LENGTH = re.compile(r"(\d*\.?\d+)(px|rem|em)")
PAGE_SELECTORS = ("body", "html", ":root", "html, body", "html,body")
GROUNDS = ("background", "background-color")


class Declaration:
    """A declaration of a style sheet, with its rule and the page."""

    def __init__(self, node: Node, region: Region, page: Page) -> None:
        self.node, self.region, self.page = node, region, page
        self.name, self.value = declared(node, region)

    @cached_property
    def selector(self) -> str:
        """The selectors of its rule; empty if it is in none."""
        return selector(self.node, self.region)

    @property
    def always(self) -> bool:
        """Whether its rule applies in every window."""
        rule = rule_of(self.node)
        return rule is not None and rule.parent is not None and rule.parent.type == "stylesheet"

    @cached_property
    def prominence(self) -> float:
        """How much a person sees of its rule: 0 for what shows only in passing, on some windows or nowhere, 2 for
        headings, panels and buttons."""
        text = self.selector
        if not self.always or not text or _PASSING.search(text) or not used(text, self.page):
            return 0.0
        return 2.0 if _TELLING.search(text) else 0.8

    @property
    def of_page(self) -> bool:
        """Whether its rule is the whole page's."""
        return self.selector in PAGE_SELECTORS

    @property
    def pixels(self) -> float | None:
        """Its value in CSS pixels."""
        return pixels(self.value)

    @property
    def colour(self) -> Rgb | None:
        """Its value as a colour."""
        return read_colour(self.value, self.page.variables)

    def sibling(self, *names: str) -> str | None:
        """The value of another declaration of the same rule."""
        block = self.node.parent
        for child in block.named_children if block is not None else ():
            if child.type == "declaration":
                name, value = declared(child, self.region)
                if name in names:
                    return value
        return None

    def sibling_colour(self, *names: str) -> Rgb | None:
        """The colour that another declaration of the same rule gives."""
        value = self.sibling(*names)
        return read_colour(value, self.page.variables) if value else None

    def written(self, name: str, value: str) -> str:
        """Another declaration in the style of this one, without a semicolon."""
        between = self.region.between(self.node.named_children[0].end_byte, self._value_span[0])
        return f"{name}{between if between.strip() == ':' and len(between) < 4 else ': '}{value}"

    @cached_property
    def without(self) -> tuple[int, int] | None:
        """What goes if it is left out: its lines, or it and the white space before it. None if its rule would be
        empty then."""
        node, block = self.node, self.node.parent
        if block is None or sum(child.type == "declaration" for child in block.named_children) < 2:
            return None
        start, end = whole_lines(node, self.region)
        if (start, end) == (node.start_byte, node.end_byte) and node.prev_sibling is not None:
            start = node.prev_sibling.end_byte
        return start, end

    @property
    def whole(self) -> tuple[int, int]:
        """Where its name and value are."""
        return self.node.start_byte, self._value_span[1]

    def valued(self, harms: Iterable[Harm], worth: float = 1.0) -> Offer | None:
        """Other values."""
        return offer(self._value_span, harms, self.region, worth)

    def instead(self, name: str, harms: Iterable[Harm], worth: float = 1.0) -> Offer | None:
        """A declaration of that name in its place, with the harms' texts as values."""
        return offer(self.whole, [(n, self.written(name, value), note) for n, value, note in harms], self.region, worth)

    def left_out(self, note: str, strength: int = 2, worth: float = 1.0) -> Offer | None:
        """Nothing in its place."""
        return offer(self.without, [(strength, "", note)], self.region, worth) if self.without else None

    def more(self, harms: Iterable[Harm], worth: float = 1.0) -> Offer | None:
        """The harms' texts, further declarations as `name: value; name: value`, put behind it: each on a line of its
        own with the rule's indent if this one has one. None if a comment or more stands on the line behind it."""
        text, end = self.region.text, self.node.end_byte
        begin = text.rfind(b"\n", 0, self.node.start_byte) + 1
        before = text[begin : self.node.start_byte]
        closed = text[end - 1 : end] == b";"
        if not before.strip() and begin:
            stop = text.find(b"\n", end)
            if text[end : stop if stop >= 0 else len(text)].strip():
                return None
            gap = ("\r\n" if text[begin - 2 : begin] == b"\r\n" else "\n") + before.decode()
        else:
            gap = " " if before[-1:] in (b" ", b"\t") else ""

        def put(others: str) -> str:
            parts = [gap + self.written(*other.split(": ")) for other in others.split("; ")]
            return "".join(f"{part};" for part in parts) if closed else ";" + ";".join(parts)

        return offer((end, end), [(n, put(others), note) for n, others, note in harms], self.region, worth)

    @cached_property
    def _value_span(self) -> tuple[int, int]:
        """Where its value is, without `!important` and the semicolon."""
        named = [child for child in self.node.children if child.type not in (";", "important")]
        colon = next(i for i, child in enumerate(named) if child.type == ":")
        held = named[colon + 1 :]
        end = self.node.end_byte
        return (held[0].start_byte, held[-1].end_byte) if held else (end, end)


def style_mutator(
    name: str,
    look: Callable[[Declaration], Offer | None],
    worth: float,
    moves: tuple[Family, ...] = ("visual",),
    fails: float = 0.0,
) -> Mutator:
    """A mutator of declarations."""

    @wraps(look)
    def look_at(node: Node, region: Region, page: Page) -> Offer | None:
        return look(Declaration(node, region, page))

    return Mutator(name, "visual", "style", ("declaration",), moves, worth, look_at, fails)


def rule_of(declaration: Node) -> Node | None:
    """The rule that a declaration is in."""
    rule = declaration.parent.parent if declaration.parent is not None else None
    return rule if rule is not None and rule.type == "rule_set" and rule.named_children else None


def selector(declaration: Node, region: Region) -> str:
    """The selectors of the rule that a declaration is in; empty if it is in none."""
    rule = rule_of(declaration)
    return " ".join(region.read(rule.named_children[0]).split()) if rule is not None else ""


def declared(node: Node, region: Region) -> tuple[str, str]:
    """Name and value of a declaration, without `!important` and the semicolon."""
    name, _, value = region.read(node).partition(":")
    return name.strip().lower(), value.strip().rstrip(";").strip().removesuffix("!important").strip()


def used(selectors: str, page: Page) -> bool:
    """Whether the markup or a script names what one of the selectors ends in."""
    words, tags = _named(page.markup, page.scripts)
    for one in selectors.split(","):
        last = re.split(r"[\s>+~]+", one.strip())[-1]
        tag = re.match(r"[a-zA-Z][\w-]*", last)
        if words.issuperset(re.findall(r"[.#]([\w-]+)", last)) and (not tag or tag[0].lower() in tags):
            return True
    return False


@lru_cache(maxsize=8)
def _named(*texts: str) -> tuple[frozenset[str], frozenset[str]]:
    words = {word for text in texts for word in re.findall(r"[\w-]+", text)}
    tags = {tag.lower() for text in texts for tag in re.findall(r"""[<"'`]([a-zA-Z][\w-]*)""", text)}
    return frozenset(words), frozenset(tags)


def pixels(value: str) -> float | None:
    """A length in CSS pixels, a rem or em taken as 16; None for anything else."""
    match = _LENGTH.fullmatch(value)
    return float(match[1]) * (1 if match[2] == "px" else 16) if match else None


def length(size: float, like: str) -> str:
    """A length of so many CSS pixels, in rem or em if `like` is."""
    match = _LENGTH.fullmatch(like)
    unit = match[2] if match and match[2] in ("rem", "em") else "px"
    return f"{size if unit == 'px' else size / 16:.3g}{unit}" if size < 1000 or unit != "px" else f"{size:.0f}px"
