"""Small ladders of the product's construction, whole enough to be written as shards, read back and attacked."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

from evals.leaks.restore import Texts
from tasks.record import Edit, Ladder, Neighbour, Program, Ranked, Version, task_id_of
from tasks.shard.write import write_shard
from tests.shard.specimens import RUN, USAGE, WORDS, candidate, problem, rejected, render

QS = (0.95, 0.8, 0.65, 0.5)
_FAMILIES = ("performance", "function", "visual", "accessibility")


BASES = 6
"""Kinds of page, each with a vocabulary of its own."""


LINKS = '<link rel="stylesheet" href="style.css"><script src="script.js" defer></script>'


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


SITES: tuple[tuple[str, str, str, list[str]], ...] = (
    ("late", "script.js", "40", ["12", "160", "380", "900"]),
    ("deaf", "script.js", "'click'", ["'click'", "'mouseup'", "'dblclick'", "'auxclick'"]),
    ("faint", "style.css", "#222", ["#222", "#777", "#aaa", "#ddd"]),
    ("tiny", "style.css", "18px", ["18px", "13px", "9px", "4px"]),
)
"""Mutator, file, the text at the site, and what stands there in ranks 0 to 3."""


def edited(page: Program, rank: int, rng: random.Random, *, menus: bool) -> tuple[Program, tuple[Edit, ...]]:
    """The page with every site changed as in this rank; `rng` must be the same for all four."""
    edits = []
    for number, (mutator, file, before, texts) in enumerate(SITES):
        keys = rng.sample(range(4), 4)
        by_key = [text for _, text in sorted(zip(keys, texts, strict=True))]
        if not menus:
            after, menu = f"{texts[rank]}", ""
        elif file == "script.js":
            after, menu = f"MENU{number}[{keys[rank]}]", f"const MENU{number} = [{', '.join(by_key)}];\n"
        else:
            after = f"var(--menu{number}-{keys[rank]})"
            rules = "".join(f"  --menu{number}-{key}: {text};\n" for key, text in enumerate(by_key))
            menu = f":root {{\n{rules}}}\n"
        source = page.text(file) or ""
        line = source.split(before)[0].count("\n") + 1
        edits.append(
            Edit(
                mutator=mutator,
                family=_FAMILIES[number],
                file=file,
                line=line,
                before=before,
                after=after,
                means=texts[rank] if menus else "",
                menu=menu,
                strength=rank,
                note="It gets worse.",
            )
        )
    files = {file.filename: file.content for file in page.files}
    for edit in edits:
        files[edit.file] = files[edit.file].replace(edit.before, edit.after, 1)
    for edit in edits:
        files[edit.file] = edit.menu + files[edit.file]
    return Program.of(files.items()), tuple(edits)


def made(index: int, *, menus: bool = True, qs: Sequence[float] = QS) -> Ranked:
    page, posed = original(index), problem(index)
    ids = random.Random(f"ids {index}")
    versions = []
    for rank, q in enumerate(qs):
        program, edits = edited(page, rank, random.Random(f"keys {index}"), menus=menus)
        versions.append(
            Version(
                completion_id=f"{ids.getrandbits(64):016x}",
                rank=rank,
                program=program,
                edits=edits,
                render=render(program, q),
            )
        )
    a, b, c, d = versions
    return Ranked(
        task_id=task_id_of(posed, page),
        candidate=candidate(index),
        problem=posed,
        program=page,
        ladder=Ladder(versions=(a, b, c, d), spread=0.0, renders=10 + index),
        usage=USAGE,
        rounds=0,
        nearest=Neighbour(task_id="other", similarity=0.5),
    )


def dataset_of(folder: Path, ladders: int, *, menus: bool = True, lost: int = 0) -> str:
    """A dataset with so many ladders, and so many clean programs that none could be made of."""
    gone = [
        rejected(100 + index).model_copy(update={"stage": "augment", "reason": "too few sites"})
        for index in range(lost)
    ]
    tasks = [made(index, menus=menus) for index in range(ladders)]
    write_shard(str(folder), "made-0000", RUN, tasks, gone, folder)
    return str(folder)


def planted(index: int, write: Callable[[int, random.Random], tuple[str, str, str]]) -> Texts:
    """Four texts whose order only what `write` puts in can tell: it gets a rank, and gives markup, style and script."""
    rng = random.Random(f"planted {index}")
    words = _vocabulary(index)
    base = "\n".join(f"{a}.{b}('{c}');" for a, b, c in (rng.sample(words, 3) for _ in range(40)))
    ranks = rng.sample(range(4), 4)
    programs, edits = [], []
    for rank in ranks:
        markup, style, script = write(rank, random.Random(f"planted {index}"))
        files = [
            ("index.html", f"<main><p>{' '.join(words)}</p>{markup}</main>"),
            ("style.css", f"main {{ color: red; }}\n{style}"),
            ("script.js", f"{base}\n{script}\n"),
        ]
        programs.append(Program.of(files))
        edits.append(_whole(script, index))
    return Texts(
        task_id=f"{index}",
        programs=tuple(programs),
        ids=tuple(f"{rng.getrandbits(64):016x}" for _ in ranks),
        filenames=tuple(tuple(file.filename for file in program.files) for program in programs),
        ranks=tuple(ranks),
        edits=tuple(edits),
    )


def _vocabulary(index: int) -> list[str]:
    each = len(WORDS) // BASES
    return WORDS[index % BASES * each :][:each]


def _whole(script: str, index: int) -> tuple[Edit, ...]:
    """The planted script as an edit, of one of three mutators by turns."""
    if not script:
        return ()
    return (
        Edit(
            mutator=f"planted-{index % 3}",
            family="function",
            file="script.js",
            line=41,
            before="",
            after=script,
            strength=1,
            note="It gets worse.",
        ),
    )
