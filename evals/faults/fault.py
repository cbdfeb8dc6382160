"""A fault: what was done to which clean program, and what shows that it broke it."""

from typing import Literal

from tasks.record import Record

Visibility = Literal["server", "browser", "check"]
"""Who can see it first: a language server (or a check across the three languages), the browser alone, or nothing but an
acceptance check."""

Kind = Literal[
    "syntax",
    "undefined-name",
    "declaration",
    "misspelt",
    "tag",
    "across",
    "throws-on-load",
    "throws-on-use",
    "endless",
    "wrong-operator",
    "wrong-word",
    "left-out",
]

KINDS: dict[Kind, tuple[Visibility, str]] = {
    "syntax": ("server", "a bracket or a quote is missing, in script or style sheet"),
    "undefined-name": ("server", "a name that nothing declares"),
    "declaration": ("server", "a constant gets a new value, or a name is declared twice"),
    "misspelt": ("server", "a method or property that the browser does not have, or a call of what is no function"),
    "tag": ("server", "a tag that is not closed, or closed by another"),
    "across": ("server", "an id, class or handler that exists in one of the three languages only"),
    "throws-on-load": ("browser", "it throws before anyone touches it"),
    "throws-on-use": ("browser", "it throws when it is used"),
    "endless": ("browser", "a loop or recursion that does not end"),
    "wrong-operator": ("check", "another operator, or off by one"),
    "wrong-word": ("check", "another event, another key, or labels exchanged"),
    "left-out": ("check", "a listener, a change of state or part of a reset left out"),
}
"""Each kind, who can see it, and what it is."""


class Cut(Record):
    """A place in a file, and what stands there instead."""

    file: str
    start: int
    """In bytes of the clean file's UTF-8 text."""
    before: str
    after: str


class Evidence(Record):
    """What the browser showed of the faulty program, where the clean one shows nothing."""

    said: tuple[str, ...] = ()
    """What it threw, or that it hung: kind and message."""
    failed: tuple[str, ...] = ()
    """Ids of the checks that did not pass."""
    looks: bool = False
    """It looks otherwise, in the state in which the picture is taken."""


class Fault(Record):
    """One fault in one clean program."""

    fault_id: str
    kind: Kind
    form: str
    """In which way, e.g. `bracket` for `syntax`."""
    slug: str
    """The archetype of the clean program."""
    seed: int
    clean_id: str
    """`program_id` of the clean program."""
    cuts: tuple[Cut, ...]
    evidence: Evidence

    @property
    def visibility(self) -> Visibility:
        """Who can see it first."""
        return KINDS[self.kind][0]

    @property
    def file(self) -> str:
        """The file that it is in, the first if it takes two."""
        return self.cuts[0].file

    @property
    def done(self) -> str:
        """What was done, in one line: `before` → `after` of each cut."""
        return "; ".join(f"{cut.file}: {_shown(cut.before)} → {_shown(cut.after)}" for cut in self.cuts)


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return f"`{line if len(line) <= 60 else line[:60] + '…'}`" if line else "nothing"
