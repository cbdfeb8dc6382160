"""The records that pass between rooms: frozen, closed, and named by the field's own terms.

    Candidate -> Posed -> Written -> Proven -> Ranked     each stage returns the next
                                          \\-> Rejected    or says why not, and keeps what there was

What a stage has made is kept in a file of JSON lines (`tasks/journal.py`, `tasks/rows.py`).
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tasks.check import LANGUAGE, Check
from tasks.content import content_id
from tasks.translate import translated

Topic = Literal["games", "science", "animation", "tools"]
Family = Literal["function", "visual", "performance", "accessibility"]
FAMILIES: tuple[Family, ...] = ("function", "visual", "performance", "accessibility")


class Record(BaseModel):
    """Frozen, and closed to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Usage(Record):
    """What model calls cost: tokens as the provider counted them, dollars by LiteLLM's prices."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    usd: float = 0.0
    models: tuple[str, ...] = ()
    """Distinct model names, in order of first use."""

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            calls=self.calls + other.calls,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            usd=self.usd + other.usd,
            models=tuple(dict.fromkeys(self.models + other.models)),
        )


class Persona(Record):
    """Who inspires a problem: free, untrusted text."""

    persona_id: str
    text: str
    source: str
    """Where it came from: a path's name or a Hub id, never a path of a machine."""


class Candidate(Record):
    """A place in the run that may become a task."""

    index: int
    """From 0, in the order of the draw; tasks are accepted in this order."""
    seed: int
    """Its own, derived from the run's seed and the index."""
    topic: Topic
    persona: Persona


class Dispute(Record):
    """What a repair says against a check."""

    check_id: str
    why: str
    """A model's words."""


class Amendment(Record):
    """What became of a check that a repair said was at fault."""

    check_id: str
    round: int
    """The repair that said so, from 1."""
    why: str
    """What it said."""
    verdict: Literal["kept", "corrected", "dropped"]
    reason: str
    """Why: the poser's words, or the rule that stood against its answer."""
    before: Check
    after: Check | None = None
    """What stands in its place; None unless it was corrected."""


class Problem(Record):
    """What the page has to do, and the checks that tell whether it does."""

    problem_id: str
    """Hash of the problem as it was posed; it stays when checks are dropped or corrected."""
    topic: Topic
    title: str
    statement: str
    features: tuple[str, ...]
    user_actions: tuple[str, ...]
    checks: tuple[Check, ...]
    amendments: tuple[Amendment, ...] = ()
    """Checks that were looked at again, in the order in which they were."""
    language: int = LANGUAGE
    """Version of the language of its checks: the current one in memory; a file that names none was written for the
    first, and what is older is translated wherever a problem is read (`tasks/translate.py` says what was)."""

    @model_validator(mode="before")
    @classmethod
    def _in_todays_words(cls, data: Any) -> Any:
        return translated(data)[0] if isinstance(data, Mapping) else data

    @property
    def prompt(self) -> str:
        """The problem as labellers and trained models read it, in Markdown; the checks are not part of it."""
        features = "\n".join(f"- {line}" for line in self.features)
        actions = "\n".join(f"- {line}" for line in self.user_actions)
        return f"# {self.title}\n\n{self.statement}\n\n## Features\n{features}\n\n## User Actions\n{actions}\n"


class SourceFile(Record):
    """A file of a program."""

    filename: str
    content: str


class Program(Record):
    """A page as its author wrote it. `program_id` is the hash of the files' names and contents."""

    program_id: str
    files: tuple[SourceFile, ...]

    @classmethod
    def of(cls, files: Iterable[tuple[str, str]]) -> "Program":
        """A program of (name, content) pairs, in a fixed order: index.html, style.css, script.js, then others by
        name."""
        first = {"index.html": 0, "style.css": 1, "script.js": 2}
        ordered = sorted(files, key=lambda pair: (first.get(pair[0], 3), pair[0]))
        parts = [part for pair in ordered for part in pair]
        return cls(
            program_id=content_id(*parts),
            files=tuple(SourceFile(filename=name, content=text) for name, text in ordered),
        )

    def text(self, filename: str) -> str | None:
        """What the named file holds; None if the program has no such file."""
        return next((f.content for f in self.files if f.filename == filename), None)

    def replaced(self, filename: str, content: str) -> "Program":
        """The same program with one file's content changed."""
        return Program.of((f.filename, content if f.filename == filename else f.content) for f in self.files)


