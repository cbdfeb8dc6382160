"""Sites and mutators: what they promise of every edit, on two real pages and on hostile input."""

import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.augment.find import MAX_SITES, MUTATORS, find_sites
from tasks.augment.mutators.colour import contrast, nearing, read_colour, write_colour
from tasks.augment.site import Site, edited
from tasks.augment.syntax import read_regions
from tasks.diagnose.crosscheck import check
from tasks.diagnose.lookup import look
from tasks.diagnose.page import read
from tasks.model.offline.archetype import draw_brief, render, slugs
from tasks.record import FAMILIES, Program
from tests.augment.styled import REAL, program_of


def page(name: str) -> Program:
    return program_of(name)[0]


SITES = {name: find_sites(page(name), 1) for name in ("reflex", "splitter")}


def test_at_least_four_mutators_a_family_and_each_says_what_it_does_to_a_person():
    for family in FAMILIES:
        assert sum(mutator.family == family for mutator in MUTATORS) >= 4
    assert len({mutator.name for mutator in MUTATORS}) == len(MUTATORS) >= 80
    assert all(mutator.look.__doc__ for mutator in MUTATORS)


@pytest.mark.parametrize("name", SITES)
def test_a_page_offers_sites_of_every_family_in_turn(name: str):
    sites = SITES[name]
    assert {site.family for site in sites[:4]} == set(FAMILIES)
    assert len(sites) <= MAX_SITES
    for site in sites:
        texts = [variant.text for variant in site.variants]
        assert len({site.before, *texts}) == len(texts) + 1 >= 2
        source = page(name).text(site.file)
        assert source is not None
        assert source.encode()[site.start : site.end].decode() == site.before
        assert source.encode()[: site.start].count(b"\n") + 1 == site.line


@pytest.mark.parametrize("name", SITES)
def test_sites_do_not_overlap_and_depend_on_the_seed_alone(name: str):
    sites = SITES[name]
    assert not any(a.overlaps(b) for i, a in enumerate(sites) for b in sites[:i])
    assert find_sites(page(name), 1) == sites
    assert find_sites(page(name), 2) != sites
    assert Site.model_validate_json(sites[0].model_dump_json()) == sites[0]


@pytest.mark.parametrize("name", SITES)
def test_no_single_edit_leaves_invalid_syntax(name: str):
    whole = [(r.file, r.tongue) for r in read_regions(page(name))]
    for site in SITES[name]:
        for v, variant in enumerate(site.variants):
            changed = edited(page(name), [site.edit(v)])
            assert [(r.file, r.tongue) for r in read_regions(changed)] == whole, (site.mutator, variant.text)


def test_no_edit_of_markup_is_an_error_to_what_looks_across_the_languages():
    for slug in slugs()[::2]:
        program = Program.of(render(draw_brief(Random(3), slug)).items())
        sites = find_sites(program, 3)
        one_each = {site.mutator: i for i, site in enumerate(sites) if site.file.endswith(".html")}
        for i in one_each.values():
            site = sites[i]
            for v, variant in enumerate(site.variants):
                changed = edited(program, [site.edit(v)])
                page = read(changed)
                errors = [found for found in check(changed, page, look(page)) if found.severity == "error"]
                assert not errors, (slug, site.mutator, variant.text, errors[0].message)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), name=st.sampled_from(sorted(SITES)))
def test_edits_at_many_sites_stay_valid_and_touch_nothing_else(data: st.DataObject, name: str):
    sites, program = SITES[name], page(name)
    chosen = data.draw(st.lists(st.integers(0, len(sites) - 1), unique=True, min_size=1, max_size=12))
    edits = [sites[i].edit(data.draw(st.integers(0, len(sites[i].variants) - 1))) for i in chosen]
    changed = edited(program, edits)
    assert len(read_regions(changed)) == len(read_regions(program))
    assert edited(program, reversed(edits)) == changed
    restored = {file.filename: file.content.encode() for file in changed.files}
    for edit in sorted(edits, key=lambda edit: edit.start):  # each is first undone, so that the next one stands right
        text = restored[edit.file]
        assert text[edit.start :].startswith(edit.after.encode())
        restored[edit.file] = text[: edit.start] + edit.before.encode() + text[edit.start + len(edit.after.encode()) :]
    assert Program.of((name, text.decode()) for name, text in restored.items()) == program


def test_seven_pages_of_a_real_model_offer_many_sites_of_many_kinds():
    for name in REAL:
        sites = find_sites(page(name), 1)
        assert len(sites) >= 25, name
        assert len({site.mutator for site in sites}) >= 12, name


WRITTEN = {
    "typescript": "const n: number = 3; interface A { b: string } function f<T>(x: T): T { return x as T; }",
    "broken": "function ( { if ( ]]",
    "minified": ";".join(f"a{i}=b{i}<c{i}?f(a{i}+=1):g(!0)" for i in range(9000)),
    "nul": "let a = '\x00'; \u2028 a += 1;",
    "deep": "(" * 3000 + "1" + ")" * 3000,
}


@pytest.mark.parametrize("kind", WRITTEN)
def test_hostile_scripts_give_sites_or_none_within_seconds(kind: str):
    program = Program.of([("index.html", "<p>x</p><canvas></canvas>"), ("script.js", WRITTEN[kind])])
    started = time.process_time()
    sites = find_sites(program, 3)
    assert time.process_time() - started < 6
    assert kind in ("minified", "nul") or not any(site.file == "script.js" for site in sites)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=200))
def test_any_text_at_all_is_looked_at_without_an_error(html: str, css: str, js: str):
    program = Program.of([("index.html", html), ("style.css", css), ("script.js", js)])
    for i, site in enumerate(find_sites(program, 0)):
        edited(program, [site.edit(i % len(site.variants))])


def test_offsets_hold_beside_letters_of_many_bytes():
    program = Program.of(
        [("index.html", "<title>Grüße aus Zürich</title><script>let ß='日本';let n=0;function f(){n+=1;}</script>")]
    )
    sites = find_sites(program, 0)
    assert {site.mutator for site in sites} >= {"step-size"}
    for site in sites:
        text = edited(program, [site.edit(0)]).files[0].content
        assert site.variants[0].text in text and "日本" in text


@settings(max_examples=60)
@given(st.integers(0, 2**24 - 1), st.integers(0, 2**24 - 1), st.floats(1.2, 4))
def test_a_colour_is_brought_to_the_contrast_that_was_asked_for(a: int, b: int, ratio: float):
    text, ground = read_colour(f"#{a:06x}"), read_colour(f"#{b:06x}")
    assert text is not None and ground is not None
    assert read_colour(write_colour(text)) == text
    if contrast(text, ground) > ratio:
        assert contrast(nearing(text, ground, ratio), ground) == pytest.approx(ratio, abs=0.05)


def test_checks_of_the_stored_pages_are_wellformed():
    assert all(len(program_of(name)[1]) >= 6 for name in SITES)


def test_a_shuffled_page_order_does_not_change_a_program():
    files = [(f.filename, f.content) for f in page("splitter").files]
    Random(1).shuffle(files)
    assert find_sites(Program.of(files), 1) == SITES["splitter"]
