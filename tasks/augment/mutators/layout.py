"""Layout: parts that stand in the wrong place, in the wrong order of depth, or in too little room.

Such faults are most of what people see in generated pages: UIClip (Wu et al. 2024) makes its bad pages by spacing,
alignment, size and order; Interaction2Code (Xiao et al. 2024) counts wrong position, wrong size and missing parts among
its ten kinds.
"""

import re

from tree_sitter import Node

from tasks.augment.mutators.mutator import Mutator, Offer, Page, offer
from tasks.augment.mutators.style import (
    PAGE_SELECTORS,
    declared,
    more,
    pictured,
    prominence,
    selector,
    sibling,
    value_span,
    whole_span,
    without,
    without_rule,
    written,
)
from tasks.augment.syntax import Region
from tasks.record import Family

_RUNNING_TEXT = re.compile(
    r"(?i)(^|[\s,])(p|li|td|dd|label|legend|figcaption|output)\b|lead|hint|note|tagline|message|status"
)
_BLOCK = re.compile(
    r"(?i)(^|[\s,])(header|footer|nav|section|form|fieldset|article)\b|head|panel|card|controls|toolbar|tools|bar\b|"
    r"buttons|actions|status|side|stage|row|readouts|log|rack|desk|summary"
)
_MOST_RULE = 6
"""Declarations of a rule that is forgotten whole."""


def no_wrap(node: Node, region: Region, page: Page) -> Offer | None:
    """Controls or readings in a row don't wrap, and are squeezed or run out of the window (WCAG 1.4.10)."""
    name, value = declared(node, region)
    span = without(node, region)
    if name != "flex-wrap" or value != "wrap" or span is None or prominence(node, region, page) == 0:
        return None
    note = "A row doesn't wrap: what has no room sticks out."
    stiff = region.between(*span).replace(
        region.between(*whole_span(node)), written(node, region, "white-space", "nowrap")
    )
    return offer(span, [(1, "", note), (2, stiff, note)], region, 1.0)


def one_line(node: Node, region: Region, page: Page) -> Offer | None:
    """A text is kept on one line, so that it leaves its block or ends in an ellipsis (WCAG 1.4.10; `text-overflow` is a
    habit of generated cards)."""
    name, _ = declared(node, region)
    text = selector(node, region)
    if name not in ("color", "font-size", "max-width") or not _RUNNING_TEXT.search(text):
        return None
    if prominence(node, region, page) == 0 or sibling(node, region, "white-space", "overflow") is not None:
        return None
    line = ("white-space", "nowrap")
    cut = (("overflow", "hidden"), ("text-overflow", "ellipsis"))
    harms = (
        (1, "A text runs on in one line and leaves its block.", (line,)),
        (2, "The end of a text is cut off.", (("max-width", "180px"), line, *cut)),
        (3, "Most of a text is cut off.", (("max-width", "80px"), line, *cut)),
    )
    return more(node, region, 1.2, harms)


def pinned(node: Node, region: Region, page: Page) -> Offer | None:
    """A bar is pinned to the window and lies over what is under it (WCAG 2.4.11, failure F110: a fixed header or footer
    covers the content)."""
    if not _movable_block(node, region, page):
        return None
    note = "A part is pinned to the window and covers others."
    fixed = ("position", "fixed")
    harms = (
        (1, note, (fixed, ("bottom", "0"))),
        (2, note, (fixed, ("top", "0"))),
        (3, note, (fixed, ("top", "0"), ("left", "0"), ("width", "100%"))),
    )
    return more(node, region, 1.2, harms)


def out_of_flow(node: Node, region: Region, page: Page) -> Offer | None:
    """A block is taken out of the flow; what follows slides under it (Interaction2Code's 'wrong position')."""
    if not _movable_block(node, region, page):
        return None
    note = "A part lies over what follows it."
    absolute = ("position", "absolute")
    harms = ((2, note, (absolute,)), (3, note, (absolute, ("top", "0"), ("left", "0"))))
    return more(node, region, 1.1, harms)


def behind(node: Node, region: Region, page: Page) -> Offer | None:
    """A part is put behind its container: it can be seen, or not even that, and doesn't react (wrong `z-index`, the
    usual slip of stacking)."""
    if not _movable_block(node, region, page):
        return None
    note = "A part lies behind others and can't be clicked."
    return more(node, region, 0.9, ((2, note, (("position", "relative"), ("z-index", "-1"))),))


