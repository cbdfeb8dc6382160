"""The control: the public predecessor's construction, made from the same base programs.

The original stays as the best version, and the worse ones are the original with harmful texts written out at some of
the sites that our versions differ at. Nothing of it is rendered: its order is presumed, as the predecessor presumes it.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from evals.ladders import Origin, Quad
from evals.leaks.menus import standing
from tasks.record import Edit, Program

Construction = Literal["rising", "single"]
"""`rising`: the original, then 1, 2 and 3 edits; `single`: the original, and three times one edit."""

_NEEDED = 3
"""Sites with a harmful text: as many edits as one version has, or as many versions with one."""
_KEYED = re.compile(r"[A-Za-z_$][\w$]*\[\d\]|var\(--[\w-]+-\d\)")
"""A reference to a menu that stands elsewhere."""
_LISTED = re.compile(r"\[.*\]\[\d\]", re.S)
"""A menu at the site itself, with its key."""


@dataclass(frozen=True)
class Texts:
    """Four programs as an attacker gets them, and what it is judged by."""

    task_id: str
    programs: tuple[Program, ...]
    ids: tuple[str, ...]
    filenames: tuple[tuple[str, ...], ...]
    """Of each program's files, in the order in which they were found."""
    ranks: tuple[int, ...]
    """Of the four, 0 best .. 3 worst."""
    edits: tuple[tuple[Edit, ...], ...]
    """Of each; folds are held out by their mutators."""


def texts_of(quad: Quad) -> Texts:
    """A ladder as it was published."""
    return Texts(
        task_id=quad.task_id,
        programs=tuple(rung.program for rung in quad.rungs),
        ids=tuple(rung.completion_id for rung in quad.rungs),
        filenames=tuple(rung.filenames for rung in quad.rungs),
        ranks=quad.ranks,
        edits=tuple(rung.edits for rung in quad.rungs),
    )


def control(quad: Quad, construction: Construction) -> Texts | None:
    """Four versions of the quad's base program as the predecessor would make them, in an order drawn by the task's id;
    None if the original can't be had from the edits or has fewer than three sites with a harmful text."""
    origin = quad.origin
    if origin is None:
        return None
    rng = random.Random(f"{construction} {quad.task_id}")
    offers = [_harms([rung.edits[site] for rung in quad.rungs]) for site in range(len(origin.places))]
    sites = [site for site, harms in enumerate(offers) if harms]
    if len(sites) < _NEEDED:
        return None
    if construction == "rising":
        edited = [rng.sample(sites, count) for count in range(4)]
    else:
        edited = [[], *([site] for site in rng.sample(sites, 3))]
    versions = []
    for rank, places in enumerate(edited):
        chosen = {site: rng.choice(offers[site]) for site in places}
        versions.append((rank, _applied(origin, chosen), tuple(chosen.values())))
    rng.shuffle(versions)
    return Texts(
        task_id=quad.task_id,
        programs=tuple(program for _, program, _ in versions),
        ids=tuple(f"{rng.getrandbits(64):016x}" for _ in versions),
        filenames=tuple(tuple(file.filename for file in program.files) for _, program, _ in versions),
        ranks=tuple(rank for rank, _, _ in versions),
        edits=tuple(edits for _, _, edits in versions),
    )


def literal(edit: Edit) -> str:
    """The edit's text with what its reference stands for written out in the reference's place."""
    if not edit.means:
        return edit.after
    pattern = _KEYED if edit.menu else _LISTED
    return pattern.sub(lambda _: standing(edit.means), edit.after, count=1)


def _harms(edits: Sequence[Edit]) -> list[Edit]:
    """The harmful texts that the four versions have at one site, written out."""
    found = {}
    for edit in edits:
        text = literal(edit)
        if edit.strength > 0 and text != edit.before:
            found[text] = edit.model_copy(update={"after": text, "menu": "", "means": ""})
    return list(found.values())


def _applied(origin: Origin, chosen: dict[int, Edit]) -> Program:
    files = {file.filename: file.content for file in origin.program.files}
    for site in sorted(chosen, key=lambda site: (origin.places[site], site), reverse=True):
        edit, at = chosen[site], origin.places[site]
        text = files[edit.file]
        files[edit.file] = text[:at] + edit.after + text[at + len(edit.before) :]
    return Program.of(files.items())
