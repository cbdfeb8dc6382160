"""Visual: text is hard to read, covered, cut off, or out of the window.

What moves are the measures of the same names. That models' pages have such faults, and which, is told by UIClip (Wu et
al. 2024: contrast, spacing, alignment and size made worse are its training pairs) and Interaction2Code (Xiao et al.
2024); the failures of WCAG 2.2 are named where they apply.
"""

import re

from tasks.augment.mutators.colour import Rgb, contrast, faint, legible, likely_ground, read_colour
from tasks.augment.mutators.mutator import Offer, degrees
from tasks.augment.mutators.style import GROUNDS, Declaration, length, pixels, style_mutator
from tasks.record import Family

_FADED_TEXT = "The text fades into its background."
_FADED = (3.2, 2.1, 1.4)
"""Contrasts of text that is hard to read; 4.5 is WCAG's least."""
_SIZE = re.compile(r"(?<![\w.-])(\d*\.?\d+)(px|rem)(?=/|\s)")
_BUTTON: Rgb = (0.94, 0.94, 0.94)
"""What a browser paints behind a button of no other colour."""
_BLACK: Rgb = (0.0, 0.0, 0.0)
_WHITE: Rgb = (1.0, 1.0, 1.0)


def text_colour(found: Declaration) -> Offer | None:
    """Text is set in a pale grey or tint, and can hardly be read (WCAG 1.4.3, failure F24; UIClip's 'contrast')."""
    colour, ground, worth = found.colour, _ground(found), _ink(found)
    of_another = found.name.startswith("--") and found.value.startswith("var")
    if worth == 0 or colour is None or ground is None or of_another:
        return None
    return found.valued(degrees(_FADED_TEXT, *(faint(colour, ground, ratio) for ratio in _FADED)), worth)


def wrong_token(found: Declaration) -> Offer | None:
    """Text takes a colour of the palette that is meant for lines or surfaces, and fades into its background (WCAG
    1.4.3; the wrong design token, a usual slip of generated styles)."""
    ground = _ground(found)
    if found.name != "color" or not found.value.startswith("var(") or ground is None:
        return None
    shades = {other: read_colour(shade) for other, shade in found.page.variables.items()}
    ratios = {other: contrast(shade, ground) for other, shade in shades.items() if shade is not None}
    faint_ones = sorted((ratio, other) for other, ratio in ratios.items() if 1.05 < ratio < 4)[:3]
    harms = [(n, f"var({other})", _FADED_TEXT) for n, (_, other) in zip((3, 2, 1), faint_ones, strict=False)]
    return found.valued(reversed(harms), _ink(found))


def ground_colour(found: Declaration) -> Offer | None:
    """A surface takes nearly the colour of the text on it (WCAG 1.4.3, failures F24 and F83)."""
    ground, text = _surface(found)
    if ground is None or text is None or found.prominence == 0:
        return None
    note = "The surface has nearly the colour of its text."
    return found.valued(degrees(note, *(faint(ground, text, ratio) for ratio in _FADED)), found.prominence)


def lost_ground(found: Declaration) -> Offer | None:
    """Pale text loses the dark surface that it was chosen for, or dark text its pale one (WCAG failure F24: one of the
    two colours is given without the other)."""
    _, text = _surface(found)
    under = _WHITE if found.of_page else _BUTTON if "button" in found.selector else found.page.ground
    if text is None or _worth_with_page(found) == 0 or contrast(text, under) >= 3:
        return None
    note = "The text has no surface of its own and can hardly be read."
    return found.left_out(note, 3 if found.of_page else 2, _worth_with_page(found))


def lost_colour(found: Declaration) -> Offer | None:
    """Text on a coloured surface keeps the colour of the text around it and can hardly be read (WCAG failure F24)."""
    colour, ground = found.colour, found.sibling_colour(*GROUNDS)
    if found.name != "color" or colour is None or ground is None or _worth_with_page(found) == 0:
        return None
    dark_page = contrast(found.page.ground, _BLACK) < 4.5
    around = _WHITE if dark_page and not found.of_page and found.selector != "button" else _BLACK
    if not legible(colour, ground) or legible(around, ground):
        return None
    return found.left_out("The text is as dark or as pale as the surface under it.", 2, _worth_with_page(found))


def faded(found: Declaration) -> Offer | None:
    """A part is made half transparent until it can hardly be read (WCAG 1.4.3; 'secondary' text and controls that look
    inactive)."""
    names = ("font-weight", "letter-spacing", "text-transform", "font", "font-size", "margin")
    if found.name not in names or found.prominence < 1 or found.sibling("opacity", "animation") is not None:
        return None
    harms = degrees("A part can hardly be read.", "opacity: 0.5", "opacity: 0.35", "opacity: 0.2")
    return found.more(harms, found.prominence / 2)


