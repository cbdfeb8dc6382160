"""Reading of style sheets that several mutators need."""

import re
from collections.abc import Iterable
from functools import lru_cache

from tree_sitter import Node

from tasks.augment.mutators.colour import Rgb, contrast, read_colour
from tasks.augment.mutators.mutator import Offer, Page, offer, whole_lines
from tasks.augment.syntax import Region, Tongue, walk

_PASSING = re.compile(
    r":(hover|focus|active|disabled|checked|target|root\s+\S)|::|\[|:not|hidden|\.is-|sr-only|visually|outline"
)
_TELLING = re.compile(
    r"(?i)^(body|main|h1|h2|h3|header|p|label|button|legend|output|li|td|th)\b|title|head|card|panel|board|app|hero|"
    r"intro|lead|stat|score|value|result|status|controls|toolbar|row|list|hint|note|btn|button|wrap|container|field"
)
_USED_AS_TEXT = re.compile(r"(?<![-\w])color\s*:\s*var\(\s*(--[\w-]+)")
_LISTENED = re.compile(r"""addEventListener\(\s*['"`]\w+['"`]\s*,\s*([A-Za-z_$][\w$]*)\s*[,)]""")
_LENGTH = re.compile(r"(\d*\.?\d+)(px|rem|em)")
_WITH_ID = re.compile(r"""<([a-z][a-z0-9]*)\b[^<>]*?\sid\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
PAGE_SELECTORS = ("body", "html", ":root", "html, body", "html,body")
_LABELABLE = frozenset(("button", "input", "meter", "output", "progress", "select", "textarea", "label"))


def read_page(regions: tuple[Region, ...]) -> Page:
    """What mutators may know of the whole program."""
    variables: dict[str, str] = {}
    text_variables: dict[str, None] = {}
    listeners: dict[str, None] = {}
    plain_ids: dict[str, None] = {}
    markup = _texts(regions, "markup")
    ground: Rgb | None = None
    for region in regions:
        text = region.text.decode("utf-8", "replace")
        if region.tongue == "script":
            listeners.update(dict.fromkeys(_LISTENED.findall(text)))
        if region.tongue == "markup":
            plain_ids.update((name, None) for tag, name in _WITH_ID.findall(text) if tag.lower() not in _LABELABLE)
        if region.tongue != "style":
            continue
        text_variables.update(dict.fromkeys(_USED_AS_TEXT.findall(text)))
        for node in walk(region.root):
            if node.type == "declaration":
                name, value = declared(node, region)
                if name.startswith("--"):
                    variables.setdefault(name, value)
                elif name in ("background", "background-color") and selector(node, region) in PAGE_SELECTORS:
                    ground = read_colour(value, variables) or ground
    return Page(
        ground=ground or (1.0, 1.0, 1.0),
        variables=variables,
        text_variables=frozenset(text_variables),
        listeners=frozenset(listeners),
        plain_ids=tuple(plain_ids),
        markup=markup,
        scripts=_texts(regions, "script"),
        sheets=_texts(regions, "style"),
    )


def declared(node: Node, region: Region) -> tuple[str, str]:
    """Name and value of a declaration, without `!important` and the semicolon."""
    name, _, value = region.read(node).partition(":")
    return name.strip().lower(), value.strip().rstrip(";").strip().removesuffix("!important").strip()


def _texts(regions: tuple[Region, ...], tongue: Tongue) -> str:
    return "\n".join(region.text.decode("utf-8", "replace") for region in regions if region.tongue == tongue)


def selector(declaration: Node, region: Region) -> str:
    """The selectors of the rule that a declaration is in; empty if it is in none."""
    rule = declaration.parent.parent if declaration.parent is not None else None
    if rule is None or rule.type != "rule_set" or not rule.named_children:
        return ""
    return " ".join(region.read(rule.named_children[0]).split())


def sibling(declaration: Node, region: Region, *names: str) -> str | None:
    """The value of another declaration of the same rule."""
    block = declaration.parent
    for child in block.named_children if block is not None else ():
        if child.type == "declaration":
            name, value = declared(child, region)
            if name in names:
                return value
    return None


def prominence(declaration: Node, region: Region, page: Page) -> float:
    """How much a person sees of a rule: 0 for what shows only in passing, on some windows or nowhere, 2 for headings,
    panels and buttons."""
    rule = declaration.parent.parent if declaration.parent is not None else None
    if rule is None or rule.type != "rule_set":
        return 0.0
    outer = rule.parent
    if outer is None or outer.type != "stylesheet":
        return 0.0
    text = selector(declaration, region)
    if not text or _PASSING.search(text) or not used(text, page):
        return 0.0
    return 2.0 if _TELLING.search(text) else 0.8


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


def pictured(selectors: str, page: Page) -> bool:
    """Whether the markup has a canvas or picture that the selectors may be of."""
    tags = " ".join(re.findall(r"(?i)<((?:canvas|img|svg|video)\b[^<>]*)", page.markup))
    return bool(set(re.findall(r"[\w-]+", selectors)) & set(re.findall(r"[\w-]+", tags)))


def legible(colour: Rgb, ground: Rgb) -> bool:
    """Whether text of that colour on that ground meets WCAG 2.2's minimum for small text."""
    return contrast(colour, ground) >= 4.5


def pixels(value: str) -> float | None:
    """A length in CSS pixels, a rem or em taken as 16; None for anything else."""
    match = _LENGTH.fullmatch(value)
    return float(match[1]) * (1 if match[2] == "px" else 16) if match else None


def length(size: float, like: str) -> str:
    """A length of so many CSS pixels, in rem or em if `like` is."""
    match = _LENGTH.fullmatch(like)
    unit = match[2] if match and match[2] in ("rem", "em") else "px"
    return f"{size if unit == 'px' else size / 16:.3g}{unit}" if size < 1000 or unit != "px" else f"{size:.0f}px"


def value_span(declaration: Node) -> tuple[int, int]:
    """Where a declaration's value is, without `!important` and the semicolon."""
    named = [child for child in declaration.children if child.type not in (";", "important")]
    colon = next(i for i, child in enumerate(named) if child.type == ":")
    held = named[colon + 1 :]
    return (held[0].start_byte, held[-1].end_byte) if held else (declaration.end_byte, declaration.end_byte)


def whole_span(declaration: Node) -> tuple[int, int]:
    """Where a declaration's name and value are."""
    return declaration.start_byte, value_span(declaration)[1]


def written(declaration: Node, region: Region, name: str, value: str) -> str:
    """Another declaration in the style of one that is there, without a semicolon."""
    first = declaration.named_children[0]
    between = region.between(first.end_byte, value_span(declaration)[0])
    return f"{name}{between if between.strip() == ':' and len(between) < 4 else ': '}{value}"


def added(declaration: Node, region: Region, *others: tuple[str, str]) -> tuple[int, str] | None:
    """Where further declarations are put behind one, and their text: each on a line of its own with the rule's indent
    if the first has one. None if a comment or more stands on the line behind it."""
    text, end = region.text, declaration.end_byte
    begin = text.rfind(b"\n", 0, declaration.start_byte) + 1
    before = text[begin : declaration.start_byte]
    closed = text[end - 1 : end] == b";"
    if not before.strip() and begin:
        stop = text.find(b"\n", end)
        if text[end : stop if stop >= 0 else len(text)].strip():
            return None
        gap = ("\r\n" if text[begin - 2 : begin] == b"\r\n" else "\n") + before.decode()
    else:
        gap = " " if before[-1:] in (b" ", b"\t") else ""
    parts = [gap + written(declaration, region, name, value) for name, value in others]
    return end, "".join(f"{part};" for part in parts) if closed else ";" + ";".join(parts)


Harm = tuple[int, str, tuple[tuple[str, str], ...]]
"""Strength, note, and the declarations that are added."""


def more(declaration: Node, region: Region, worth: float, harms: Iterable[Harm]) -> Offer | None:
    """An offer of declarations that are put behind one; see `added`."""
    put = [(n, note, added(declaration, region, *others)) for n, note, others in harms]
    made = [(n, text[1], note) for n, note, text in put if text is not None]
    at = next((text[0] for _, _, text in put if text is not None), 0)
    return offer((at, at), made, region, worth)


def without(declaration: Node, region: Region) -> tuple[int, int] | None:
    """What goes if a declaration is left out: its lines, or it and the white space before it. None if its rule would be
    empty then."""
    block = declaration.parent
    if block is None or sum(child.type == "declaration" for child in block.named_children) < 2:
        return None
    start, end = whole_lines(declaration, region)
    if (start, end) == (declaration.start_byte, declaration.end_byte) and declaration.prev_sibling is not None:
        start = declaration.prev_sibling.end_byte
    return start, end


def without_rule(rule: Node, region: Region) -> tuple[int, int]:
    """What goes if a whole rule is left out: its lines, and the empty line that parted it from the one before."""
    start, end = whole_lines(rule, region)
    before = region.text[:start]
    if region.text[:end].endswith(b"\n") or end == len(region.text):
        if before.endswith(b"\n\n"):
            start -= 1
        elif before.endswith(b"\n\r\n"):
            start -= 2
    return start, end
