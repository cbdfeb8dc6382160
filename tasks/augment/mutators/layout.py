"""Layout: parts that stand in the wrong place, in the wrong order of depth, or in too little room.

Such faults are most of what people see in generated pages: UIClip (Wu et al. 2024) makes its bad pages by spacing,
alignment, size and order; Interaction2Code (Xiao et al. 2024) counts wrong position, wrong size and missing parts among
its ten kinds.
"""

import re

from tasks.augment.mutators.mutator import Offer, degrees
from tasks.augment.mutators.style import Declaration, style_mutator
from tasks.record import Family

_RUNNING_TEXT = re.compile(
    r"(?i)(^|[\s,])(p|li|td|dd|label|legend|figcaption|output)\b|lead|hint|note|tagline|message|status"
)
_BLOCK = re.compile(
    r"(?i)(^|[\s,])(header|footer|nav|section|form|fieldset|article)\b|head|panel|card|controls|toolbar|tools|bar\b|"
    r"buttons|actions|status|side|stage|row|readouts|log|rack|desk|summary"
)


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
    style_mutator("one-line", one_line, 1.2),
    style_mutator("pinned", pinned, 1.2, _IN_THE_WAY),
    style_mutator("out-of-flow", out_of_flow, 1.2, _IN_THE_WAY),
    style_mutator("behind", behind, 1.1, ("function",), 0.45),
    style_mutator("grid-columns", grid_columns, 1.4, _IN_THE_WAY),
    style_mutator("lost-areas", lost_areas, 1.3, _IN_THE_WAY),
    style_mutator("shown-to-all", shown_to_all, 1.0),
    style_mutator("centred", centred, 1.1, _IN_THE_WAY),
    style_mutator("pushed-out", pushed_out, 1.0, _IN_THE_WAY),
)
