"""Search/replace edits: the form in which a model repairs a program without writing it again."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from tasks.record import Program

MAX_BYTES = 1_000_000
"""Of one file after a patch; the same bound as for a program's first reply."""


class Patch(BaseModel):
    """One edit of one file."""

    model_config = ConfigDict(frozen=True)

    filename: str = Field(description="one of the page's files")
    search: str = Field(description="lines to replace, copied exactly from the file, enough of them to occur only once")
    replace: str = Field(description="what stands there afterwards")


@dataclass(frozen=True)
class Applied:
    """A program after patches, and for each patch that was not applied, why."""

    program: Program
    refused: tuple[str, ...]


def apply(program: Program, patches: Sequence[Patch]) -> Applied:
    """Apply the patches in their order, each to what the ones before it left.

    The search text must occur exactly once. If it does not occur at all, lines are compared without the white space at
    their ends; if that finds one place, the replacement is indented as the place is. Anything else refuses the patch,
    and only it. No file is ever added.
    """
    refused: list[str] = []
    for number, patch in enumerate(patches, 1):
        name = patch.filename.strip().removeprefix("./")
        text = program.text(name)
        if text is None:
            names = ", ".join(file.filename for file in program.files)
            refused.append(f"Patch {number}: there is no file {patch.filename[:80]!r}; the files are {names}.")
            continue
        changed, reason = _edit(text, patch.search, patch.replace)
        if changed is None:
            refused.append(f"Patch {number} of {name}: {reason} It searched for {_short(patch.search)}.")
        elif len(changed.encode("utf-8", "surrogatepass")) > MAX_BYTES:
            refused.append(f"Patch {number} of {name}: the file would exceed {MAX_BYTES:,} bytes.")
        else:
            program = program.replaced(name, changed)
    return Applied(program, tuple(refused))


def _edit(text: str, search: str, replace: str) -> tuple[str | None, str]:
    """The text with the edit made, or None and the reason."""
    if not search.strip():
        return None, "the search text is empty."
    if search == replace:
        return None, "it changes nothing."
    times = _count(text, search)
    if times == 1:
        return text.replace(search, replace, 1), ""
    if times > 1:
        return None, f"the search text occurs {times} times; add lines before or after it until it occurs once."
    lines, wanted = text.split("\n"), search.strip("\n").split("\n")
    bare = [line.strip() for line in wanted]
    stripped = [line.strip() for line in lines]
    places = [at for at in range(len(lines) - len(bare) + 1) if stripped[at : at + len(bare)] == bare]
    if not places:
        return None, "the search text does not occur in the file."
    if len(places) > 1:
        return None, f"the search text occurs {len(places)} times if white space is ignored; add lines round it."
    at = places[0]
    fitted = _reindent(replace.strip("\n"), wanted, lines[at : at + len(bare)])
    return "\n".join([*lines[:at], *fitted, *lines[at + len(bare) :]]), ""


def _count(text: str, search: str) -> int:
    """How often the search text occurs, overlaps included: two that overlap are two places as well."""
    count, at = 0, text.find(search)
    while at >= 0:
        count, at = count + 1, text.find(search, at + 1)
    return count


def _reindent(replace: str, wanted: Sequence[str], found: Sequence[str]) -> list[str]:
    """The replacement's lines, moved by what the file's indent differs from the search text's in the first line that is
    not blank."""
    if not replace:
        return []
    given, real = next(
        ((_indent(w), _indent(f)) for w, f in zip(wanted, found, strict=True) if w.strip()),
        ("", ""),
    )
    lines = replace.split("\n")
    if not real.startswith(given) and not given.startswith(real):
        return lines
    if real.startswith(given):
        return [real[len(given) :] + line if line.strip() else line for line in lines]
    extra = given[len(real) :]
    return [line.removeprefix(extra) for line in lines]


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return repr(line if len(line) <= 120 else line[:117] + "...")
