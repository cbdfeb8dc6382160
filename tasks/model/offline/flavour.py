"""What makes two pages of one archetype different: a theme, a palette, type, a title and a setting."""

import random
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent

ROLES = ("bg", "surface", "ink", "muted", "line", "accent", "accent_ink", "accent2", "good", "bad")

# Each stack ends in faces that a bare Linux machine has: Liberation, then DejaVu.
SANS = '"Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif'
HUMANIST = '"Gill Sans", "Trebuchet MS", Verdana, "DejaVu Sans", sans-serif'
SERIF = 'Georgia, Cambria, "Times New Roman", "Liberation Serif", serif'
BOOK = '"Iowan Old Style", "Palatino Linotype", Palatino, "TeX Gyre Pagella", "DejaVu Serif", serif'
NARROW = '"Avenir Next Condensed", "Arial Narrow", "Liberation Sans Narrow", "DejaVu Sans Condensed", sans-serif'
MONO = 'ui-monospace, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace'

PAIRINGS = (
    (SANS, SANS),
    (SANS, SERIF),
    (SANS, NARROW),
    (SANS, BOOK),
    (SANS, MONO),
    (SANS, HUMANIST),
    (SERIF, SERIF),
    (SERIF, SANS),
    (BOOK, NARROW),
    (HUMANIST, BOOK),
)
"""(body, headings)"""

_SETTING = re.compile(r"The page is made for (?P<mood>[^.,]{3,60}?) at (?P<place>[^.,]{3,80})\.")


@dataclass(frozen=True)
class Palette:
    """Colours by role, `#rrggbb`; every text pair has at least WCAG's 4.5:1."""

    name: str
    scheme: str
    """`light` or `dark`."""
    bg: str
    surface: str
    ink: str
    muted: str
    line: str
    accent: str
    accent_ink: str
    accent2: str
    good: str
    bad: str


@dataclass(frozen=True)
class Theme:
    """A world to be in: words for titles, things, deeds, places."""

    name: str
    words: tuple[str, ...]
    places: tuple[str, ...]
    items: tuple[str, ...]
    verbs: tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """Words that any page may use."""

    people: tuple[str, ...]
    leads: tuple[str, ...]
    """First words of titles."""
    towns: tuple[str, ...]
    moods: tuple[str, ...]
    """Occasions, to go after 'for'."""


@dataclass(frozen=True)
class Flavour:
    """All that `draw` and the templates of an archetype may use of one page's character."""

    theme: str
    items: tuple[str, ...]
    people: tuple[str, ...]
    verbs: tuple[str, ...]
    place: str
    mood: str
    palette: Palette
    font: str
    display: str
    radius: int
    shadow: str


@cache
def themes() -> dict[str, Theme]:
    """All themes by name, in the file's order."""
    data = tomllib.loads((HERE / "themes.toml").read_text("utf-8"))
    return {name: Theme(name, **{key: tuple(words) for key, words in body.items()}) for name, body in data.items()}


@cache
def lexicon() -> Lexicon:
    """The words that no theme owns."""
    data = tomllib.loads((HERE / "lexicon.toml").read_text("utf-8"))
    return Lexicon(**{key: tuple(words) for key, words in data.items()})


@cache
def palettes() -> tuple[Palette, ...]:
    """All palettes, in the file's order."""
    data = tomllib.loads((HERE / "palettes.toml").read_text("utf-8"))
    return tuple(Palette(name=name, **body) for name, body in data.items())


def name_page(rng: random.Random, nouns: tuple[str, ...]) -> tuple[str, str]:
    """A title that ends in one of the nouns, and the sentence that says where the page is at home."""
    theme = rng.choice(list(themes().values()))
    word = rng.choice(theme.words)
    leads = [lead for lead in lexicon().leads if lead[:4] != word[:4]]
    lead = rng.choice(leads) if rng.random() < 0.7 else f"{rng.choice(lexicon().people)}'s"
    title = f"{lead} {word} {rng.choice(nouns)}"
    place, town = rng.choice(theme.places), rng.choice(lexicon().towns)
    return title, setting_of(rng.choice(lexicon().moods), place, town)


def setting_of(mood: str, place: str, town: str) -> str:
    """The sentence that says where a page is at home."""
    return f"The page is made for {mood} at {place} in {town}."


def find_setting(text: str) -> str | None:
    """The setting sentence in a statement, white space evened; None if it has none."""
    found = _SETTING.search(" ".join(text.split()))
    return found.group(0) if found else None


def find_theme(title: str, text: str) -> Theme:
    """The theme that a title names; else the one whose words and things the text uses most."""
    for theme in themes().values():
        if any(re.search(rf"\b{re.escape(word)}\b", title) for word in theme.words):
            return theme
    lowered = text.lower()
    return max(themes().values(), key=lambda theme: sum(lowered.count(w.lower()) for w in theme.words + theme.items))


def flavour_of(rng: random.Random, theme: Theme, setting: str) -> Flavour:
    """The character of one page of the theme; place and mood as the setting says, if it does."""
    told = _SETTING.fullmatch(setting)
    palette = rng.choice(palettes())
    font, display = rng.choice(PAIRINGS)
    depth = rng.choice((0.08, 0.12, 0.18)) * (2.5 if palette.scheme == "dark" else 1)
    shadow = rng.choice((f"0 1px 3px rgba(0, 0, 0, {depth:.2g})", f"0 6px 20px rgba(0, 0, 0, {depth:.2g})", "none"))
    return Flavour(
        theme=theme.name,
        items=theme.items,
        people=tuple(rng.sample(lexicon().people, 16)),
        verbs=theme.verbs,
        place=told["place"] if told else f"{theme.places[0]} in {rng.choice(lexicon().towns)}",
        mood=told["mood"] if told else rng.choice(lexicon().moods),
        palette=palette,
        font=font,
        display=display,
        radius=rng.choice((0, 4, 8, 12, 18)),
        shadow=shadow,
    )
