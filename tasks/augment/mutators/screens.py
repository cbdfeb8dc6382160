"""Screens: a page made for one window, which leaves the others.

WCAG 1.4.10 (Reflow) and its failure F102 describe what a person meets; fixed widths, forgotten conditions and viewport
units are the faults that studies of model-written pages name under 'not responsive'. The render room looks at a window
of 1024 px, so faults are such as show there too.
"""

import re

from tree_sitter import Node

from tasks.augment.mutators.mutator import Mutator, Offer, Page, offer
from tasks.augment.mutators.style import (
    PAGE_SELECTORS,
    declared,
    length,
    more,
    pictured,
    pixels,
    prominence,
    selector,
    sibling,
    used,
    value_span,
    whole_span,
    without,
    written,
)
from tasks.augment.syntax import Region
from tasks.record import Family

_WIDE = "The page is wider than the window."
_MINMAX = re.compile(r"minmax\(\s*([^,()]+(?:\([^()]*\))?)\s*,")
_BASIS = re.compile(r"(?:\d+(?:\.\d+)?\s+){0,2}(?:\d+(?:\.\d+)?(?:px|rem|em|%)?|auto)")


def fixed_width(node: Node, region: Region, page: Page) -> Offer | None:
    """A part that filled its room has a width in pixels, and is cut by smaller windows."""
    name, value = declared(node, region)
    if name not in ("width", "max-width") or not value.endswith("%") or not _visible(node, region, page):
        return None
    widths = ((1, 1080), (2, 1280), (3, 1600))
    return offer(
        whole_span(node), [(n, written(node, region, "width", f"{p}px"), _WIDE) for n, p in widths], region, 1.2
    )


def lost_limit(node: Node, region: Region, page: Page) -> Offer | None:
    """A canvas or picture keeps its own width where its column is narrower, and sticks out."""
    declaration = declared(node, region)
    if declaration not in (("max-width", "100%"), ("width", "100%")) or not _visible(node, region, page):
        return None
    span = without(node, region)
    if span is None or not pictured(selector(node, region), page):
        return None
    return offer(span, [(1, "", "A picture has its own width, and leaves its room.")], region, 1.0)


def least_width(node: Node, region: Region, page: Page) -> Offer | None:
    """A part never gets narrower than a desktop's window."""
    name, value = declared(node, region)
    if name == "min-width" and (value == "0" or pixels(value) is not None) and _visible(node, region, page):
        sizes = ((1, 640), (2, 1120), (3, 1440))
        return offer(value_span(node), [(n, length(p, value), _WIDE) for n, p in sizes], region, 1.2)
    if name == "margin" and selector(node, region) == "body" and sibling(node, region, "min-width") is None:
        sizes = ((1, 1100), (2, 1280), (3, 1600))
        return more(node, region, 1.2, [(n, _WIDE, (("min-width", f"{p}px"),)) for n, p in sizes])
    return None


def viewport_width(node: Node, region: Region, page: Page) -> Offer | None:
    """A part is as wide as the window though it stands beside others or in a padded page, and sticks out."""
    name, value = declared(node, region)
    size = pixels(value)
    if name not in ("width", "max-width") or not (value == "100%" or (size is not None and size >= 560)):
        return None
    if not _visible(node, region, page):
        return None
    shares = ((1, "100vw"), (2, "110vw"), (3, "130vw"))
    return offer(
        whole_span(node), [(n, written(node, region, "width", share), _WIDE) for n, share in shares], region, 1.0
    )


def viewport_text(node: Node, region: Region, page: Page) -> Offer | None:
    """Text is sized by the window alone, and too small on most of them (WCAG 1.4.4, failure F94)."""
    name, value = declared(node, region)
    size = pixels(value)
    if name != "font-size" or prominence(node, region, page) == 0 or size is None or not 12 <= size <= 24:
        return None
    note = "Text shrinks with the window until nobody can read it."
    return offer(value_span(node), [(n, share, note) for n, share in ((2, "0.8vw"), (3, "0.6vw"))], region, 1.0)


def one_screen(node: Node, region: Region, page: Page) -> Offer | None:
    """The page is as high as the window and hides the rest, so that its lower parts can't be reached (WCAG 1.4.4,
    failure F69; `height: 100vh; overflow: hidden` for an 'app')."""
    name, value = declared(node, region)
    container = name in ("max-width", "width") and ((pixels(value) or 0) >= 560 or value == "100%")
    if not container or prominence(node, region, page) == 0 or sibling(node, region, "height", "overflow") is not None:
        return None
    note = "What is below the window's edge can't be reached."
    heights = ((1, "100vh"), (2, "60vh"), (3, "40vh"))
    return more(node, region, 1.2, [(n, note, (("height", height), ("overflow", "hidden"))) for n, height in heights])


def wide_columns(node: Node, region: Region, page: Page) -> Offer | None:
    """Columns of a grid have a least width that the window has no room for."""
    name, value = declared(node, region)
    if name not in ("grid-template-columns", "grid-template") or not _visible(node, region, page):
        return None
    found = _MINMAX.search(value)
    if found is None:
        return None
    count = max(1, len(_MINMAX.findall(value)))
    sizes = ((1, 1080), (2, 1300), (3, 1700))
    harms = [(n, _MINMAX.sub(f"minmax({p // count // 10 * 10}px,", value), _WIDE) for n, p in sizes]
    return offer(value_span(node), harms, region, 1.2)


def stiff_item(node: Node, region: Region, page: Page) -> Offer | None:
    """An item of a row doesn't shrink, and pushes the others out of the window."""
    name, value = declared(node, region)
    if name != "flex" or not _BASIS.fullmatch(value) or not _visible(node, region, page):
        return None
    sizes = ((1, 720), (2, 1080), (3, 1440))
    return offer(value_span(node), [(n, f"0 0 {p}px", _WIDE) for n, p in sizes], region, 1.2)


def _visible(node: Node, region: Region, page: Page) -> bool:
    """Whether a rule applies to something on the page in every window."""
    text = selector(node, region)
    rule = node.parent.parent if node.parent is not None else None
    always = rule is not None and rule.parent is not None and rule.parent.type == "stylesheet"
    return always and text not in (*PAGE_SELECTORS, "*") and ":" not in text and used(text, page)


_DECLARED = ("declaration",)
_IN_THE_WAY: tuple[Family, ...] = ("visual", "function")
SCREENS = (
    Mutator("fixed-width", "visual", "style", _DECLARED, ("visual",), 1.2, fixed_width),
    Mutator("lost-limit", "visual", "style", _DECLARED, ("visual",), 0.8, lost_limit),
    Mutator("least-width", "visual", "style", _DECLARED, ("visual",), 1.2, least_width),
    Mutator("viewport-width", "visual", "style", _DECLARED, ("visual",), 1.2, viewport_width),
    Mutator("viewport-text", "visual", "style", _DECLARED, ("visual",), 0.9, viewport_text),
    Mutator("one-screen", "visual", "style", _DECLARED, _IN_THE_WAY, 1.2, one_screen),
    Mutator("wide-columns", "visual", "style", _DECLARED, ("visual",), 1.2, wide_columns),
    Mutator("stiff-item", "visual", "style", _DECLARED, ("visual",), 1.0, stiff_item),
)