class Diagnostic(Record):
    """One thing wrong with a program. Lines and columns count from 1, in the file as its author wrote it."""

    file: str
    line: int
    column: int
    severity: Literal["error", "warning"]
    """`error`: the page is broken by it and it goes to repair; `warning`: noted only."""
    source: Literal["script", "style", "markup", "cross", "policy"]
    code: str
    message: str


class Verdict(Record):
    """What became of one check. `unjudged`: the page gave no chance to find out (it hung before), which is not a
    pass."""

    check_id: str
    value: Literal["pass", "fail", "unjudged"]
    reason: str = ""


class PageError(Record):
    """Something the browser said while a page ran."""

    kind: Literal["uncaught", "rejection", "console", "blocked", "hang", "crash", "oversize"]
    message: str
    file: str = ""
    line: int = 0


class Flaw(Record):
    """A visible fault of the layout, for the report and for repair."""

    kind: Literal["overflow", "overlap", "clipped", "contrast"]
    where: str
    """A CSS path a person can follow."""
    detail: str


class Violation(Record):
    """An axe-core rule that a page breaks."""

    rule: str
    impact: Literal["minor", "moderate", "serious", "critical"]
    nodes: int
    help: str


class Measures(Record):
    """The raw measures behind the four parts; `quality.py` in the render room turns them into scores."""

    overflow: float = 0.0
    """Width that sticks out of the window, as a share of the window's width."""
    overlap: float = 0.0
    """Share of the text and controls that something else covers."""
    clipped: float = 0.0
    """Share of the text that is cut off."""
    low_contrast: float = 0.0
    """Share of the characters below WCAG 2.2's contrast minimum (1.4.3)."""
    delay_ms: float = 0.0
    """From input to its first visible effect, the slowest of all inputs: what INP (web.dev/inp) calls a page's
    responsiveness."""
    blocked_ms: float = 0.0
    """Time beyond 50 ms that any one callback held the page, summed over the pass."""
    dropped: float = 0.0
    """Share of the frames of a moving page in which nothing moved."""
    diverged: float | None = None
    """Of what can be done on the clean program, the share that has another effect here, every control weighed alike;
    None if there was no clean program to compare with."""
    shrunk: float = 0.0
    """Share of the texts, by the size of their letters, that are smaller than on the clean program, or too small."""
    flaws: tuple[Flaw, ...] = ()
    violations: tuple[Violation, ...] = ()


class Quality(Record):
    """q and its four parts, each in [0, 1]."""

    q: float
    function: float
    visual: float
    performance: float
    accessibility: float


class Span(Record):
    """A part of a file, in bytes of its UTF-8 text."""

    file: str
    start: int
    end: int
    """Behind its last byte."""


class Reach(Record):
    """Which parts of the scripts ran while a check was made, the page's loading included."""

    check_id: str
    spans: tuple[Span, ...]


class Action(Record):
    """Something that a person who tries everything does. Where an element stands, its place, is told by the number of
    each child from the nearest ancestor with an id: `#form/0/2`; `^0` counts in a shadow tree."""

    do: Literal["click", "type", "press", "press_sequentially", "choose", "drag", "wait"]
    place: str = ""
    """Of the element; of a key, empty where it goes to what has the focus."""
    at: tuple[float, float] = (0.5, 0.5)
    """Where in its box, as shares of width and height."""
    text: str = ""
    """Typed, the key, or the option."""
    to: str = ""
    dx: float = 0
    dy: float = 0
    """Of a drag: the place, else the distance in CSS pixels."""
    times: int = 1
    ms: int = 0
    """Of a wait."""


