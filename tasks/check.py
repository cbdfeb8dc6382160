"""The language of acceptance checks: what a person does on a page, and what they must then see.

A check is written with the problem, before any code exists, and run by the render room. It is plain data: pydantic
refuses a malformed check, so one never gets past the model's reply.

The docstrings and field descriptions are the only place where a word's meaning stands. Who writes problems reads them
in the shape of the answer (`tasks.model.shape`), who writes or repairs programs in `meanings`, people in
docs/checks.md.
"""

import inspect
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tasks.content import canonical_json

LANGUAGE = 2
"""Version of the language. Checks of an earlier one are translated when they are read (`tasks.translate`)."""

Severity = Literal["critical", "major", "minor"]

SEVERITY_WEIGHT: dict[Severity, float] = {"critical": 0.98, "major": 0.59, "minor": 0.14}
"""What a failed check takes from the function score, relative to the others: P(page unusable | that failure alone),
from the 6,732 labels of Interaction2Code (arXiv 2411.03292): no interaction .98, wrong effect .59, partial
implementation .14."""


class Word(BaseModel):
    """A part of the language: frozen, and closed to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Target(Word):
    """One element, found as a person would, by exactly one of `role`, `label`, `text`, `css`.

    Names, labels and texts match whole, ignoring case and runs of white space. Many elements have a role unasked:
    `<output>` is a status, a named `<section>` a region, `<li>` a listitem. Only what is shown is found, except by
    `css`.
    """

    role: str | None = Field(None, description="ARIA role, e.g. button, slider, img")
    name: str | None = Field(None, description="accessible name, only with role")
    label: str | None = Field(None, description="label of a form control")
    text: str | None = Field(None, description="all visible text of the element")
    css: str | None = Field(None, description="selector, the last resort")
    nth: int = Field(0, ge=0, description="from 0, in the page's order, if several match")

    @model_validator(mode="after")
    def _addressed_once(self) -> Self:
        given = [key for key in ("role", "label", "text", "css") if getattr(self, key)]
        if len(given) != 1:
            raise ValueError(f"a target needs exactly one of role, label, text, css; this has {given or 'none'}")
        if self.name is not None and not self.role:
            raise ValueError("a target's name goes with a role")
        return self

    def describe(self) -> str:
        """The target in a person's words, e.g. `button "Start"`."""
        if self.role:
            words = f'{self.role} "{self.name}"' if self.name else self.role
        elif self.label:
            words = f'field labelled "{self.label}"'
        elif self.text:
            words = f'text "{self.text}"'
        else:
            words = f"`{self.css}`"
        return words if self.nth == 0 else f"{words} (no. {self.nth + 1})"


class Click(Word):
    """Click the middle of the target, or what covers it there."""

    do: Literal["click"]
    target: Target
    times: int = Field(1, ge=1, le=20)


class Type(Word):
    """Replace what a field holds by the text, at once: it gets the focus, one `beforeinput` and one `input` event, no
    key events. `change` follows when it is left: by a step elsewhere, by Enter, or after the last step. A slider, date
    or colour takes the value with `input` and `change`."""

    do: Literal["type"]
    target: Target
    text: str


class PressSequentially(Word):
    """Add the text key by key at the end of what the target, else the focused field, holds: `keydown`, `beforeinput`,
    `input`, `keyup` for each character."""

    do: Literal["press_sequentially"]
    text: str = Field(min_length=1, max_length=60)
    target: Target | None = None


class Choose(Word):
    """Choose an option of a drop-down by its text or value."""

    do: Literal["choose"]
    target: Target
    option: str


class Press(Word):
    """Press and release a key: `Enter`, `Space`, `Escape`, `Delete`, `ArrowLeft`, `a`, `Control+z`. It goes to the
    target, focused first; without one, to what has the focus, else to the body."""

    do: Literal["press"]
    key: str
    target: Target | None = None
    times: int = Field(1, ge=1, le=20)


class Hover(Word):
    """Move the pointer over the target."""

    do: Literal["hover"]
    target: Target


class Drag(Word):
    """Press on the target, move and release: on another target, or by CSS pixels."""

    do: Literal["drag"]
    target: Target
    to: Target | None = None
    dx: float = 0
    dy: float = 0


class Wait(Word):
    """Let the page's clock run so long after the step before."""

    do: Literal["wait"]
    ms: int = Field(ge=1, le=20_000)


class Resize(Word):
    """Resize the window, in CSS pixels."""

    do: Literal["resize"]
    width: int = Field(ge=240, le=2560)
    height: int = Field(ge=240, le=1600)


Step = Annotated[
    Click | Type | PressSequentially | Choose | Press | Hover | Drag | Wait | Resize, Field(discriminator="do")
]


