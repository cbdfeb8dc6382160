"""Palettes, themes and titles of the offline model."""

import re
from dataclasses import asdict
from itertools import pairwise

import pytest

from tasks.model.offline.archetype import archetype, draw_brief, rng_of, slugs
from tasks.model.offline.flavour import ROLES, Palette, find_setting, find_theme, lexicon, palettes, themes

TEXT_PAIRS = [
    ("ink", "bg"),
    ("ink", "surface"),
    ("muted", "bg"),
    ("muted", "surface"),
    ("accent_ink", "accent"),
    ("good", "surface"),
    ("bad", "surface"),
]


def luminance(colour: str) -> float:
    """WCAG 2.2's relative luminance of `#rrggbb`."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("palette", palettes(), ids=lambda palette: palette.name)
def test_every_text_pair_of_a_palette_is_readable(palette: Palette) -> None:
    colours = asdict(palette)
    assert all(re.fullmatch(r"#[0-9a-f]{6}", colours[role]) for role in ROLES)
    for text, ground in TEXT_PAIRS:
        dark, light = sorted((luminance(colours[text]), luminance(colours[ground])))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{text} on {ground}"


def test_there_are_light_and_dark_palettes_enough() -> None:
    schemes = [palette.scheme for palette in palettes()]
    assert len(schemes) >= 16
    assert min(schemes.count("light"), schemes.count("dark")) >= 5


def test_themes_have_things_enough_and_words_of_their_own() -> None:
    words = sorted(word for theme in themes().values() for word in theme.words)
    assert all(a != b for a, b in pairwise(words))
    for theme in themes().values():
        assert len(set(theme.items)) >= 16, theme.name
        assert all(item == item.title() or "-" in item for item in theme.items), theme.name


def test_a_title_and_its_setting_can_be_read_back_from_a_statement() -> None:
    slug = slugs()[0]
    for seed in range(300):
        brief = draw_brief(rng_of("read back", str(seed)), slug)
        statement = f"Build it well. It has 2.5 parts.\n{brief.setting}"
        assert find_setting(statement) == brief.setting
        theme = find_theme(brief.title, "")
        assert any(word in brief.title for word in theme.words)
        assert brief.title.endswith(archetype(slug).nouns)


def test_the_lexicon_repeats_nothing() -> None:
    for words in asdict(lexicon()).values():
        assert len(set(words)) == len(words)
