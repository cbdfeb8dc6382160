"""Visual: text is hard to read, covered, cut off, or out of the window.

What moves are the measures of the same names.
"""

import re

from tree_sitter import Node

from tasks.augment.mutators.colour import blend, contrast, likely_ground, nearing, read_colour, write_colour
from tasks.augment.mutators.mutator import HOLE, Mutator, Offer, Page, offer
from tasks.augment.mutators.style import declared, legible, prominence, selector, sibling
from tasks.augment.syntax import Region
from tasks.record import Family

_PIXELS = re.compile(r"(\d+(?:\.\d+)?)(px|rem|em)$")


def text_colour(node: Node, region: Region, page: Page) -> Offer | None:
    """Text fades into its background. Low contrast moves. Twins: shades that read as well."""
    name, value = declared(node, region)
    if name == "color":
        worth = prominence(node, region)
        if selector(node, region) in ("body", "html", ":root"):
            worth = 3.0
    elif name.startswith("--") and name in page.text_variables:
        worth = 2.5
    else:
        return None
    colour = read_colour(value)
    own = sibling(node, region, "background", "background-color") if name == "color" else None
    ground = likely_ground(colour, own, page) if colour is not None else None
    if colour is None or ground is None or not legible(colour, ground) or worth == 0:
        return None
    away = (0.0, 0.0, 0.0) if contrast(colour, (0.0, 0.0, 0.0)) < contrast(colour, (1.0, 1.0, 1.0)) else (1.0, 1.0, 1.0)
    slight = [blend(colour, away, share) for share in (0.06, 0.12, 0.18)] + [blend(colour, (0.3, 0.5, 0.7), 0.05)]
    slight += [blend(colour, (0.7, 0.4, 0.4), 0.05), blend(colour, (0.4, 0.7, 0.4), 0.05)]
    twins = [
        write_colour(shade) for shade in slight if contrast(shade, ground) > min(contrast(colour, ground) - 0.6, 7)
    ]
    harms = [(n, write_colour(nearing(colour, ground, ratio))) for n, ratio in ((1, 3.3), (2, 2.2), (2, 1.35))]
    return offer(
        node,
        "tone",
        f"{name}: {HOLE};",
        [text for text in twins[:4] if legible(read_colour(text) or colour, ground)],
        [(n, text, "The text fades into its background.") for n, text in harms],
        region,
        worth,
    )


def ground_colour(node: Node, region: Region, page: Page) -> Offer | None:
    """A surface takes nearly the colour of the text on it. Low contrast moves. Twins: slightly other surfaces."""
    name, value = declared(node, region)
    if name not in ("background", "background-color") or prominence(node, region) == 0:
        return None
    ground = read_colour(value, page.variables)
    ink = sibling(node, region, "color")
    text = read_colour(ink, page.variables) if ink else None
    if ground is None or text is None or not legible(text, ground):
        return None
    slight = [
        blend(ground, tint, 0.03) for tint in ((0.9, 0.2, 0.2), (0.2, 0.8, 0.3), (0.2, 0.3, 0.9), (0.5, 0.5, 0.5))
    ]
    harms = [(n, write_colour(nearing(ground, text, ratio))) for n, ratio in ((1, 3.3), (2, 2.2), (2, 1.35))]
    return offer(
        node,
        "surface",
        f"{name}: {HOLE};",
        [write_colour(shade) for shade in slight if legible(text, shade)],
        [(n, shade, "The surface has nearly the colour of its text.") for n, shade in harms],
        region,
        prominence(node, region),
    )


def out_of_window(node: Node, region: Region, page: Page) -> Offer | None:
    """A block is wider than the window, so one has to scroll sideways to read it.

    Overflow moves. Twins: a least width that is always there.
    """
    name, value = declared(node, region)
    pixels = _pixels(value)
    if name not in ("max-width", "width") or pixels is None or pixels < 280 or prominence(node, region) == 0:
        return None
    return offer(
        node,
        "least",
        f"{name}: {value}; min-width: {HOLE};",
        [f"{width}px" for width in (163, 165, 156, 154)],
        [(n, f"{width}px", "The page is wider than the window.") for n, width in ((1, 1150), (2, 1330), (3, 1620))],
        region,
        1.5,
    )


def narrowed(node: Node, region: Region, page: Page) -> Offer | None:
    """A block is too narrow for what it holds. Overlap and clipping move. Twins: a pixel or two wider."""
    name, value = declared(node, region)
    pixels = _pixels(value)
    if name != "max-width" or pixels is None or not 240 <= pixels <= 1600 or prominence(node, region) == 0:
        return None
    whole = round(pixels)
    return offer(
        node,
        "span",
        f"{name}: {HOLE};",
        [f"{whole + d}px" for d in (1, 2, 3, 4)],
        [(n, f"{width}px", "A block is too narrow for what it holds.") for n, width in ((1, 190), (2, 140), (3, 96))],
        region,
        0.8,
    )


def pulled_together(node: Node, region: Region, page: Page) -> Offer | None:
    """Blocks slide over one another and cover text and controls. Overlap moves. Twins: a pixel or two more or less."""
    name, value = declared(node, region)
    if name not in ("margin", "margin-bottom", "margin-top", "gap") or prominence(node, region) < 1:
        return None
    if (name == "gap" and len(value.split()) > 1) or "auto" in value or "calc" in value or "var" in value:
        return None
    edge = "top" if name == "margin-top" else "bottom"
    return offer(
        node,
        "space",
        f"{name}: {value}; margin-{edge}: {HOLE};",
        [f"{d}px" for d in _near(value, name)],
        [(n, f"-{d}px", "Parts of the page lie on top of one another.") for n, d in ((1, 32), (2, 56), (3, 94))],
        region,
        1.2,
    )