def grid_columns(node: Node, region: Region, page: Page) -> Offer | None:
    """The columns of a grid don't fit: too narrow for what stands in them, or wider than the window (UIClip's
    'alignment'; WCAG 1.4.10)."""
    name, value = declared(node, region)
    count = _columns(value) if name == "grid-template-columns" else 0
    if not 2 <= count <= 6 or prominence(node, region, page) == 0:
        return None
    widths = ((1, 1200, "The page is wider than the window."), (3, 2000, "The page is far wider than the window."))
    harms = [(n, f"repeat({count}, {whole // count // 10 * 10}px)", note) for n, whole, note in widths]
    harms.insert(1, (2, f"repeat({count}, 60px)", "Columns are too narrow for what stands in them."))
    return offer(value_span(node), harms, region, 1.2)


def lost_areas(node: Node, region: Region, page: Page) -> Offer | None:
    """The parts of a page stand in the wrong cells: the grid's template was forgotten (Interaction2Code's 'wrong
    position')."""
    name, _ = declared(node, region)
    span = without(node, region)
    if name not in ("grid-template", "grid-template-areas") or span is None or prominence(node, region, page) == 0:
        return None
    return offer(span, [(3, "", "The parts of the page stand in the wrong order and sizes.")], region, 1.4)


def shown_to_all(node: Node, region: Region, page: Page) -> Offer | None:
    """Text that is meant for screen readers alone takes part in the page, and lies over it or in no room (half a
    'visually hidden' recipe; WebAIM lists the whole)."""
    name, value = declared(node, region)
    span = without(node, region)
    text = selector(node, region)
    if (name, value) != ("position", "absolute") or span is None or not re.search(r"hidden|sr-only|reader", text):
        return None
    return offer(span, [(2, "", "Text for screen readers takes room where nobody can read it.")], region, 1.4)


def missing_rule(node: Node, region: Region, page: Page) -> Offer | None:
    """A rule was forgotten: a part has the browser's own look, or what should be hidden shows (missing styles are what
    studies of model-written pages report first)."""
    block = next((child for child in node.named_children if child.type == "block"), None)
    parts = [child for child in block.named_children if child.type == "declaration"] if block is not None else []
    if not 1 <= len(parts) <= _MOST_RULE or node.parent is None or node.parent.type != "stylesheet":
        return None
    held = dict(declared(part, region) for part in parts)
    hides = held.get("display", "").startswith("none")
    fits = held.get("width") == "100%" and pictured(selector(parts[0], region), page)
    coloured = "color" in held and ("background" in held or "background-color" in held)
    worth = prominence(parts[0], region, page)
    if not (hides or (worth > 0 and (fits or coloured))):
        return None
    note = "What should be hidden shows." if hides else "A part has none of its styles."
    return offer(without_rule(node, region), [(2, "", note)], region, 2.0 if hides or fits else worth)


def spilled(node: Node, region: Region, page: Page) -> Offer | None:
    """A block has a fixed height where it needs to grow, and its content runs over what follows (WCAG 1.4.12)."""
    name, _ = declared(node, region)
    if name not in ("padding", "min-height", "border") or prominence(node, region, page) < 1:
        return None
    if name != "min-height" and not _BLOCK.search(selector(node, region)):
        return None
    if sibling(node, region, "height", "overflow", "overflow-y") is not None:
        return None
    note = "A block is too low, and what it holds lies over what follows."
    sizes = ((1, "64px"), (2, "32px"), (3, "12px"))
    if name == "min-height":
        return offer(whole_span(node), [(n, written(node, region, "height", s), note) for n, s in sizes[1:]], region)
    return more(node, region, 1.0, [(n, note, (("height", size),)) for n, size in sizes])


def centred(node: Node, region: Region, page: Page) -> Offer | None:
    """The page is centred in a box as high as the window; of a longer page the top can't be reached (`height: 100vh`
    with `justify-content: center`, a pattern that models repeat)."""
    name, _ = declared(node, region)
    if name != "margin" or selector(node, region) != "body" or sibling(node, region, "display", "height") is not None:
        return None
    note = "The top of the page is out of the window and can't be reached."
    column = (("display", "flex"), ("flex-direction", "column"), ("justify-content", "center"))
    harms = [(n, note, (*column, ("height", height))) for n, height in ((1, "100vh"), (2, "80vh"), (3, "50vh"))]
    return more(node, region, 1.5, harms)


