"""Reading of style sheets that several mutators need."""

import re

from tree_sitter import Node

from tasks.augment.mutators.colour import Rgb, contrast, read_colour
from tasks.augment.mutators.mutator import Page
from tasks.augment.syntax import Region, walk

_PASSING = re.compile(
    r":(hover|focus|active|disabled|checked|target|root\s+\S)|::|\[|:not|hidden|\.is-|sr-only|visually|outline"
)
_TELLING = re.compile(
    r"(?i)^(body|main|h1|h2|h3|header|p|label|button|legend|output|li|td|th)\b|title|head|card|panel|board|app|hero|"
    r"intro|lead|stat|score|value|result|status|controls|toolbar|row|list|hint|note|btn|button|wrap|container|field"
)
_USED_AS_TEXT = re.compile(r"(?<![-\w])color\s*:\s*var\(\s*(--[\w-]+)")
_LISTENED = re.compile(r"""addEventListener\(\s*['"`]\w+['"`]\s*,\s*([A-Za-z_$][\w$]*)\s*[,)]""")
_WITH_ID = re.compile(r"""<([a-z][a-z0-9]*)\b[^<>]*?\sid\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_LAST_PART = re.compile(
    r"</(main|section|footer|form|ul|ol|table|canvas|button|output|header|article|aside)>", re.IGNORECASE
)
_LABELABLE = frozenset(("button", "input", "meter", "output", "progress", "select", "textarea", "label"))


def read_page(regions: tuple[Region, ...]) -> Page:
    """What mutators may know of the whole program."""
    variables: dict[str, str] = {}
    text_variables: dict[str, None] = {}
    listeners: dict[str, None] = {}
    plain_ids: dict[str, None] = {}
    markup = "".join(region.text.decode("utf-8", "replace") for region in regions if region.tongue == "markup")
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
                elif name in ("background", "background-color") and selector(node, region) in (
                    "body",
                    "html",
                    "html, body",
                ):
                    ground = read_colour(value, variables) or ground
    return Page(
        ground=ground or (1.0, 1.0, 1.0),
        variables=variables,
        text_variables=frozenset(text_variables),
        listeners=frozenset(listeners),
        plain_ids=tuple(plain_ids),
        script=_main_script(regions, markup),
        markup=markup,
    )


def _main_script(regions: tuple[Region, ...], markup: str) -> Region | None:
    """The longest script that runs when the markup is there: deferred, a module, or behind the last of it."""
    scripts = sorted((r for r in regions if r.tongue == "script"), key=lambda region: (-len(region.text), region.file))
    body_ends = max((match.end() for match in _LAST_PART.finditer(markup)), default=0)
    for script in scripts:
        own = script.file.rpartition(".")[2].lower() not in ("html", "htm")
        tag = (
            re.search(rf"""<script\b[^>]*\bsrc=["']?(?:\./)?{re.escape(script.file)}["']?[^>]*>""", markup)
            if own
            else None
        )
        if tag is not None and (re.search(r"\bdefer\b|\bmodule\b", tag[0]) or tag.start() >= body_ends):
            return script
        if not own and script.offset >= body_ends - 1:
            return script
    return None


def declared(node: Node, region: Region) -> tuple[str, str]:
    """Name and value of a declaration, without the semicolon."""
    name, _, value = region.read(node).partition(":")
    return name.strip().lower(), value.strip().rstrip(";").strip()


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


def prominence(declaration: Node, region: Region) -> float:
    """How much a person sees of a rule: 0 for what shows only in passing or on some windows, 2 for headings, panels
    and buttons."""
    rule = declaration.parent.parent if declaration.parent is not None else None
    if rule is None or rule.type != "rule_set":
        return 0.0
    outer = rule.parent
    if outer is None or outer.type != "stylesheet":
        return 0.0
    text = selector(declaration, region)
    if not text or _PASSING.search(text):
        return 0.0
    return 2.0 if _TELLING.search(text) else 0.8


def legible(colour: Rgb, ground: Rgb) -> bool:
    """Whether text of that colour on that ground meets WCAG 2.2's minimum for small text."""
    return contrast(colour, ground) >= 4.5
