"""The language of acceptance checks: what a person does on a page, and what they must then see.

A check is written with the problem, before any code exists, and run by the render room. It is plain data: pydantic
refuses a malformed check, so one never gets past the model's reply. Every check starts on a freshly loaded page.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Severity = Literal["critical", "major", "minor"]

SEVERITY_WEIGHT: dict[Severity, float] = {"critical": 0.98, "major": 0.59, "minor": 0.14}
"""What a failed check takes from the function score, relative to the others: P(page unusable | that failure alone),
from the 6,732 labels of Interaction2Code (arXiv 2411.03292): no interaction .98, wrong effect .59, partial
implementation .14."""


class Word(BaseModel):
    """A part of the language: frozen, and closed to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Target(Word):
    """One element, addressed as a person would: by role and accessible name, by label, or by its text; by CSS as a
    last resort.

    Exactly one of `role`, `label`, `text`, `css` is given. Names, labels and texts match whole, ignoring case and
    runs of white space. Only what is rendered and not hidden from assistive technology is found, except by `css`.
    """

    role: str | None = Field(None, description="ARIA role, e.g. button, textbox, slider, heading")
    name: str | None = Field(None, description="accessible name; only with role")
    label: str | None = Field(None, description="text of the form control's label")
    text: str | None = Field(None, description="the element's own visible text")
    css: str | None = Field(None, description="a CSS selector, where nothing else can name the element")
    nth: int = Field(0, ge=0, description="which one, from 0, when several match")

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
    """Point at the middle of the target and click; an element that covers it takes the click instead."""

    do: Literal["click"]
    target: Target
    times: int = Field(1, ge=1, le=20)


class Type(Word):
    """Replace what a text field, number field, slider or date field holds."""

    do: Literal["type"]
    target: Target
    text: str


class Choose(Word):
    """Choose an option of a drop-down by its visible text."""

    do: Literal["choose"]
    target: Target
    option: str


class Press(Word):
    """Press and release a key, e.g. `Enter`, `ArrowLeft`, `a`; on the target, or on what has the focus."""

    do: Literal["press"]
    key: str
    target: Target | None = None
    times: int = Field(1, ge=1, le=20)


class Hover(Word):
    """Move the pointer over the target."""

    do: Literal["hover"]
    target: Target


class Drag(Word):
    """Press on the target, move, release: to another target or by an offset in CSS pixels."""

    do: Literal["drag"]
    target: Target
    to: Target | None = None
    dx: float = 0
    dy: float = 0


class Wait(Word):
    """Let the page's clock go on by so many milliseconds."""

    do: Literal["wait"]
    ms: int = Field(ge=1, le=20_000)


class Resize(Word):
    """Give the window another size, in CSS pixels."""

    do: Literal["resize"]
    width: int = Field(ge=240, le=2560)
    height: int = Field(ge=240, le=1600)


Step = Annotated[Click | Type | Choose | Press | Hover | Drag | Wait | Resize, Field(discriminator="do")]


class SeeText(Word):
    """The target's visible text equals, contains or matches (a JavaScript regular expression) this, or is not what it
    was before the steps."""

    see: Literal["text"]
    target: Target
    how: Literal["equals", "contains", "matches", "changed"]
    value: str = ""


class SeeValue(Word):
    """A form control's current value (`true`/`false` for a check box) equals this, or is not what it was before the
    steps."""

    see: Literal["value"]
    target: Target
    how: Literal["equals", "changed"]
    value: str = ""


class SeeAttribute(Word):
    """An attribute or ARIA state of the target equals this, is there, is not there, or is not what it was before the
    steps."""

    see: Literal["attribute"]
    target: Target
    name: str
    how: Literal["equals", "present", "absent", "changed"]
    value: str = ""


class SeeCount(Word):
    """So many elements match the target (its `nth` is ignored), or another number than before the steps."""

    see: Literal["count"]
    target: Target
    how: Literal["equals", "at_least", "at_most", "changed"]
    n: int = Field(0, ge=0)


class SeeVisible(Word):
    """A person can see the target, or (`visible: false`) can not."""

    see: Literal["visible"]
    target: Target
    visible: bool = True


class SeeFocus(Word):
    """The target has the keyboard's focus."""

    see: Literal["focus"]
    target: Target


class SeeCanvas(Word):
    """A canvas (the first, if no target is given) looks different from before the steps, the same, or goes on moving
    by itself."""

    see: Literal["canvas"]
    target: Target | None = None
    how: Literal["changed", "still", "moving"]


Expectation = Annotated[
    SeeText | SeeValue | SeeAttribute | SeeCount | SeeVisible | SeeFocus | SeeCanvas, Field(discriminator="see")
]


class Check(Word):
    """One thing a person can find out about the page by using it."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$", description="a short slug, unique in its problem")
    title: str = Field(min_length=8, max_length=160, description="the promise in one sentence")
    severity: Severity
    steps: tuple[Step, ...] = Field((), max_length=20)
    expect: tuple[Expectation, ...] = Field(min_length=1, max_length=6)
    within_ms: int = Field(
        500,
        ge=0,
        le=10_000,
        description="how long after the last step, by the page's clock, all of it may take to hold",
    )

    @property
    def weight(self) -> float:
        """Its share in the function score, unnormalised."""
        return SEVERITY_WEIGHT[self.severity]