def tiny_text(found: Declaration) -> Offer | None:
    """Text is too small to read (UIClip's 'size'; the render room counts text under 9 px as cut off)."""
    size = _SIZE.search(found.value + " ")
    if found.name not in ("font", "font-size") or found.prominence == 0 or size is None:
        return None
    if not 12 <= (pixels(size[0]) or 0) <= 28 or (found.name == "font-size" and size[0] != found.value):
        return None
    texts = (found.value.replace(size[0], length(p, size[0]), 1) for p in (8, 6))
    return found.valued(degrees("Text is too small to read.", *texts), found.prominence)


def narrowed(found: Declaration) -> Offer | None:
    """A block is too narrow for what it holds, and its parts stick out or lie over one another (WCAG 1.4.10)."""
    if found.name != "max-width" or not 240 <= (found.pixels or 0) <= 1600 or found.prominence == 0:
        return None
    widths = (length(p, found.value) for p in (240, 160, 80))
    return found.valued(degrees("A block is too narrow for what it holds.", *widths), 0.8)


def out_of_window(found: Declaration) -> Offer | None:
    """A block has a fixed width that is wider than the window, so that one has to scroll sideways to read it (WCAG
    1.4.10, failure F102)."""
    if found.name not in ("max-width", "width") or (found.pixels or 0) < 280 or found.prominence == 0:
        return None
    widths = (length(p, found.value) for p in (1120, 1280, 1600))
    return found.instead("width", degrees("The page is wider than the window.", *widths), 1.5)


def pulled_together(found: Declaration) -> Offer | None:
    """Blocks slide over one another and cover text and controls (UIClip's 'spacing'; negative margins)."""
    name, own = found.name, found.value.split()
    if name not in ("margin", "margin-bottom", "margin-top", "gap") or found.prominence < 1 or found.of_page:
        return None
    if (name == "gap" and len(own) > 1) or re.search(r"auto|calc|var|-", found.value):
        return None
    note, sizes = "Parts of the page lie on top of one another.", ("-24px", "-40px", "-80px")
    if name == "gap":
        return found.more(degrees(note, *(f"margin-bottom: {size}" for size in sizes)), 1.2)
    if name == "margin" and len(own) < 3:
        own = [own[0], own[-1], own[0]]
    at = 2 if len(own) >= 3 else 0
    return found.valued(degrees(note, *(" ".join([*own[:at], size, *own[at + 1 :]]) for size in sizes)), 1.2)


def displaced(found: Declaration) -> Offer | None:
    """A part stands where it does not belong, over its neighbours (UIClip's 'alignment'; Interaction2Code's wrong
    position)."""
    if found.name not in ("font-size", "font-weight", "letter-spacing", "text-align") or found.prominence < 1:
        return None
    if found.of_page or found.selector == "*" or found.sibling("position") is not None:
        return None
    shifts = (f"position: relative; top: {shift}" for shift in ("24px", "40px", "-60px"))
    return found.more(degrees("A part lies over its neighbours.", *shifts))


def _ink(found: Declaration) -> float:
    """What a declaration is worth as one of a text's colour; 0 if it is none."""
    if found.name == "color":
        return 3.0 if found.of_page else found.prominence
    return 2.5 if found.name in found.page.text_variables else 0.0


def _worth_with_page(found: Declaration) -> float:
    """How much a person sees of a rule, that of the whole page included."""
    return found.prominence or (1.0 if found.of_page else 0.0)


def _ground(found: Declaration) -> Rgb | None:
    """What a text of this rule probably stands on, if it can be read there."""
    own = found.sibling(*GROUNDS) if found.name == "color" else None
    ground = likely_ground(found.colour, own, found.page) if found.colour is not None else None
    return ground if found.colour is not None and ground is not None and legible(found.colour, ground) else None


def _surface(found: Declaration) -> tuple[Rgb | None, Rgb | None]:
    """The colours of a surface and of the text that its rule puts on it; none if the text can't be read there."""
    ground, text = found.colour, found.sibling_colour("color")
    if found.name not in GROUNDS or ground is None or text is None or not legible(text, ground):
        return None, None
    return ground, text


_IN_THE_WAY: tuple[Family, ...] = ("visual", "function")
VISUAL = (
    style_mutator("text-colour", text_colour, 1.4),
    style_mutator("wrong-token", wrong_token, 1.2),
    style_mutator("ground-colour", ground_colour, 1.1),
    style_mutator("lost-ground", lost_ground, 1.2),
    style_mutator("lost-colour", lost_colour, 1.2),
    style_mutator("faded", faded, 1.0),
    style_mutator("tiny-text", tiny_text, 1.0),
    style_mutator("narrowed", narrowed, 1.2, _IN_THE_WAY),
    style_mutator("out-of-window", out_of_window, 1.4),
    style_mutator("pulled-together", pulled_together, 1.2, _IN_THE_WAY),
    style_mutator("displaced", displaced, 1.0, _IN_THE_WAY),
)
