"""Visual: text is hard to read, covered, cut off, or out of the window.

What moves are the measures of the same names. That models' pages have such faults, and which, is told by UIClip (Wu et
al. 2024: contrast, spacing, alignment and size made worse are its training pairs) and Interaction2Code (Xiao et al.
2024); the failures of WCAG 2.2 are named where they apply.
"""

import re

from tree_sitter import Node

from tasks.augment.mutators.colour import Rgb, contrast, faint, likely_ground, read_colour
from tasks.augment.mutators.mutator import Mutator, Offer, Page, offer
from tasks.augment.mutators.style import (
    PAGE_SELECTORS,
    declared,
    legible,
    length,
    more,
    pixels,
    prominence,
    selector,
    sibling,
    value_span,
    whole_span,
    without,
    written,
)
from tasks.augment.syntax import Region
from tasks.record import Family

_GROUNDS = ("background", "background-color")
_FADED_TEXT = "The text fades into its background."
_SIZE = re.compile(r"(?<![\w.-])(\d*\.?\d+)(px|rem)(?=/|\s)")
_HEIGHT = re.compile(r"(?<=/)\s*\d*\.?\d+(?=\s)")
_BUTTON: Rgb = (0.94, 0.94, 0.94)
"""What a browser paints behind a button of no other colour."""


def text_colour(node: Node, region: Region, page: Page) -> Offer | None:
    """Text is set in a pale grey or tint, and can hardly be read (WCAG 1.4.3, failure F24; UIClip's 'contrast')."""
    name, value = declared(node, region)
    worth = _ink(node, region, page)
    colour = read_colour(value, page.variables)
    ground = _ground(node, region, page, colour)
    if worth == 0 or colour is None or ground is None or (name.startswith("--") and value.startswith("var")):
        return None
    harms = [(n, faint(colour, ground, ratio), _FADED_TEXT) for n, ratio in ((1, 3.2), (2, 2.1), (3, 1.4))]
    return offer(value_span(node), harms, region, worth)


def wrong_token(node: Node, region: Region, page: Page) -> Offer | None:
    """Text takes a colour of the palette that is meant for lines or surfaces, and fades into its background (WCAG
    1.4.3; the wrong design token, a usual slip of generated styles)."""
    name, value = declared(node, region)
    colour = read_colour(value, page.variables)
    ground = _ground(node, region, page, colour)
    if name != "color" or not value.startswith("var(") or colour is None or ground is None:
        return None
    shades = {other: read_colour(shade) for other, shade in page.variables.items()}
    ratios = {other: contrast(shade, ground) for other, shade in shades.items() if shade is not None}
    faint_ones = sorted((ratio, other) for other, ratio in ratios.items() if 1.05 < ratio < 4)[:3]
    degrees = zip((3, 2, 1), faint_ones, strict=False)
    harms = [(n, f"var({other})", _FADED_TEXT) for n, (_, other) in degrees]
    return offer(value_span(node), reversed(harms), region, _ink(node, region, page))


def ground_colour(node: Node, region: Region, page: Page) -> Offer | None:
    """A surface takes nearly the colour of the text on it (WCAG 1.4.3, failures F24 and F83)."""
    name, value = declared(node, region)
    ground = read_colour(value, page.variables)
    ink = sibling(node, region, "color")
    text = read_colour(ink, page.variables) if ink else None
    worth = prominence(node, region, page)
    if name not in _GROUNDS or worth == 0 or ground is None or text is None or not legible(text, ground):
        return None
    note = "The surface has nearly the colour of its text."
    harms = [(n, faint(ground, text, ratio), note) for n, ratio in ((1, 3.2), (2, 2.1), (3, 1.4))]
    return offer(value_span(node), harms, region, worth)


def lost_ground(node: Node, region: Region, page: Page) -> Offer | None:
    """Pale text loses the dark surface that it was chosen for, or dark text its pale one (WCAG failure F24: one of the
    two colours is given without the other)."""
    name, value = declared(node, region)
    ground = read_colour(value, page.variables)
    ink = sibling(node, region, "color")
    text = read_colour(ink, page.variables) if ink else None
    worth = prominence(node, region, page) or (1.0 if selector(node, region) in PAGE_SELECTORS else 0.0)
    if name not in _GROUNDS or worth == 0 or ground is None or text is None or not legible(text, ground):
        return None
    if selector(node, region) in PAGE_SELECTORS:
        under, strength = (1.0, 1.0, 1.0), 3
    else:
        under, strength = (_BUTTON if "button" in selector(node, region) else page.ground), 2
    span = without(node, region)
    if span is None or contrast(text, under) >= 3:
        return None
    return offer(span, [(strength, "", "The text has no surface of its own and can hardly be read.")], region, worth)