class SeeText(Word):
    """The target's visible text is the value, has it in it, or matches it as a JavaScript regular expression."""

    see: Literal["text"]
    target: Target
    how: Literal["equals", "contains", "matches", "changed", "unchanged"]
    value: str = ""


class SeeValue(Word):
    """What a form control holds; of a check box or radio button `true` or `false`, of a drop-down the text or value of
    what is chosen."""

    see: Literal["value"]
    target: Target
    how: Literal["equals", "changed", "unchanged"]
    value: str = ""


class SeeAttribute(Word):
    """An attribute or ARIA state (`disabled`, `aria-pressed`) of the target."""

    see: Literal["attribute"]
    target: Target
    name: str
    how: Literal["equals", "present", "absent", "changed", "unchanged"]
    value: str = ""


class SeeCount(Word):
    """How many elements match the target, whatever its `nth`."""

    see: Literal["count"]
    target: Target
    how: Literal["equals", "at_least", "at_most", "changed", "unchanged"]
    n: int = Field(0, ge=0)


class SeeVisible(Word):
    """A person can see the target; `visible: false`: can not, or it is not there."""

    see: Literal["visible"]
    target: Target
    visible: bool = True


class SeeFocus(Word):
    """The target has the keyboard's focus."""

    see: Literal["focus"]
    target: Target


class SeeCanvas(Word):
    """The picture of a canvas (without target the first): `changed` or `unchanged`; `moving`: three pictures or more in
    the next second; `still`: one and the same for a second, whatever it was before."""

    see: Literal["canvas"]
    target: Target | None = None
    how: Literal["changed", "unchanged", "moving", "still"]


Expectation = Annotated[
    SeeText | SeeValue | SeeAttribute | SeeCount | SeeVisible | SeeFocus | SeeCanvas, Field(discriminator="see")
]


class Check(Word):
    """One thing a person can find out by using the page, freshly loaded for each check.

    Steps take no time on the page's clock, only `wait` does. A step without its target fails the check; on a disabled
    or read-only control it is made and nothing comes of it. Expectations are polled until all hold at one moment, up to
    `within_ms` after the last step. `changed` and `unchanged` compare with before the first step; `unchanged` must hold
    at the end of `within_ms`.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$", description="unique")
    title: str = Field(min_length=8, max_length=160, description="the promise in one sentence")
    severity: Severity
    steps: tuple[Step, ...] = Field((), max_length=20)
    expect: tuple[Expectation, ...] = Field(min_length=1, max_length=6)
    within_ms: int = Field(
        500,
        ge=0,
        le=10_000,
        description="by the page's clock",
    )

    @property
    def weight(self) -> float:
        """Its share in the function score, unnormalised."""
        return SEVERITY_WEIGHT[self.severity]


_NEEDED: dict[str, tuple[str, ...]] = {
    "value": ("equals", "contains", "matches"),
    "n": ("equals", "at_least", "at_most"),
}
"""Fields that say something even if they are empty or 0, and with which `how`."""


def spell_checks(checks: Iterable[Check]) -> str:
    """Checks as prompts show them, in JSON: what is default is left out, but never what a page has to meet: an empty
    `value`, an `n` of 0, `within_ms`."""
    return canonical_json([_spelled(check) for check in checks])


def meanings(checks: Iterable[Check]) -> str:
    """The words that the checks use, each with its meaning, one a line: for who has to meet them."""
    checks = list(checks)
    steps = {type(step): step.do for check in checks for step in check.steps}
    wanted = {type(want): want.see for check in checks for want in check.expect}
    lines = [f"check: {meaning(Check)}", f"target: {meaning(Target)}"]
    lines += [f"do {steps[word]}: {meaning(word)}" for word in STEPS if word in steps]
    lines += [f"see {wanted[word]}: {meaning(word)}" for word in EXPECTATIONS if word in wanted]
    return "\n".join(f"- {line}" for line in lines)


def meaning(word: type[Word]) -> str:
    """What a word means, in one line: its docstring."""
    return " ".join(inspect.cleandoc(word.__doc__ or "").split())


STEPS: tuple[type[Word], ...] = (Click, Type, PressSequentially, Choose, Press, Hover, Drag, Wait, Resize)
EXPECTATIONS: tuple[type[Word], ...] = (SeeText, SeeValue, SeeAttribute, SeeCount, SeeVisible, SeeFocus, SeeCanvas)


def _spelled(check: Check) -> dict[str, Any]:
    spelled = check.model_dump(mode="json", exclude_defaults=True) | {"within_ms": check.within_ms}
    for want, shown in zip(check.expect, spelled["expect"], strict=True):
        for field, hows in _NEEDED.items():
            if hasattr(want, field):
                shown.pop(field, None)
                if getattr(want, "how", "") in hows:
                    shown[field] = getattr(want, field)
    return spelled