def pushed_out(node: Node, region: Region, page: Page) -> Offer | None:
    """A part is pushed out of the window on the left, where nobody can scroll (Interaction2Code's 'wrong position';
    negative margins that were meant for another container)."""
    name, _ = declared(node, region)
    if name not in ("margin", "margin-bottom", "padding") or prominence(node, region, page) < 1:
        return None
    if selector(node, region) in PAGE_SELECTORS or (name == "padding" and sibling(node, region, "margin") is not None):
        return None
    note = "A part is out of the window on the left."
    sizes = ((1, "-120px"), (2, "-240px"), (3, "-480px"))
    return more(node, region, 1.0, [(n, note, (("margin-left", size),)) for n, size in sizes])


def wrong_box(node: Node, region: Region, page: Page) -> Offer | None:
    """Padding and border come on top of a width of 100 %: fields and panels stick out (`box-sizing` forgotten)."""
    name, value = declared(node, region)
    if name != "box-sizing" or value != "border-box":
        return None
    span = without(node, region)
    rule = node.parent.parent if node.parent is not None else None
    if span is None and rule is not None:
        span = without_rule(rule, region)
    return offer(span, [(2, "", "Fields and panels are wider than their room.")], region, 1.4) if span else None


def grown(node: Node, region: Region, page: Page) -> Offer | None:
    """A part is scaled up and lies over its neighbours (UIClip's 'size'; emphasis by `transform`)."""
    if not _movable_block(node, region, page) or sibling(node, region, "transform") is not None:
        return None
    note = "A part is too large and lies over its neighbours."
    harms = [(n, note, (("transform", f"scale({size})"),)) for n, size in ((1, "1.15"), (2, "1.3"), (3, "1.6"))]
    return more(node, region, 0.8, harms)


def _movable_block(node: Node, region: Region, page: Page) -> bool:
    name, _ = declared(node, region)
    if name not in ("padding", "margin", "margin-bottom", "display") or sibling(node, region, "position") is not None:
        return False
    return bool(_BLOCK.search(selector(node, region))) and prominence(node, region, page) > 0


def _columns(value: str) -> int:
    """How many columns a value of `grid-template-columns` has; 0 if that is not plain to see."""
    if match := re.fullmatch(r"repeat\((\d),[^()]*(\([^()]*\))?[^()]*\)", value):
        return int(match[1])
    if "repeat" in value or "[" in value:
        return 0
    return len(re.sub(r"\([^()]*\)", "", value).split())


_DECLARED = ("declaration",)
_IN_THE_WAY: tuple[Family, ...] = ("visual", "function")
LAYOUT = (
    Mutator("no-wrap", "visual", "style", _DECLARED, ("visual",), 0.6, no_wrap),
    Mutator("one-line", "visual", "style", _DECLARED, ("visual",), 1.2, one_line),
    Mutator("pinned", "visual", "style", _DECLARED, _IN_THE_WAY, 1.2, pinned),
    Mutator("out-of-flow", "visual", "style", _DECLARED, _IN_THE_WAY, 1.2, out_of_flow),
    Mutator("behind", "visual", "style", _DECLARED, ("function",), 0.8, behind),
    Mutator("grid-columns", "visual", "style", _DECLARED, _IN_THE_WAY, 1.4, grid_columns),
    Mutator("lost-areas", "visual", "style", _DECLARED, _IN_THE_WAY, 1.3, lost_areas),
    Mutator("shown-to-all", "visual", "style", _DECLARED, ("visual",), 1.0, shown_to_all),
    Mutator("missing-rule", "visual", "style", ("rule_set",), _IN_THE_WAY, 1.2, missing_rule),
    Mutator("spilled", "visual", "style", _DECLARED, _IN_THE_WAY, 1.1, spilled),
    Mutator("centred", "visual", "style", _DECLARED, _IN_THE_WAY, 1.1, centred),
    Mutator("pushed-out", "visual", "style", _DECLARED, _IN_THE_WAY, 1.0, pushed_out),
    Mutator("wrong-box", "visual", "style", _DECLARED, ("visual",), 0.5, wrong_box),
    Mutator("grown", "visual", "style", _DECLARED, _IN_THE_WAY, 0.8, grown),
)
