"""A folder of rated tasks, read: what people say of four versions, beside the order that was measured.

    FOLDER/<task>/problem.json     the problem with its checks
    FOLDER/<task>/clean/           the program before any edit
    FOLDER/<task>/A.html or A/     a version as one page, or as the folder of its files; so B, C and D
    FOLDER/<task>/ratings.json     by letter: the ratings, the rank, q and its parts, the edits' notes

`dojo rate import` writes it. Files beside the task folders, and names that begin with a dot, are not looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any, Literal, get_args

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from tasks.errors import BadInput
from tasks.record import FAMILIES, Family, Problem, Program, Record

Letter = Literal["A", "B", "C", "D"]
LETTERS: tuple[Letter, ...] = get_args(Letter)
HIGHEST = 100
"""Of a rating; the lowest is 0."""
RATINGS = "ratings.json"
_ROUNDING = 0.5
"""Between a rating and the mean of the ratings: some are whole numbers."""
_MEND = "mend it, or move the task's folder away."
_GIVE = "give a folder that `dojo rate import --to` has written."


class Entry(Record):
    """What `ratings.json` says of one version."""

    rating: float = Field(ge=0, le=HIGHEST)
    """Mean of the ratings."""
    ratings: tuple[float, ...] = ()
    """One a rater; without it there was one rater."""
    raters: tuple[str, ...] = ()
    """Their names, in the order of the ratings; empty where they are not known."""
    rank: int = Field(ge=0, le=3)
    q: float = Field(ge=0, le=1)
    function: float = Field(ge=0, le=1)
    visual: float = Field(ge=0, le=1)
    performance: float = Field(ge=0, le=1)
    accessibility: float = Field(ge=0, le=1)
    harms: tuple[str, ...] = ()
    """Notes of the edits: what each does to a person."""
    families: tuple[Family, ...] = ()
    """Of the harms, in their order; empty where they are not known."""
    completion_id: str = ""
    """Of the version in its dataset; empty where it is not known."""

    @model_validator(mode="after")
    def _fits(self) -> "Entry":
        if self.ratings and not all(0 <= rating <= HIGHEST for rating in self.ratings):
            raise ValueError(f"a rating is outside 0..{HIGHEST}")
        if self.ratings and abs(mean(self.ratings) - self.rating) > _ROUNDING:
            raise ValueError("rating is not the mean of ratings")
        if self.raters and len(self.raters) != len(self.ratings):
            raise ValueError("there is not one rating for each of raters")
        if self.families and len(self.families) != len(self.harms):
            raise ValueError("there is not one family for each of harms")
        return self


@dataclass(frozen=True)
class Rated:
    """One version of a task."""

    letter: Letter
    program: Program
    """One file, `index.html`, where the version is stored as one page."""
    rating: float
    """Mean of the ratings, 0 to 100."""
    ratings: tuple[float, ...]
    """One a rater, at least one; the same rater has the same place in all four versions."""
    raters: tuple[str, ...]
    """Their names; empty where they are not known."""
    rank: int
    """As measured: 0 best .. 3 worst."""
    q: float
    parts: Mapping[Family, float]
    """The four of q, in [0, 1]."""
    harms: tuple[str, ...]
    """Notes of the edits; none if it is the clean program."""
    families: tuple[Family, ...]
    """Of the harms; empty where they are not known."""


@dataclass(frozen=True)
class RatedTask:
    """A task that people rated."""

    name: str
    """Of its folder: the task's id, if it was imported."""
    problem: Problem
    clean: Program
    """Before any edit."""
    versions: tuple[Rated, Rated, Rated, Rated]
    """A to D."""


def read_ratings(folder: str | Path) -> list[RatedTask]:
    """All rated tasks of a folder, in the order of their names.

    Raises:
        BadInput: there is none, or one is damaged; the sentence names the file.
    """
    found = [_read_task(task) for task in task_folders(Path(folder))]
    if not found:
        raise BadInput(f"There is no rated task in {folder}; {_GIVE}")
    return found


def task_folders(folder: Path) -> list[Path]:
    """The folders of a folder's tasks, by name.

    Raises:
        BadInput: it is not there, or can't be read.
    """
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError as error:
        raise BadInput(f"{folder} can't be read ({error.strerror or error}); {_GIVE}") from error


def read_entries(task: Path) -> dict[Letter, Entry]:
    """What a task's `ratings.json` says, A to D.

    Raises:
        BadInput: it is not there, or damaged.
    """
    path = task / RATINGS
    try:
        entries = TypeAdapter(dict[Letter, Entry]).validate_json(_text(path))
    except ValidationError as error:
        raise _damaged(path, error) from error
    for letter in LETTERS:
        if letter not in entries:
            raise BadInput(f"{path}: version {letter} is missing; {_MEND}")
    if sorted(entry.rank for entry in entries.values()) != [0, 1, 2, 3]:
        raise BadInput(f"{path}: the ranks are not 0, 1, 2 and 3, each once; {_MEND}")
    if len({(len(entry.ratings), entry.raters) for entry in entries.values()}) > 1:
        raise BadInput(f"{path}: the four versions do not have the same raters; {_MEND}")
    return {letter: entries[letter] for letter in LETTERS}


def _read_task(task: Path) -> RatedTask:
    path = task / "problem.json"
    try:
        problem = Problem.model_validate_json(_text(path))
    except ValidationError as error:
        raise _damaged(path, error) from error
    entries = read_entries(task)
    a, b, c, d = (_rated(task, letter, entry) for letter, entry in entries.items())
    return RatedTask(name=task.name, problem=problem, clean=_program(task / "clean"), versions=(a, b, c, d))


def _rated(task: Path, letter: Letter, entry: Entry) -> Rated:
    page = task / f"{letter}.html"
    if page.is_file():
        program = Program.of([("index.html", _text(page))])
    elif (task / letter).is_dir():
        program = _program(task / letter)
    else:
        raise BadInput(f"{task}: neither {letter}.html nor a folder {letter} is there; {_MEND}")
    return Rated(
        letter=letter,
        program=program,
        rating=entry.rating,
        ratings=entry.ratings or (entry.rating,),
        raters=entry.raters,
        rank=entry.rank,
        q=entry.q,
        parts={family: getattr(entry, family) for family in FAMILIES},
        harms=entry.harms,
        families=entry.families,
    )


def _program(folder: Path) -> Program:
    """The files of a folder and of those below it; links and names that begin with a dot are left out."""
    paths = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    seen = {name: path for name, path in names.items() if not any(part.startswith(".") for part in name.split("/"))}
    if "index.html" not in seen:
        raise BadInput(f"{folder}: index.html is missing; {_MEND}")
    return Program.of((name, _text(path)) for name, path in seen.items())


def _text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return stream.read()
    except UnicodeDecodeError:
        raise BadInput(f"{path} is no text in UTF-8; {_MEND}") from None
    except OSError as error:
        raise BadInput(f"{path} can't be read ({error.strerror or error}); {_MEND}") from error


def _damaged(path: Path, error: ValidationError) -> BadInput:
    return BadInput(f"{path}: {first_fault(error)}; {_MEND}")


def first_fault(error: ValidationError) -> str:
    """The first of what a record has against some JSON: where, and what."""
    fault: Any = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in fault["loc"] if part != "[key]")
    message = str(fault["msg"]).removeprefix("Value error, ").rstrip(".")
    return f"{where}: {message}" if where else message
