"""Colours as CSS writes them, and their contrast."""

import re

from tasks.augment.mutators.mutator import Page

Rgb = tuple[float, float, float]
"""sRGB, each in [0, 1]."""

_NAMED = {
    "white": "#fff",
    "black": "#000",
    "red": "#f00",
    "blue": "#00f",
    "green": "#008000",
    "gray": "#808080",
    "grey": "#808080",
    "navy": "#000080",
    "teal": "#008080",
    "silver": "#c0c0c0",
    "orange": "#ffa500",
    "purple": "#800080",
    "maroon": "#800000",
    "gold": "#ffd700",
    "crimson": "#dc143c",
    "tomato": "#ff6347",
}
_GREYS = (
    *("#333", "#444", "#555", "#666", "#777", "#888", "#999", "#aaa", "#bbb", "#ccc", "#ddd", "#e5e5e5", "#eee"),
    *("#374151", "#4b5563", "#6b7280", "#9ca3af", "#d1d5db", "#e5e7eb", "#334155", "#475569", "#64748b", "#94a3b8"),
    *("#cbd5e1", "#e2e8f0", "#57534e", "#78716c", "#a8a29e", "#d6d3d1", "#e7e5e4", "#6c757d", "#adb5bd", "#ced4da"),
    *("#5f6368", "#80868b", "#9aa0a6", "#bdc1c6", "#dadce0", "#2d3748", "#1f2937", "#1e293b", "#27272a", "#222"),
)
"""Greys of the usual palettes and shorthands (Tailwind CSS, Bootstrap, Material)."""
_COLOURED = 0.3
"""Spread of the channels from which a colour is no grey."""
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})$", re.I)
_RGB = re.compile(r"rgb\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)\s*\)$", re.I)
_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)")


def read_colour(text: str, variables: dict[str, str] | None = None) -> Rgb | None:
    """A colour from its CSS spelling; None for what is not opaque and plain (gradients, alpha, `currentColor`)."""
    text = text.strip()
    text = _NAMED.get(text.lower(), text)
    if match := _VARIABLE.match(text):
        value = (variables or {}).get(match[1], "")
        return read_colour(value) if value and not value.startswith("var") else None
    if match := _HEX.match(text):
        digits = match[1] if len(match[1]) == 6 else "".join(c * 2 for c in match[1])
        return int(digits[:2], 16) / 255, int(digits[2:4], 16) / 255, int(digits[4:], 16) / 255
    if match := _RGB.match(text):
        r, g, b = (min(int(part), 255) / 255 for part in match.groups())
        return r, g, b
    return None


def write_colour(colour: Rgb) -> str:
    """Six hex digits."""
    return "#" + "".join(f"{round(max(0.0, min(1.0, part)) * 255):02x}" for part in colour)


def luminance(colour: Rgb) -> float:
    """Relative luminance, WCAG 2.2."""
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: Rgb, b: Rgb) -> float:
    """Contrast ratio, 1 to 21, WCAG 2.2."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def legible(colour: Rgb, ground: Rgb) -> bool:
    """Whether text of that colour on that ground meets WCAG 2.2's minimum for small text."""
    return contrast(colour, ground) >= 4.5


def blend(colour: Rgb, towards: Rgb, share: float) -> Rgb:
    """A colour part of the way to another."""
    r, g, b = (a + (c - a) * share for a, c in zip(colour, towards, strict=True))
    return r, g, b


def nearing(colour: Rgb, ground: Rgb, ratio: float) -> Rgb:
    """The colour moved towards the ground until their contrast is `ratio`."""
    low, high = 0.0, 1.0
    for _ in range(24):
        middle = (low + high) / 2
        low, high = (middle, high) if contrast(blend(colour, ground, middle), ground) > ratio else (low, middle)
    return blend(colour, ground, low)


def faint(colour: Rgb, ground: Rgb, ratio: float) -> str:
    """A colour as people write it that has about this contrast with the ground: the usual grey that is nearest, or a
    tint of the colour where that is no grey or no usual grey comes near."""
    tint = nearing(colour, ground, ratio)

    def off(grey: str) -> float:
        found = read_colour(grey) or tint
        return abs(contrast(found, ground) - ratio) / ratio + sum(abs(a - b) for a, b in zip(found, tint, strict=True))

    best = min(_GREYS, key=off)
    return best if max(tint) - min(tint) < _COLOURED and off(best) < 0.45 else write_colour(tint)


def likely_ground(text: Rgb, declared: str | None, page: Page) -> Rgb | None:
    """What a text probably stands on: its rule's own background, else the page's, else white or near black if that is
    legible."""
    own = read_colour(declared, page.variables) if declared else None
    if declared and own is None:
        return None
    for ground in (own, page.ground, (1.0, 1.0, 1.0), (0.06, 0.07, 0.1)):
        if ground is not None and contrast(text, ground) >= 3:
            return ground
    return None
