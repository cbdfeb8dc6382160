"""Visual: text is hard to read, covered, cut off, or out of the window.

What moves are the measures of the same names.
"""

import re

from tree_sitter import Node

from tasks.augment.mutators.colour import blend, contrast, likely_ground, nearing, read_colour, write_colour
from tasks.augment.mutators.mutator import Mutator, Offer, Page, offer
from tasks.augment.mutators.style import declared, legible, prominence, selector, sibling
from tasks.augment.syntax import Region

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
    harms = [(n, write_colour(nearing(colour, ground, ratio))) for n, ratio in ((2, 2.6), (2, 1.9), (2, 1.35))]
    return offer(
        node,
        [f"{name}: {text};" for text in twins[:4] if legible(read_colour(text) or colour, ground)],
        [(n, f"{name}: {text};", "The text fades into its background.") for n, text in harms],
        region,
        worth=worth,
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
    harms = [(n, write_colour(nearing(ground, text, ratio))) for n, ratio in ((2, 2.6), (2, 1.9), (2, 1.35))]
    return offer(
        node,
        [f"{name}: {write_colour(shade)};" for shade in slight if legible(text, shade)],
        [(n, f"{name}: {shade};", "The surface has nearly the colour of its text.") for n, shade in harms],
        region,
        worth=prominence(node, region),
    )


def out_of_window(node: Node, region: Region, page: Page) -> Offer | None:
    """A block is wider than the window, so one has to scroll sideways to read it.

    Overflow moves. Twins: a few pixels' difference.
    """
    name, value = declared(node, region)
    match = _PIXELS.match(value)
    if name not in ("max-width", "width") or match is None or prominence(node, region) == 0:
        return None
    pixels = float(match[1]) * (1 if match[2] == "px" else 16)
    if pixels < 280:
        return None
    whole = round(pixels)
    return offer(
        node,
        [f"{name}: {whole + d}px; min-width: {160 + d}px;" for d in (3, 5, -4, -6)],
        [
            (n, f"{name}: {whole + d}px; min-width: {wide + d}px;", "The page is wider than the window.")
            for n, d, wide in ((1, 2, 1150), (2, 4, 1330), (3, -3, 1620))
        ],
        region,
        worth=1.5,
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
        [f"{name}: {value}; margin-{edge}: {d}px;" for d in _near(value, name)],
        [
            (n, f"{name}: {value}; margin-{edge}: -{d}px;", "Parts of the page lie on top of one another.")
            for n, d in ((1, 32), (2, 56), (3, 94))
        ],
        region,
        worth=1.2,
    )


def cut_off(node: Node, region: Region, page: Page) -> Offer | None:
    """A block is too low for what it holds, and the rest is cut off.

    Clipping moves. Twins: a least height that is never reached.
    """
    name, value = declared(node, region)
    if name not in ("padding", "border-radius") or prominence(node, region) < 1:
        return None
    return offer(
        node,
        [f"{name}: {value}; min-height: {h}px; overflow: visible;" for h in (14, 16, 18, 19)],
        [
            (n, f"{name}: {value}; max-height: {h}px; overflow: hidden;", "What a block holds is cut off.")
            for n, h in ((1, 96), (2, 54), (3, 22))
        ],
        region,
        worth=1.0,
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
        [f"{name}: {value}; position: relative; top: {d}px;" for d in (1, -1, 2, -2)],
        [
            (n, f"{name}: {value}; position: relative; top: {d}px;", "A part lies over its neighbours.")
            for n, d in ((1, 28), (2, 46), (3, -64))
        ],
        region,
        worth=1.0,
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
        [f"line-height: {height + d:.2f};" for d in (0.02, 0.03, -0.02, 0.05)],
        [
            (n, f"line-height: {h:.2f};", "Lines of text run into one another.")
            for n, h in ((1, 0.72), (2, 0.51), (3, 0.28))
        ],
        region,
        worth=0.8,
    )


def tiny_text(node: Node, region: Region, page: Page) -> Offer | None:
    """Text is too small to read.

    Clipping moves: the render room counts text under 9 px as cut off. Twins: a few tenths of a pixel.
    """
    name, value = declared(node, region)
    match = _PIXELS.match(value)
    if name != "font-size" or match is None or match[2] == "em" or prominence(node, region) == 0:
        return None
    pixels = float(match[1]) * (1 if match[2] == "px" else 16)
    if not 12 <= pixels <= 28:
        return None
    return offer(
        node,
        [f"font-size: {pixels + d:.1f}px;" for d in (0.2, -0.2, 0.3, 0.4)],
        [(n, f"font-size: {p:.1f}px;", "Text is too small to read.") for n, p in ((2, 8.2), (2, 7.4), (3, 6.1))],
        region,
        worth=prominence(node, region),
    )


def _near(value: str, name: str) -> tuple[int, ...]:
    """Margins close to the declared one, in pixels; for a gap, which is not a margin, close to none."""
    parts = value.split()
    own = parts[0] if name == "margin-top" or len(parts) < 3 else parts[2]
    match = _PIXELS.match(own)
    base = 0 if name == "gap" or match is None else round(float(match[1]) * (1 if match[2] == "px" else 16))
    return base + 1, base + 2, base + 3, base + 4


VISUAL = (
    Mutator("text-colour", "visual", "style", ("declaration",), ("visual", "accessibility"), 1.6, text_colour),
    Mutator("ground-colour", "visual", "style", ("declaration",), ("visual", "accessibility"), 1.3, ground_colour),
    Mutator("out-of-window", "visual", "style", ("declaration",), ("visual",), 1.4, out_of_window),
    Mutator("pulled-together", "visual", "style", ("declaration",), ("visual", "function"), 1.2, pulled_together),
    Mutator("cut-off", "visual", "style", ("declaration",), ("visual", "function"), 1.1, cut_off),
    Mutator("displaced", "visual", "style", ("declaration",), ("visual", "function"), 1.0, displaced),
    Mutator("tiny-text", "visual", "style", ("declaration",), ("visual",), 1.1, tiny_text),
    Mutator("tight-lines", "visual", "style", ("declaration",), ("visual",), 0.5, tight_lines),
)
