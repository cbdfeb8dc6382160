"""Screens: a page made for one window, which leaves the others.

WCAG 1.4.10 (Reflow) and its failure F102 describe what a person meets; fixed widths, forgotten conditions and viewport
units are the faults that studies of model-written pages name under 'not responsive'. The render room looks at a window
of 1024 px, so faults are such as show there too.
"""

import re

from tasks.augment.mutators.mutator import Offer, degrees
from tasks.augment.mutators.style import Declaration, length, style_mutator, used

_WIDE = "The page is wider than the window."
_MINMAX = re.compile(r"minmax\(\s*([^,()]+(?:\([^()]*\))?)\s*,")
_BASIS = re.compile(r"(?:\d+(?:\.\d+)?\s+){0,2}(?:\d+(?:\.\d+)?(?:px|rem|em|%)?|auto)")


def fixed_width(found: Declaration) -> Offer | None:
    """A part that filled its room has a width in pixels, and is cut by smaller windows."""
    if found.name not in ("width", "max-width") or not found.value.endswith("%") or not _is_visible(found):
        return None
    return found.instead("width", degrees(_WIDE, "1080px", "1280px", "1600px"), 1.2)


def least_width(found: Declaration) -> Offer | None:
    """A part never gets narrower than a desktop's window."""
    if found.name == "min-width" and (found.value == "0" or found.pixels is not None) and _is_visible(found):
        return found.valued(degrees(_WIDE, *(length(p, found.value) for p in (640, 1120, 1440))), 1.2)
    if found.name == "margin" and found.selector == "body" and found.sibling("min-width") is None:
        return found.more(degrees(_WIDE, "min-width: 1100px", "min-width: 1280px", "min-width: 1600px"), 1.2)
    return None


def viewport_width(found: Declaration) -> Offer | None:
    """A part is as wide as the window though it stands beside others or in a padded page, and sticks out."""
    if found.name not in ("width", "max-width") or not _is_wide(found) or not _is_visible(found):
        return None
    return found.instead("width", degrees(_WIDE, "100vw", "110vw", "130vw"))


def viewport_text(found: Declaration) -> Offer | None:
    """Text is sized by the window alone, and too small on most of them (WCAG 1.4.4, failure F94)."""
    if found.name != "font-size" or found.prominence == 0 or not 12 <= (found.pixels or 0) <= 24:
        return None
    return found.valued(degrees("Text shrinks with the window until nobody can read it.", "0.8vw", "0.6vw"))


def one_screen(found: Declaration) -> Offer | None:
    """The page is as high as the window and hides the rest, so that its lower parts can't be reached (WCAG 1.4.4,
    failure F69; `height: 100vh; overflow: hidden` for an 'app')."""
    if found.name not in ("max-width", "width") or not _is_wide(found) or found.prominence == 0:
        return None
    if found.sibling("height", "overflow") is not None:
        return None
    heights = (f"height: {height}; overflow: hidden" for height in ("100vh", "60vh", "40vh"))
    return found.more(degrees("What is below the window's edge can't be reached.", *heights), 1.2)


def wide_columns(found: Declaration) -> Offer | None:
    """Columns of a grid have a least width that the window has no room for."""
    count = len(_MINMAX.findall(found.value))
    if found.name not in ("grid-template-columns", "grid-template") or not _is_visible(found) or not count:
        return None
    least = (_MINMAX.sub(f"minmax({p // count // 10 * 10}px,", found.value) for p in (1080, 1300, 1700))
    return found.valued(degrees(_WIDE, *least), 1.2)


def stiff_item(found: Declaration) -> Offer | None:
    """An item of a row doesn't shrink, and pushes the others out of the window."""
    if found.name != "flex" or not _BASIS.fullmatch(found.value) or not _is_visible(found):
        return None
    return found.valued(degrees(_WIDE, "0 0 720px", "0 0 1080px", "0 0 1440px"), 1.2)


def _is_wide(found: Declaration) -> bool:
    """Whether a width is about that of the window."""
    return found.value == "100%" or (found.pixels or 0) >= 560


def _is_visible(found: Declaration) -> bool:
    """Whether a rule applies to something on the page in every window."""
    text = found.selector
    return found.always and not found.of_page and text != "*" and ":" not in text and used(text, found.page)


SCREENS = (
    style_mutator("fixed-width", fixed_width, 1.2),
    style_mutator("least-width", least_width, 1.2),
    style_mutator("viewport-width", viewport_width, 1.2),
    style_mutator("viewport-text", viewport_text, 0.9),
    style_mutator("one-screen", one_screen, 1.2, ("visual", "function")),
    style_mutator("wide-columns", wide_columns, 1.2),
    style_mutator("stiff-item", stiff_item, 1.0),
)
