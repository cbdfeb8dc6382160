"""Layout: parts that stand in the wrong place, in the wrong order of depth, or in too little room.

Such faults are most of what people see in generated pages: UIClip (Wu et al. 2024) makes its bad pages by spacing,
alignment, size and order; Interaction2Code (Xiao et al. 2024) counts wrong position, wrong size and missing parts among
its ten kinds.
"""

import re

from tree_sitter import Node

from tasks.augment.mutators.mutator import Mutator, Offer, Page, degrees, offer
from tasks.augment.mutators.style import Declaration, pictured, rule_of, style_mutator, without_rule
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


def no_wrap(found: Declaration) -> Offer | None:
    """Controls or readings in a row don't wrap, and are squeezed or run out of the window (WCAG 1.4.10)."""
    span = found.without
    if (found.name, found.value) != ("flex-wrap", "wrap") or span is None or found.prominence == 0:
        return None
    note, between = "A row doesn't wrap: what has no room sticks out.", found.region.between
    stiff = between(*span).replace(between(*found.whole), found.written("white-space", "nowrap"))
    return offer(span, [(1, "", note), (2, stiff, note)], found.region)


def one_line(found: Declaration) -> Offer | None:
    """A text is kept on one line, so that it leaves its block or ends in an ellipsis (WCAG 1.4.10; `text-overflow` is a
    habit of generated cards)."""
    if found.name not in ("color", "font-size", "max-width") or not _RUNNING_TEXT.search(found.selector):
        return None
    if found.prominence == 0 or found.sibling("white-space", "overflow") is not None:
        return None
    cut = "white-space: nowrap; overflow: hidden; text-overflow: ellipsis"
    harms = (
        (1, "white-space: nowrap", "A text runs on in one line and leaves its block."),
        (2, f"max-width: 180px; {cut}", "The end of a text is cut off."),
        (3, f"max-width: 80px; {cut}", "Most of a text is cut off."),
    )
    return found.more(harms, 1.2)


def pinned(found: Declaration) -> Offer | None:
    """A bar is pinned to the window and lies over what is under it (WCAG 2.4.11, failure F110: a fixed header or footer
    covers the content)."""
    if not _is_movable(found):
        return None
    edges = (f"position: fixed; {edge}" for edge in ("bottom: 0", "top: 0", "top: 0; left: 0; width: 100%"))
    return found.more(degrees("A part is pinned to the window and covers others.", *edges), 1.2)


def out_of_flow(found: Declaration) -> Offer | None:
    """A block is taken out of the flow; what follows slides under it (Interaction2Code's 'wrong position')."""
    if not _is_movable(found):
        return None
    ways = ("position: absolute", "position: absolute; top: 0; left: 0")
    return found.more(degrees("A part lies over what follows it.", *ways), 1.1)


def behind(found: Declaration) -> Offer | None:
    """A part is put behind its container: it can be seen, or not even that, and doesn't react (wrong `z-index`, the
    usual slip of stacking)."""
    if not _is_movable(found):
        return None
    return found.more(
        degrees("A part lies behind others and can't be clicked.", "position: relative; z-index: -1"), 0.9
    )


def grid_columns(found: Declaration) -> Offer | None:
    """The columns of a grid don't fit: too narrow for what stands in them, or wider than the window (UIClip's
    'alignment'; WCAG 1.4.10)."""
    count = _columns(found.value) if found.name == "grid-template-columns" else 0
    if not 2 <= count <= 6 or found.prominence == 0:
        return None
    harms = (
        (1, f"repeat({count}, {1200 // count // 10 * 10}px)", "The page is wider than the window."),
        (2, f"repeat({count}, 60px)", "Columns are too narrow for what stands in them."),
        (3, f"repeat({count}, {2000 // count // 10 * 10}px)", "The page is far wider than the window."),
    )
    return found.valued(harms, 1.2)


def lost_areas(found: Declaration) -> Offer | None:
    """The parts of a page stand in the wrong cells: the grid's template was forgotten (Interaction2Code's 'wrong
    position')."""
    if found.name not in ("grid-template", "grid-template-areas") or found.prominence == 0:
        return None
    return found.left_out("The parts of the page stand in the wrong order and sizes.", 3, 1.4)


def shown_to_all(found: Declaration) -> Offer | None:
    """Text that is meant for screen readers alone takes part in the page, and lies over it or in no room (half a
    'visually hidden' recipe; WebAIM lists the whole)."""
    hides = (found.name, found.value) == ("position", "absolute")
    if not hides or not re.search(r"hidden|sr-only|reader", found.selector):
        return None
    return found.left_out("Text for screen readers takes room where nobody can read it.", 2, 1.4)