def lost_colour(node: Node, region: Region, page: Page) -> Offer | None:
    """Text on a coloured surface keeps the colour of the text around it and can hardly be read (WCAG failure F24)."""
    name, value = declared(node, region)
    colour = read_colour(value, page.variables)
    own = sibling(node, region, *_GROUNDS)
    ground = read_colour(own, page.variables) if own else None
    span = without(node, region)
    worth = prominence(node, region, page) or (1.0 if selector(node, region) in PAGE_SELECTORS else 0.0)
    if name != "color" or worth == 0 or colour is None or ground is None or span is None:
        return None
    around = (0.0, 0.0, 0.0)
    if selector(node, region) not in (*PAGE_SELECTORS, "button") and contrast(page.ground, around) < 4.5:
        around = (1.0, 1.0, 1.0)
    if not legible(colour, ground) or contrast(around, ground) >= 4.5:
        return None
    return offer(span, [(2, "", "The text is as dark or as pale as the surface under it.")], region, worth)


def faded(node: Node, region: Region, page: Page) -> Offer | None:
    """A part is made half transparent until it can hardly be read (WCAG 1.4.3; 'secondary' text and controls that look
    inactive)."""
    name, _ = declared(node, region)
    worth = prominence(node, region, page)
    if name not in ("font-weight", "letter-spacing", "text-transform", "font", "font-size", "margin") or worth < 1:
        return None
    if sibling(node, region, "opacity", "animation") is not None:
        return None
    note = "A part can hardly be read."
    return more(
        node, region, worth / 2, [(n, note, (("opacity", o),)) for n, o in ((1, "0.5"), (2, "0.35"), (3, "0.2"))]
    )


def tiny_text(node: Node, region: Region, page: Page) -> Offer | None:
    """Text is too small to read (UIClip's 'size'; the render room counts text under 9 px as cut off)."""
    name, value = declared(node, region)
    worth = prominence(node, region, page)
    if name not in ("font", "font-size") or worth == 0:
        return None
    found = _SIZE.search(value + " ")
    size = pixels(found[0]) if found else None
    if found is None or size is None or not 12 <= size <= 28 or (name == "font-size" and found[0] != value):
        return None
    note = "Text is too small to read."
    harms = [(n, value.replace(found[0], length(p, found[0]), 1), note) for n, p in ((2, 8), (3, 6))]
    return offer(value_span(node), harms, region, worth)


def tight_lines(node: Node, region: Region, page: Page) -> Offer | None:
    """Lines of text run into one another and into what follows (WCAG 1.4.12 asks for 1.5)."""
    name, value = declared(node, region)
    found = re.match(r"\d*\.?\d+$", value) if name == "line-height" else _HEIGHT.search(value + " ")
    if found is None or name not in ("line-height", "font") or not 1.05 <= float(found[0]) <= 2.5:
        return None
    note = "Lines of text run into one another."
    harms = [
        (n, value[: found.start()] + h + value[found.end() :], note) for n, h in ((1, "0.8"), (2, "0.5"), (3, "0"))
    ]
    return offer(value_span(node), harms, region, 0.8)


def narrowed(node: Node, region: Region, page: Page) -> Offer | None:
    """A block is too narrow for what it holds, and its parts stick out or lie over one another (WCAG 1.4.10)."""
    name, value = declared(node, region)
    size = pixels(value)
    if name != "max-width" or size is None or not 240 <= size <= 1600 or prominence(node, region, page) == 0:
        return None
    note = "A block is too narrow for what it holds."
    harms = [(n, length(p, value), note) for n, p in ((1, 240), (2, 160), (3, 80))]
    return offer(value_span(node), harms, region, 0.8)


def out_of_window(node: Node, region: Region, page: Page) -> Offer | None:
    """A block has a fixed width that is wider than the window, so that one has to scroll sideways to read it (WCAG
    1.4.10, failure F102)."""
    name, value = declared(node, region)
    size = pixels(value)
    if name not in ("max-width", "width") or size is None or size < 280 or prominence(node, region, page) == 0:
        return None
    note = "The page is wider than the window."
    harms = [(n, written(node, region, "width", length(p, value)), note) for n, p in ((1, 1120), (2, 1280), (3, 1600))]
    return offer(whole_span(node), harms, region, 1.5)