class Effect(Record):
    """What changed on the page after one action: values by `aspect place`, None for what is gone."""

    note: str
    """Why nothing may have come of it; else empty."""
    soon: dict[str, str | None]
    """After 100 ms of the page's time."""
    later: dict[str, str | None]
    """From then on."""


class Journey(Record):
    """One load, and what a person did on it and saw."""

    late: int
    """ms from `soon` to `later`."""
    begun: dict[str, str]
    """What was to be seen before the first action."""
    looks: dict[str, tuple[int, int, int, int, int]]
    """By place: left, top, width and height of the box and the size of its letters, in CSS pixels."""
    actions: tuple[Action, ...]
    effects: tuple[Effect, ...]
    """One an action."""
    note: str = ""
    """Why it ended before its time."""


class Divergence(Record):
    """An action whose effect on a version is another than on the clean program, in something that had not differed yet
    since the page was loaded."""

    journey: int
    action: int
    kind: Literal["wrong", "late", "unannounced"]
    """`late`: the effect is the same, but not within 100 ms; `unannounced`: only assistive technology hears of it
    otherwise."""
    what: str
    """A sentence for the report."""


Outcome = Literal["ok", "hang", "crash", "oversize"]
"""How a render ended; a page that is too long is not loaded."""


class Render(Record):
    """What a program did in the browser."""

    program_id: str
    outcome: Outcome
    verdicts: tuple[Verdict, ...]
    """One per check, in the checks' order."""
    errors: tuple[PageError, ...]
    measures: Measures
    quality: Quality
    dom_hash: str
    pixel_hash: str
    """Of the screenshot's PNG, which one Chromium writes the same for the same pixels; empty without a screenshot."""
    screenshot: str | None = None
    """A PNG's path, relative to the run's folder."""
    reached: tuple[Reach, ...] = ()
    """By check, if it was asked for."""
    explored: tuple[Journey, ...] = ()
    """If it was asked for."""
    divergences: tuple[Divergence, ...] = ()
    """From the clean program, if its journeys were given."""
    seconds: float = 0.0

    @property
    def passed(self) -> int:
        """How many checks passed."""
        return sum(v.value == "pass" for v in self.verdicts)


class RenderOrder(Record):
    """A page to render, and the checks to run on it."""

    program: Program
    checks: tuple[Check, ...]
    inert: bool = False
    """Serve it with its scripts forbidden: a check that still passes is vacuous."""
    screenshot: str | None = None
    """Where to put a PNG, relative to the run's folder; none wanted if None."""
    reach: bool = False
    """Whether to say which parts of the scripts each check runs."""
    explore: bool = False
    """Try everything on the page, and keep what was done and seen, in place of measuring it and making the checks,
    which only lend their steps."""
    clean: tuple[Journey, ...] = ()
    """What was done and seen on the clean program: it is done again and compared."""


class Findings(Record):
    """What the language servers and the checks across languages say of one program."""

    program_id: str
    diagnostics: tuple[Diagnostic, ...]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """Those that break the page."""
        return tuple(d for d in self.diagnostics if d.severity == "error")


class Edit(Record):
    """One place at which a version differs from the clean program."""

    mutator: str
    family: Family
    file: str
    line: int
    """In the clean program, from 1."""
    start: int
    """Offset of its first byte in the clean file's UTF-8 text."""
    before: str
    """The clean program's text there; empty if the edit is put in between."""
    after: str
    """What stands there instead; empty if the text is left out."""
    strength: int = Field(ge=1, le=3)
    """As its author meant it, 1 to 3, rising harm. What counts is what was measured."""
    note: str
    """What it does to a person, in one sentence."""


class Version(Record):
    """One of the four: the clean program with some edits, and what was measured of it."""

    completion_id: str
    """Drawn from the candidate's seed, so that a run can be repeated; shards carry another one (decision 6)."""
    rank: int = Field(ge=0, le=3)
    """0 best .. 3 worst."""
    program: Program
    """Natural: the files as a programmer would have written them."""
    edits: tuple[Edit, ...]
    """In the order of the files and of their text; none if it is the clean program."""
    natural: Render
    """Of the natural files."""
    render: Render
    """Of the sealed page, which has the screenshot; its q is the version's."""