def cut_off(node: Node, region: Region, page: Page) -> Offer | None:
    """A block is too low for what it holds, and the rest is cut off.

    Clipping moves. Twins: a greatest height that is never reached.
    """
    name, value = declared(node, region)
    if name not in ("padding", "border-radius") or prominence(node, region) < 1:
        return None
    return offer(
        node,
        "height",
        f"{name}: {value}; max-height: {HOLE}; overflow: clip;",
        [f"{h}px" for h in (3400, 3600, 3800, 3900)],
        [(n, f"{h}px", "What a block holds is cut off.") for n, h in ((1, 96), (2, 54), (3, 22))],
        region,
        1.0,
    )


def displaced(node: Node, region: Region, page: Page) -> Offer | None:
    """A part stands where it does not belong, over its neighbours. Overlap moves. Twins: a shift of a pixel."""
    name, value = declared(node, region)
    if name not in ("font-size", "font-weight", "letter-spacing", "text-align") or prominence(node, region) < 1:
        return None
    if selector(node, region) in ("body", "html", ":root", "*"):
        return None
    return offer(
        node,
        "shift",
        f"{name}: {value}; position: relative; top: {HOLE};",
        [f"{d}px" for d in (1, -1, 2, -2)],
        [(n, f"{d}px", "A part lies over its neighbours.") for n, d in ((1, 28), (2, 46), (3, -64))],
        region,
        1.0,
    )


def tight_lines(node: Node, region: Region, page: Page) -> Offer | None:
    """Lines of text run into one another. Overlap and clipping move. Twins: a hundredth more or less."""
    name, value = declared(node, region)
    try:
        height = float(value)
    except ValueError:
        return None
    if name != "line-height" or not 1.05 <= height <= 2.5:
        return None
    return offer(
        node,
        "leading",
        f"line-height: {HOLE};",
        [f"{height + d:.2f}" for d in (0.02, 0.03, -0.02, 0.05)],
        [(n, f"{h:.2f}", "Lines of text run into one another.") for n, h in ((1, 0.72), (2, 0.51), (3, 0.28))],
        region,
        0.8,
    )


def tiny_text(node: Node, region: Region, page: Page) -> Offer | None:
    """Text is too small to read.

    Clipping moves: the render room counts text under 9 px as cut off. Twins: a few tenths of a pixel.
    """
    name, value = declared(node, region)
    pixels = _pixels(value)
    if name != "font-size" or (value.endswith("em") and not value.endswith("rem")) or prominence(node, region) == 0:
        return None
    if pixels is None or not 12 <= pixels <= 28:
        return None
    return offer(
        node,
        "size",
        f"font-size: {HOLE};",
        [f"{pixels + d:.1f}px" for d in (0.2, -0.2, 0.3, 0.4)],
        [(n, f"{p:.1f}px", "Text is too small to read.") for n, p in ((2, 8.2), (2, 7.4), (3, 6.1))],
        region,
        prominence(node, region),
    )


def faded(node: Node, region: Region, page: Page) -> Offer | None:
    """A part fades until it can hardly be read. Low contrast moves. Twins: a fade that nobody sees."""
    name, value = declared(node, region)
    if name not in ("font-weight", "letter-spacing", "text-transform", "font") or prominence(node, region) < 1:
        return None
    if sibling(node, region, "opacity", "animation") is not None:
        return None
    return offer(
        node,
        "veil",
        f"{name}: {value}; opacity: {HOLE};",
        ("1", "0.99", "0.98", "0.97"),
        [(n, opacity, "A part can hardly be read.") for n, opacity in ((1, "0.42"), (2, "0.28"), (2, "0.16"))],
        region,
        1.0,
    )


def _pixels(value: str) -> float | None:
    match = _PIXELS.match(value)
    return float(match[1]) * (1 if match[2] == "px" else 16) if match else None


def _near(value: str, name: str) -> tuple[int, ...]:
    """Margins close to the declared one, in pixels; for a gap, which is not a margin, close to none."""
    parts = value.split()
    own = parts[0] if name == "margin-top" or len(parts) < 3 else parts[2]
    base = 0 if name == "gap" else round(_pixels(own) or 0)
    return base + 1, base + 2, base + 3, base + 4


_DECLARED = ("declaration",)
_LOOKS: tuple[Family, ...] = ("visual", "accessibility")
_IN_THE_WAY: tuple[Family, ...] = ("visual", "function")
VISUAL = (
    Mutator("text-colour", "visual", "style", _DECLARED, _LOOKS, 1.6, text_colour),
    Mutator("ground-colour", "visual", "style", _DECLARED, _LOOKS, 1.3, ground_colour),
    Mutator("out-of-window", "visual", "style", _DECLARED, ("visual",), 1.4, out_of_window),
    Mutator("narrowed", "visual", "style", _DECLARED, _IN_THE_WAY, 0.7, narrowed),
    Mutator("pulled-together", "visual", "style", _DECLARED, _IN_THE_WAY, 1.2, pulled_together),
    Mutator("cut-off", "visual", "style", _DECLARED, _IN_THE_WAY, 0.5, cut_off),
    Mutator("displaced", "visual", "style", _DECLARED, _IN_THE_WAY, 1.0, displaced),
    Mutator("faded", "visual", "style", _DECLARED, _LOOKS, 1.3, faded),
    Mutator("tiny-text", "visual", "style", _DECLARED, ("visual",), 1.1, tiny_text),
    Mutator("tight-lines", "visual", "style", _DECLARED, ("visual",), 0.5, tight_lines),
)
