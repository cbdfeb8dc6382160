"""Mutators of style sheets: what they write, that it stays valid, and that the browser sees the worst of each."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.augment.mutators.page import read_page
from tasks.augment.site import Site, edited
from tasks.augment.syntax import read_regions
from tasks.record import Program, RenderOrder
from tasks.render.pool import RenderPool
from tasks.settings import Settings
from tests.augment.styled import NAMES, STYLE, offers, program_of

MARKUP = (
    '<main class="page"><div class="panel"><p class="hint">text</p><button>go</button><canvas></canvas></div></main>'
)


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
    found = [site for _, site in offers(program)]
    assert len({site.mutator for site in found}) >= 15
    assert [site for _, site in offers(program)] == found
    whole = {f.filename: len(read_regions(Program.of([(f.filename, f.content)]))) for f in program.files}
    for site in found:
        clean = program.text(site.file) or ""
        assert clean.encode()[site.start : site.end].decode() == site.before
        strengths = [variant.strength for variant in site.variants]
        assert strengths == sorted(strengths)
        assert all(variant.note.endswith(".") for variant in site.variants)
        for v in range(len(site.variants)):
            (changed,) = edited(Program.of([(site.file, clean)]), [site.edit(v)]).files
            assert len(read_regions(Program.of([(site.file, changed.content)]))) == whole[site.file], site.edit(v)
            text = changed.content.encode()
            assert text.startswith(clean.encode()[: site.start]) and text.endswith(clean.encode()[site.end :])


def test_there_are_many_kinds_and_each_says_what_it_does():
    assert len({mutator.name for mutator in STYLE}) == len(STYLE) >= 25
    assert all(mutator.look.__doc__ for mutator in STYLE)


EXAMPLES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "text-colour": (".hint { color: #333 }", "#333", ("#888", "#adb5bd", "#dadce0")),
    "wrong-token": (
        ":root {\n  --ink: #222;\n  --line: #ddd;\n}\n.hint {\n  color: var(--ink);\n}\n",
        "var(--ink)",
        ("var(--line)",),
    ),
    "ground-colour": ("button{background:#8a2f4b;color:#fff}", "#8a2f4b", ("#999", "#adb5bd", "#ddd")),
    "lost-ground": ("button {\n  background: #8a2f4b;\n  color: #fff;\n}\n", "  background: #8a2f4b;\n", ("",)),
    "lost-colour": (".panel { background: #1a2547; color: #fff; }", " color: #fff;", ("",)),
    "faded": (
        ".hint {\n    font-weight: 600;\n}\n",
        "",
        ("\n    opacity: 0.5;", "\n    opacity: 0.35;", "\n    opacity: 0.2;"),
    ),
    "tiny-text": (".hint { font: 0.9rem/1.4 serif; }", "0.9rem/1.4 serif", ("0.5rem/1.4 serif", "0.375rem/1.4 serif")),
    "narrowed": (".panel { max-width: 40rem; }", "40rem", ("15rem", "10rem", "5rem")),
    "out-of-window": (
        ".panel { max-width: 640px }",
        "max-width: 640px",
        ("width: 1120px", "width: 1280px", "width: 1600px"),
    ),
    "pulled-together": (".panel { margin: 0 1rem; }", "0 1rem", ("0 1rem -24px", "0 1rem -40px", "0 1rem -80px")),
    "displaced": (
        "p {\n\tfont-size: 14px\n}\n",
        "",
        (
            ";\n\tposition: relative;\n\ttop: 24px",
            ";\n\tposition: relative;\n\ttop: 40px",
            ";\n\tposition: relative;\n\ttop: -60px",
        ),
    ),
    "one-line": (
        ".hint {\n  color: #333;\n}\n",
        "",
        (
            "\n  white-space: nowrap;",
            "\n  max-width: 180px;\n  white-space: nowrap;\n  overflow: hidden;\n  text-overflow: ellipsis;",
            "\n  max-width: 80px;\n  white-space: nowrap;\n  overflow: hidden;\n  text-overflow: ellipsis;",
        ),
    ),
    "pinned": (
        ".panel { padding: 8px; }",
        "",
        (
            " position: fixed; bottom: 0;",
            " position: fixed; top: 0;",
            " position: fixed; top: 0; left: 0; width: 100%;",
        ),
    ),
    "out-of-flow": (".panel { padding: 8px; }", "", (" position: absolute;", " position: absolute; top: 0; left: 0;")),
    "behind": (".panel { padding: 8px; }", "", (" position: relative; z-index: -1;",)),
    "grid-columns": (
        ".page { grid-template-columns: 2fr 1fr; }",
        "2fr 1fr",
        ("repeat(2, 600px)", "repeat(2, 60px)", "repeat(2, 1000px)"),
    ),
    "lost-areas": (
        '.page { display: grid; grid-template: "a b" auto / 1fr 2fr; }',
        ' grid-template: "a b" auto / 1fr 2fr;',
        ("",),
    ),
    "shown-to-all": (".sr-only {\n  position: absolute;\n  width: 1px;\n}\n", "  position: absolute;\n", ("",)),
    "centred": (
        "body { margin: 0; }",
        "",
        (
            " display: flex; flex-direction: column; justify-content: center; height: 100vh;",
            " display: flex; flex-direction: column; justify-content: center; height: 80vh;",
            " display: flex; flex-direction: column; justify-content: center; height: 50vh;",
        ),
    ),
    "pushed-out": (
        ".panel { margin: 0 auto; }",
        "",
        (" margin-left: -120px;", " margin-left: -240px;", " margin-left: -480px;"),
    ),
    "fixed-width": ("canvas { width: 100%; }", "width: 100%", ("width: 1080px", "width: 1280px", "width: 1600px")),
    "least-width": (".panel { min-width: 12rem; }", "12rem", ("40rem", "70rem", "90rem")),
    "viewport-width": ("canvas { width: 100%; }", "width: 100%", ("width: 100vw", "width: 110vw", "width: 130vw")),
    "viewport-text": (".hint { font-size: 14px; }", "14px", ("0.8vw", "0.6vw")),
    "one-screen": (
        ".page { max-width: 960px; }",
        "",
        (" height: 100vh; overflow: hidden;", " height: 60vh; overflow: hidden;", " height: 40vh; overflow: hidden;"),
    ),
    "wide-columns": (
        ".page { grid-template-columns: minmax(0, 2fr) minmax(0, 1fr); }",
        "minmax(0, 2fr) minmax(0, 1fr)",
        (
            "minmax(540px, 2fr) minmax(540px, 1fr)",
            "minmax(650px, 2fr) minmax(650px, 1fr)",
            "minmax(850px, 2fr) minmax(850px, 1fr)",
        ),
    ),
    "stiff-item": (".panel { flex: 1 1 14rem; }", "1 1 14rem", ("0 0 720px", "0 0 1080px", "0 0 1440px")),
}
"""By mutator: a sheet, what stands at its only site there, and its variants."""


@pytest.mark.parametrize("mutator", EXAMPLES)
def test_what_a_mutator_writes(mutator: str):
    css, before, wanted = EXAMPLES[mutator]
    (site,) = sites_of(css, mutator)
    assert site.before == before
    assert tuple(variant.text for variant in site.variants) == wanted


def test_every_mutator_has_an_example():
    assert set(EXAMPLES) == {mutator.name for mutator in STYLE}


@pytest.mark.parametrize(
    ("css", "mutator", "worst"),
    [
        ("button{color:#fff;background:#245}", "lost-ground", "button{color:#fff;}"),
        ("button { color: #fff; background: #245 }", "lost-ground", "button { color: #fff; }"),
        ("p{font-size:14px;\r\n}\r\n", "tiny-text", "p{font-size:6px;\r\n}\r\n"),
        (
            "x{}\r\np {\r\n\tfont-size: 14px;\r\n}",
            "displaced",
            "x{}\r\np {\r\n\tfont-size: 14px;\r\n\tposition: relative;\r\n\ttop: -60px;\r\n}",
        ),
        (".hint { font-size: 14px !important; }", "faded", ".hint { font-size: 14px !important; opacity: 0.2; }"),
        (".hint { color: #333 !important; }", "text-colour", ".hint { color: #dadce0 !important; }"),
        (".panel{width:50%!important}", "fixed-width", ".panel{width:1600px!important}"),
    ],
)
def test_the_sheet_keeps_its_own_formatting(css: str, mutator: str, worst: str):
    assert texts(css, mutator)[-1] == worst


@pytest.mark.parametrize(
    ("css", "mutator"),
    [
        (".absent { color: #333; }", "text-colour"),
        ("p:hover { color: #333; }", "text-colour"),
        ("p { color: #888; }", "text-colour"),
        ("p {\n  font-size: 14px; /* small */\n}", "displaced"),
        ("button { background: #245; }", "lost-ground"),
        ("@media (max-width: 600px) { canvas { width: 50%; } }", "fixed-width"),
        (".page { grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); }", "grid-columns"),
    ],
)
def test_where_nothing_would_be_seen_or_written_well_nothing_is_offered(css: str, mutator: str):
    assert sites_of(css, mutator) == []


def test_style_elements_are_edited_in_their_page():
    html = f"<!doctype html><title>Größe</title><style>.hint {{ font-size: 14px }}</style>{MARKUP}"
    program = Program.of([("index.html", html)])
    (site,) = [site for _, site in offers(program) if site.mutator == "tiny-text"]
    assert edited(program, [site.edit(0)]).files[0].content == html.replace("14px", "8px")


def test_a_page_is_read_with_its_colours_and_texts():
    css = ":root { --ink: #123; } body { background: #eee; color: var(--ink); }"
    script = "addEventListener('keydown', press);"
    page = read_page(read_regions(Program.of([("index.html", MARKUP), ("style.css", css), ("script.js", script)])))
    assert page.text_variables == {"--ink"} and page.variables == {"--ink": "#123"}
    assert page.ground == pytest.approx((14 / 15,) * 3)
    assert page.listeners == {"press"}
    assert (page.markup, page.scripts) == (MARKUP, script)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="abp.#{};:0 -1px\n!%,()/*@\"'é", max_size=120))
def test_any_sheet_at_all_is_looked_at_without_an_error(css: str):
    program = Program.of([("index.html", MARKUP), ("style.css", css)])
    for _, site in offers(program):
        edited(program, [site.edit(0)])


SEEN: dict[str, tuple[str, str]] = {
    "text-colour": ("reflex", "visual"),
    "wrong-token": ("friday-night-physics", "visual"),
    "ground-colour": ("friday-night-physics", "visual"),
    "lost-ground": ("in-the-beginning-a-cosmic-year-calendar", "visual"),
    "lost-colour": ("last-light-cash-runway", "visual"),
    "faded": ("pagetrim-load-planner", "visual"),
    "tiny-text": ("pickpace-shuttle-loom-demonstrator", "visual"),
    "narrowed": ("tuition-jar", "visual"),
    "out-of-window": ("fireworks_stage", "visual"),
    "pulled-together": ("habit_timer", "visual"),
    "displaced": ("lights_grid", "visual"),
    "one-line": ("mixture_bench", "visual"),
    "pinned": ("orbit_scene", "visual"),
    "out-of-flow": ("pairs_game", "visual"),
    "behind": ("split_planner", "function"),
    "grid-columns": ("population_lab", "visual"),
    "lost-areas": ("split_planner", "visual"),
    "shown-to-all": ("tuition-jar", "visual"),
    "centred": ("splitter", "visual"),
    "pushed-out": ("friday-night-physics", "visual"),
    "fixed-width": ("pagetrim-load-planner", "visual"),
    "least-width": ("strait-watch-convoy-transit-animator", "visual"),
    "viewport-width": ("tuition-jar", "visual"),
    "viewport-text": ("fireworks_stage", "visual"),
    "one-screen": ("habit_timer", "visual"),
    "wide-columns": ("lights_grid", "visual"),
    "stiff-item": ("orbit_scene", "visual"),
}
"""By mutator: a page on which the strongest harm of one of its best three places shows, and the part that falls."""


async def test_the_browser_sees_the_strongest_harm_of_every_mutator(tmp_path: Path):
    assert set(SEEN) == {mutator.name for mutator in STYLE}
    setting = Settings()

    async def falls(pool: RenderPool, mutator: str, page: str, part: str) -> bool:
        program, checks = program_of(page)
        checks = checks if part == "function" else ()
        weighed = [pair for pair in offers(program) if pair[1].mutator == mutator]
        best = [site for _, site in sorted(weighed, key=lambda pair: (-pair[0], pair[1].start))[:3]]
        programs = [program, *(edited(program, [site.edit(len(site.variants) - 1)]) for site in best)]
        clean, *worse = await asyncio.gather(*(pool.render(RenderOrder(program=p, checks=checks)) for p in programs))
        return any(getattr(clean.quality, part) - getattr(one.quality, part) > 0.005 for one in worse)

    async with RenderPool(setting.render, setting.quality, tmp_path) as pool:
        fell = await asyncio.gather(*(falls(pool, mutator, *where) for mutator, where in SEEN.items()))
    assert [mutator for mutator, seen in zip(SEEN, fell, strict=True) if not seen] == []