class Seal(Record):
    """What sealed copies of a ladder's versions are made from (`tasks/seal`)."""

    format: int
    """Version of the construction."""
    page: str
    """The sealed page with `0` for every digit of the key."""
    choices: tuple[tuple[int, ...], ...]
    """By version, best first: which alternative each site takes."""


class Ladder(Record):
    """Four versions in measured order."""

    versions: tuple[Version, Version, Version, Version]
    seal: Seal
    renders: int
    """How many renders of edited or sealed versions it took, those of the search included."""

    @property
    def spread(self) -> float:
        """Largest difference in q between a sealed version and the natural one."""
        return max(abs(v.render.quality.q - v.natural.quality.q) for v in self.versions)

    @property
    def span(self) -> float:
        """q of the best less q of the worst."""
        return self.versions[0].render.quality.q - self.versions[3].render.quality.q

    @property
    def gaps(self) -> tuple[float, float, float]:
        """q lost from each rank to the next."""
        a, b, c, d = (v.render.quality.q for v in self.versions)
        return a - b, b - c, c - d

    @property
    def off_line(self) -> float:
        """Largest distance of a q from the straight line through rank 0 and rank 3, as a share of the span; inf if
        there is no span."""
        if self.span <= 0:
            return float("inf")
        top = self.versions[0].render.quality.q
        return max(abs(v.render.quality.q - (top - self.span * v.rank / 3)) for v in self.versions) / self.span


class Neighbour(Record):
    """The nearest accepted task, by cosine of embeddings."""

    task_id: str
    similarity: float


class Repair(Record):
    """One round of repair: a faulty draft, what was found wrong with it, and what mended it or tried to."""

    draft: Program
    findings: tuple[str, ...]
    """As the model was told them, a sentence each."""
    patch: str
    """What was changed, as a unified diff."""


class Posed(Record):
    """A candidate with its problem."""

    candidate: Candidate
    problem: Problem
    usage: Usage


class Written(Record):
    """A problem with a program that claims to solve it, not yet looked at."""

    candidate: Candidate
    problem: Problem
    program: Program
    usage: Usage
    rounds: int = 0
    """Repairs so far."""
    refused: tuple[str, ...] = ()
    """Patches of the last repair that could not be applied and disputes that came to nothing, and why."""
    disputes: tuple[Dispute, ...] = ()
    """Checks that the last repair says are at fault; nobody has looked at them yet."""
    repairs: tuple[Repair, ...] = ()
    """In their order."""


class Proven(Record):
    """A program that is clean: no error diagnostics, no uncaught errors, every check passed and worth something."""

    candidate: Candidate
    problem: Problem
    """With the vacuous checks dropped."""
    program: Program
    render: Render
    usage: Usage
    rounds: int
    repairs: tuple[Repair, ...] = ()


class Ranked(Record):
    """A task: the product."""

    task_id: str
    candidate: Candidate
    problem: Problem
    program: Program
    """The clean one."""
    clean: Quality
    """What was measured of it."""
    ladder: Ladder
    usage: Usage
    rounds: int
    repairs: tuple[Repair, ...] = ()
    nearest: Neighbour | None = None
    """The nearest program of an accepted task before it; filled in when the shard is written."""


def task_id_of(problem: Problem, program: Program) -> str:
    """The name of the task that a problem and its clean program become."""
    return content_id("task", problem.problem_id, program.program_id)


Stage = Literal["persona", "problem", "program", "diagnose", "render", "augment", "dedupe", "shard"]


class Rejected(Record):
    """A candidate that did not make it: where, why, at what cost, and what there was of it."""

    candidate: Candidate
    stage: Stage
    reason: str
    """A short fixed phrase that reports count, e.g. `fewer than 4 checks`."""
    detail: str
    """What a person needs to understand this one case."""
    usage: Usage
    problem: Problem | None = None
    program: Program | None = None