def pulled_together(node: Node, region: Region, page: Page) -> Offer | None:
    """Blocks slide over one another and cover text and controls (UIClip's 'spacing'; negative margins)."""
    name, value = declared(node, region)
    if name not in ("margin", "margin-bottom", "margin-top", "gap") or prominence(node, region, page) < 1:
        return None
    if selector(node, region) in PAGE_SELECTORS or (name == "gap" and len(value.split()) > 1):
        return None
    if re.search(r"auto|calc|var|-", value):
        return None
    note = "Parts of the page lie on top of one another."
    sizes = ((1, "-24px"), (2, "-40px"), (3, "-80px"))
    if name == "gap":
        return more(node, region, 1.2, [(n, note, (("margin-bottom", size),)) for n, size in sizes])
    own = value.split()
    at = 2 if len(own) >= 3 else 0
    if name == "margin" and len(own) < 3:
        own, at = [own[0], own[-1], own[0]], 2
    harms = [(n, " ".join([*own[:at], size, *own[at + 1 :]]), note) for n, size in sizes]
    return offer(value_span(node), harms, region, 1.2)


def cut_off(node: Node, region: Region, page: Page) -> Offer | None:
    """A block has a fixed height too low for what it holds, and the rest is cut off (WCAG 1.4.4, failure F69)."""
    name, _ = declared(node, region)
    if name not in ("padding", "border-radius") or prominence(node, region, page) < 1:
        return None
    if sibling(node, region, "height", "max-height", "overflow") is not None:
        return None
    note = "What a block holds is cut off."
    sizes = ((1, "120px"), (2, "60px"), (3, "24px"))
    return more(node, region, 1.0, [(n, note, (("height", size), ("overflow", "hidden"))) for n, size in sizes])


def displaced(node: Node, region: Region, page: Page) -> Offer | None:
    """A part stands where it does not belong, over its neighbours (UIClip's 'alignment'; Interaction2Code's wrong
    position)."""
    name, _ = declared(node, region)
    if name not in ("font-size", "font-weight", "letter-spacing", "text-align") or prominence(node, region, page) < 1:
        return None
    if selector(node, region) in (*PAGE_SELECTORS, "*") or sibling(node, region, "position") is not None:
        return None
    note = "A part lies over its neighbours."
    shifts = ((1, "24px"), (2, "40px"), (3, "-60px"))
    return more(node, region, 1.0, [(n, note, (("position", "relative"), ("top", shift))) for n, shift in shifts])


def _ink(node: Node, region: Region, page: Page) -> float:
    """What a declaration is worth as one of a text's colour; 0 if it is none."""
    name, _ = declared(node, region)
    if name == "color":
        return 3.0 if selector(node, region) in PAGE_SELECTORS else prominence(node, region, page)
    return 2.5 if name in page.text_variables else 0.0


def _ground(node: Node, region: Region, page: Page, colour: Rgb | None) -> Rgb | None:
    """What a text of this rule probably stands on, if it can be read there."""
    own = sibling(node, region, *_GROUNDS) if declared(node, region)[0] == "color" else None
    ground = likely_ground(colour, own, page) if colour is not None else None
    return ground if colour is not None and ground is not None and legible(colour, ground) else None


_DECLARED = ("declaration",)
_IN_THE_WAY: tuple[Family, ...] = ("visual", "function")
VISUAL = (
    Mutator("text-colour", "visual", "style", _DECLARED, ("visual",), 1.4, text_colour),
    Mutator("wrong-token", "visual", "style", _DECLARED, ("visual",), 1.2, wrong_token),
    Mutator("ground-colour", "visual", "style", _DECLARED, ("visual",), 1.1, ground_colour),
    Mutator("lost-ground", "visual", "style", _DECLARED, ("visual",), 1.2, lost_ground),
    Mutator("lost-colour", "visual", "style", _DECLARED, ("visual",), 1.2, lost_colour),
    Mutator("faded", "visual", "style", _DECLARED, ("visual",), 1.0, faded),
    Mutator("tiny-text", "visual", "style", _DECLARED, ("visual",), 1.0, tiny_text),
    Mutator("tight-lines", "visual", "style", _DECLARED, ("visual",), 0.5, tight_lines),
    Mutator("narrowed", "visual", "style", _DECLARED, _IN_THE_WAY, 0.7, narrowed),
    Mutator("out-of-window", "visual", "style", _DECLARED, ("visual",), 1.4, out_of_window),
    Mutator("pulled-together", "visual", "style", _DECLARED, _IN_THE_WAY, 1.2, pulled_together),
    Mutator("cut-off", "visual", "style", _DECLARED, _IN_THE_WAY, 0.7, cut_off),
    Mutator("displaced", "visual", "style", _DECLARED, _IN_THE_WAY, 1.0, displaced),
)
