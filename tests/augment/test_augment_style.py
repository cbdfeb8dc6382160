"""Mutators of style sheets: what they write, that it stays valid, and that the browser sees the worst of each."""

import asyncio
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.augment.mutators.style import read_page
from tasks.augment.site import Site, edited
from tasks.augment.syntax import read_regions
from tasks.record import Program, RenderOrder
from tasks.render.pool import RenderPool
from tasks.settings import Settings
from tests.augment.styled import NAMES, STYLE, offers, program_of

MARKUP = '<main class="page"><div class="panel"><p class="hint">text</p><button>go</button><canvas></canvas></div></main>'


def sites_of(css: str, mutator: str) -> list[Site]:
    program = Program.of([("index.html", MARKUP), ("style.css", css)])
    return [site for _, site in offers(program) if site.mutator == mutator]


def texts(css: str, mutator: str) -> list[str]:
    """What the sheet becomes by each variant of the mutator's only site in it."""
    program = Program.of([("index.html", MARKUP), ("style.css", css)])
    (site,) = sites_of(css, mutator)
    return [edited(program, [site.edit(v)]).text("style.css") or "" for v in range(len(site.variants))]


@pytest.mark.parametrize("name", NAMES)
def test_every_variant_stays_valid_and_changes_nothing_outside_its_span(name: str):
    program, _ = program_of(name)
    whole = [(region.file, region.tongue) for region in read_regions(program)]
    found = [site for _, site in offers(program)]
    assert len({site.mutator for site in found}) >= 15
    assert [site for _, site in offers(program)] == found
    rng = Random(name)
    for site in found:
        clean = (program.text(site.file) or "").encode()
        assert clean[site.start : site.end].decode() == site.before
        strengths = [variant.strength for variant in site.variants]
        assert strengths == sorted(strengths)
        assert all(variant.note.endswith(".") for variant in site.variants)
        v = rng.randrange(len(site.variants))
        changed = edited(program, [site.edit(v)])
        assert [(region.file, region.tongue) for region in read_regions(changed)] == whole, site
        text = (changed.text(site.file) or "").encode()
        assert text.startswith(clean[: site.start]) and text.endswith(clean[site.end :])


def test_there_are_at_least_22_kinds_and_each_says_what_it_does():
    assert len({mutator.name for mutator in STYLE}) == len(STYLE) >= 22
    assert all(mutator.look.__doc__ for mutator in STYLE)


INK = "body {\n  margin: 0;\n  background: #fff;\n  color: #222;\n}\n"
EXAMPLES = {
    "text-colour": (".hint { color: #333 }", [".hint { color: #888 }", ".hint { color: #aaa }", ".hint { color: #ccc }"]),
}


@pytest.mark.parametrize("mutator", EXAMPLES)
def test_what_a_mutator_writes(mutator: str):
    css, wanted = EXAMPLES[mutator]
    assert texts(css, mutator) == wanted


def test_every_mutator_has_an_example():
    assert set(EXAMPLES) == {mutator.name for mutator in STYLE}
