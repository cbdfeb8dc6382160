"""Small ladders of the product's construction, and made-up ones whose order only what is planted tells."""

import random
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from evals.ladders import Quad, Rung
from tasks.augment.site import edited
from tasks.bundle import bundle
from tasks.record import FAMILIES, Edit, Ladder, Neighbour, Program, Ranked, Seal, Version, task_id_of
from tasks.seal.keys import provisional
from tasks.seal.page import seal
from tasks.shard.write import write_shard
from tests.shard.specimens import RUN, USAGE, WORDS, candidate, problem, rejected, render

QS = (0.95, 0.8, 0.65, 0.5)
BASES = 6
"""Kinds of page, each with a vocabulary of its own."""
LINKS = '<link rel="stylesheet" href="style.css"><script src="script.js" defer></script>'
_FAMILIES = ("performance", "function", "visual", "accessibility")

SITES: tuple[tuple[str, str, str, list[str]], ...] = (
    ("late", "script.js", "40", ["40", "160", "380", "900"]),
    ("deaf", "script.js", "'click'", ["'click'", "'mouseup'", "'dblclick'", "'auxclick'"]),
    ("faint", "style.css", "#222", ["#222", "#777", "#aaa", "#ddd"]),
    ("tiny", "style.css", "18px", ["18px", "13px", "9px", "4px"]),
)
"""Mutator, file, the text at the site, and what stands there in ranks 0 to 3; rank 0 is the clean program."""


def original(index: int) -> Program:
    rng, words = random.Random(f"page {index}"), _vocabulary(index)
    calls = "\n".join(f"  {a}.{b}('{c}');" for a, b, c in (rng.sample(words, 3) for _ in range(60)))
    script = (
        f"function answer(event) {{\n{calls}\n}}\nbutton.addEventListener('click', answer);\nsetTimeout(answer, 40);\n"
    )
    return Program.of(
        [
            ("index.html", f"<!doctype html><title>{' '.join(words)}</title>{LINKS}<main><button>go</button></main>"),
            ("style.css", "main { color: #222; }\np { font-size: 18px; }\n"),
            ("script.js", script),
        ]
    )


def edits_of(page: Program, rank: int) -> tuple[Edit, ...]:
    edits = []
    for number, (mutator, file, before, texts) in enumerate(SITES if rank else ()):
        source = page.text(file) or ""
        start = source.index(before)
        edits.append(
            Edit(
                mutator=mutator,
                family=_FAMILIES[number],
                file=file,
                line=source.count("\n", 0, start) + 1,
                start=len(source[:start].encode()),
                before=before,
                after=texts[rank],
                strength=rank,
                note="It gets worse.",
            )
        )
    return tuple(sorted(edits, key=lambda edit: (edit.file, edit.start)))


@cache
def sealed_of(index: int) -> tuple[Seal, tuple[str, ...]]:
    """The seal of a ladder, and its four sealed pages, best first."""
    page = original(index)
    made = seal([bundle(edited(page, edits_of(page, rank))) for rank in range(4)])
    return made, tuple(provisional(made, rank, index) for rank in range(4))


def made(index: int, *, qs: Sequence[float] = QS) -> Ranked:
    page, posed = original(index), problem(index)
    ids = random.Random(f"ids {index}")
    template, pages = sealed_of(index)
    versions = []
    for rank, q in enumerate(qs):
        program = edited(page, edits_of(page, rank))
        versions.append(
            Version(
                completion_id=f"{ids.getrandbits(64):016x}",
                rank=rank,
                program=program,
                edits=edits_of(page, rank),
                natural=render(program, q),
                render=render(Program.of([("index.html", pages[rank])]), q),
            )
        )
    a, b, c, d = versions
    return Ranked(
        task_id=task_id_of(posed, page),
        candidate=candidate(index),
        problem=posed,
        program=page,
        clean=render(page, 1.0).quality,
        ladder=Ladder(versions=(a, b, c, d), seal=template, renders=10 + index),
        usage=USAGE,
        rounds=0,
        nearest=Neighbour(task_id="other", similarity=0.5),
    )


def quad(index: int, *, qs: Sequence[float] = QS) -> Quad:
    """A ladder as an eval reads it."""
    task = made(index, qs=qs)
    rungs = [
        Rung(
            completion_id=version.completion_id,
            sealed=page,
            program=version.program,
            rank=version.rank,
            q=version.render.quality.q,
            parts={family: getattr(version.render.quality, family) for family in FAMILIES},
            edits=version.edits,
        )
        for version, page in zip(task.ladder.versions, sealed_of(index)[1], strict=True)
    ]
    random.Random(f"order {index}").shuffle(rungs)
    return Quad(task.task_id, RUN.run_id, task.problem, task.program, tuple(rungs), USAGE.completion_tokens)


def dataset_of(folder: Path, ladders: int, *, lost: int = 0) -> str:
    """A dataset with so many ladders, and so many clean programs that none could be made of."""
    gone = [
        rejected(100 + index).model_copy(update={"stage": "augment", "reason": "too few sites"})
        for index in range(lost)
    ]
    write_shard(str(folder), "made-0000", RUN, [made(index) for index in range(ladders)], gone, folder)
    return str(folder)


def planted(index: int, write: Callable[[int, random.Random], tuple[str, str, str]]) -> Quad:
    """Four programs whose order only what `write` puts in can tell: it gets a rank, and gives markup, style and
    script."""
    rng = random.Random(f"planted {index}")
    words = _vocabulary(index)
    base = "\n".join(f"{a}.{b}('{c}');" for a, b, c in (rng.sample(words, 3) for _ in range(40)))
    rungs = []
    for rank in rng.sample(range(4), 4):
        markup, style, script = write(rank, random.Random(f"planted {index}"))
        files = [
            ("index.html", f"<main><p>{' '.join(words)}</p>{markup}</main>"),
            ("style.css", f"main {{ color: red; }}\n{style}"),
            ("script.js", f"{base}\n{script}\n"),
        ]
        rungs.append(
            Rung(
                completion_id=f"{rng.getrandbits(64):016x}",
                sealed="",
                program=Program.of(files),
                rank=rank,
                q=QS[rank],
                parts=dict.fromkeys(FAMILIES, QS[rank]),
                edits=_whole(script, base, index),
            )
        )
    return Quad(f"{index}", RUN.run_id, problem(index), rungs[0].program, tuple(rungs), 0)


def _vocabulary(index: int) -> list[str]:
    each = len(WORDS) // BASES
    return WORDS[index % BASES * each :][:each]


def _whole(script: str, base: str, index: int) -> tuple[Edit, ...]:
    """The planted script as an edit, of one of three mutators by turns."""
    if not script:
        return ()
    return (
        Edit(
            mutator=f"planted-{index % 3}",
            family="function",
            file="script.js",
            line=41,
            start=len(base) + 1,
            before="",
            after=script,
            strength=1,
            note="It gets worse.",
        ),
    )