def missing_rule(node: Node, region: Region, page: Page) -> Offer | None:
    """A rule was forgotten: a part has the browser's own look, or what should be hidden shows (missing styles are what
    studies of model-written pages report first)."""
    block = next((child for child in node.named_children if child.type == "block"), None)
    inside = block.named_children if block is not None else []
    parts = [Declaration(child, region, page) for child in inside if child.type == "declaration"]
    if not 1 <= len(parts) <= _MOST_RULE or not parts[0].always:
        return None
    held = {part.name: part.value for part in parts}
    hides = held.get("display", "").startswith("none")
    fits = held.get("width") == "100%" and pictured(parts[0].selector, page)
    coloured = "color" in held and ("background" in held or "background-color" in held)
    worth = parts[0].prominence
    if not (hides or (worth > 0 and (fits or coloured))):
        return None
    note = "What should be hidden shows." if hides else "A part has none of its styles."
    return offer(without_rule(node, region), [(2, "", note)], region, 2.0 if hides or fits else worth)


def spilled(found: Declaration) -> Offer | None:
    """A block has a fixed height where it needs to grow, and its content runs over what follows (WCAG 1.4.12)."""
    is_block = found.name in ("padding", "border") and _BLOCK.search(found.selector)
    if not (found.name == "min-height" or is_block) or found.prominence < 1:
        return None
    if found.sibling("height", "overflow", "overflow-y") is not None:
        return None
    note = "A block is too low, and what it holds lies over what follows."
    if found.name == "min-height":
        return found.instead("height", degrees(note, "32px", "12px"))
    return found.more(degrees(note, "height: 64px", "height: 32px", "height: 12px"))


def centred(found: Declaration) -> Offer | None:
    """The page is centred in a box as high as the window; of a longer page the top can't be reached (`height: 100vh`
    with `justify-content: center`, a pattern that models repeat)."""
    if found.name != "margin" or found.selector != "body" or found.sibling("display", "height") is not None:
        return None
    column = "display: flex; flex-direction: column; justify-content: center"
    heights = (f"{column}; height: {height}" for height in ("100vh", "80vh", "50vh"))
    return found.more(degrees("The top of the page is out of the window and can't be reached.", *heights), 1.5)


def pushed_out(found: Declaration) -> Offer | None:
    """A part is pushed out of the window on the left, where nobody can scroll (Interaction2Code's 'wrong position';
    negative margins that were meant for another container)."""
    if found.name not in ("margin", "margin-bottom", "padding") or found.prominence < 1 or found.of_page:
        return None
    if found.name == "padding" and found.sibling("margin") is not None:
        return None
    sizes = (f"margin-left: {size}" for size in ("-120px", "-240px", "-480px"))
    return found.more(degrees("A part is out of the window on the left.", *sizes))


def wrong_box(found: Declaration) -> Offer | None:
    """Padding and border come on top of a width of 100 %: fields and panels stick out (`box-sizing` forgotten)."""
    rule = rule_of(found.node)
    if (found.name, found.value) != ("box-sizing", "border-box") or rule is None:
        return None
    span = found.without or without_rule(rule, found.region)
    return offer(span, degrees("Fields and panels are wider than their room.", ""), found.region, 1.4)


def grown(found: Declaration) -> Offer | None:
    """A part is scaled up and lies over its neighbours (UIClip's 'size'; emphasis by `transform`)."""
    if not _is_movable(found) or found.sibling("transform") is not None:
        return None
    scales = (f"transform: scale({size})" for size in ("1.15", "1.3", "1.6"))
    return found.more(degrees("A part is too large and lies over its neighbours.", *scales), 0.8)


def _is_movable(found: Declaration) -> bool:
    """Whether a declaration is of a block that stands in the flow."""
    if found.name not in ("padding", "margin", "margin-bottom", "display") or found.sibling("position") is not None:
        return False
    return bool(_BLOCK.search(found.selector)) and found.prominence > 0


def _columns(value: str) -> int:
    """How many columns a value of `grid-template-columns` has; 0 if that is not plain to see."""
    if match := re.fullmatch(r"repeat\((\d),[^()]*(\([^()]*\))?[^()]*\)", value):
        return int(match[1])
    if "repeat" in value or "[" in value:
        return 0
    return len(re.sub(r"\([^()]*\)", "", value).split())


_IN_THE_WAY: tuple[Family, ...] = ("visual", "function")
LAYOUT = (
    style_mutator("no-wrap", no_wrap, 0.6),
    style_mutator("one-line", one_line, 1.2),
    style_mutator("pinned", pinned, 1.2, _IN_THE_WAY),
    style_mutator("out-of-flow", out_of_flow, 1.2, _IN_THE_WAY),
    style_mutator("behind", behind, 0.8, ("function",)),
    style_mutator("grid-columns", grid_columns, 1.4, _IN_THE_WAY),
    style_mutator("lost-areas", lost_areas, 1.3, _IN_THE_WAY),
    style_mutator("shown-to-all", shown_to_all, 1.0),
    Mutator("missing-rule", "visual", "style", ("rule_set",), _IN_THE_WAY, 1.2, missing_rule),
    style_mutator("spilled", spilled, 1.1, _IN_THE_WAY),
    style_mutator("centred", centred, 1.1, _IN_THE_WAY),
    style_mutator("pushed-out", pushed_out, 1.0, _IN_THE_WAY),
    style_mutator("wrong-box", wrong_box, 0.5),
    style_mutator("grown", grown, 0.8, _IN_THE_WAY),
)
