"""What is wrong with a problem as far as a machine can see, before a program is paid for.

Each finding is a sentence that the model can mend its reply by. No rule guesses: what might be meant so passes.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from tasks.check import (
    Check,
    Choose,
    Drag,
    Press,
    SeeAttribute,
    SeeCanvas,
    SeeCount,
    SeeText,
    SeeValue,
    SeeVisible,
    Target,
    Wait,
)
from tasks.content import canonical_json

SMALLEST_WIDTH = 360
"""CSS pixels at which a page has to work; prompts/problem.md and prompts/program.md say so."""

LEAST_MARGIN = 100
"""Milliseconds between the moment at which a check looks and the one at which what it looks at changes."""

KEYS = frozenset(
    re.findall(
        r"\S+",
        "Enter Escape Esc Space Spacebar Tab Backspace Delete Del Insert Ins Return Home End PageUp PageDown "
        "PgUp PgDn ArrowUp ArrowDown ArrowLeft ArrowRight Up Down Left Right Shift Control Ctrl Alt Option "
        "Meta Cmd Command Plus F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 F11 F12",
    )
)
"""Names of keys, besides single characters, that the render room presses; spelled in any case."""

ROLES = frozenset(
    re.findall(
        r"\S+",
        "alert alertdialog application article banner blockquote button caption cell checkbox code "
        "columnheader combobox complementary contentinfo definition deletion dialog directory document "
        "emphasis feed figure form generic grid gridcell group heading image img insertion link list listbox "
        "listitem log main mark marquee math menu menubar menuitem menuitemcheckbox menuitemradio meter "
        "navigation none note option paragraph presentation progressbar radio radiogroup region row rowgroup "
        "rowheader scrollbar search searchbox separator slider spinbutton status strong subscript suggestion "
        "superscript switch tab table tablist tabpanel term textbox time timer toolbar tooltip tree treegrid "
        "treeitem graphics-document graphics-object graphics-symbol",
    )
)
"""Of WAI-ARIA 1.3 and its graphics module, but the abstract ones."""

_OPENING, _CLOSING = "\"'“„«‘`", "\"'”“»’`"
_QUOTATION = re.compile(r'"([^"\n]{1,200})"|“([^”\n]{1,200})”')
_LIKE = str.maketrans(
    {"–": "-", "—": "-", "−": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " ", "\u202f": " "}
)
_DURATION = re.compile(
    r"(?P<every>\b(?:every|each)\s+)?(?<![\d.,/])(?P<number>\d[\d,]*(?:\.\d+)?)\s?(?P<unit>ms|milliseconds?|s|sec|seconds?)\b"
    r"|\b(?P<second>(?:every|each|once (?:a|per)) second)\b",
    re.I,
)
_WIDE = re.compile(
    r"(?:at least|no (?:less|narrower|smaller) than|minimum of)\s+(?P<a>\d[\d,]*)\s*(?:"
    r"(?:px|pixels?|CSS pixels)\s+(?:wide|across|in width)"
    r"|(?:px\s*)?(?:by|x|×)\s*\d[\d,]*\s*(?:px|pixels?|CSS pixels)\b)"
    r"|(?:minimum|min\.?|least) width (?:of|is|:)?\s*(?P<b>\d[\d,]*)\s*(?:px|pixels?)\b",
    re.I,
)
_OF_THE_WINDOW = re.compile(
    r"\b(?:windows?|viewports?|screens?|breakpoints?|desktops?|displays?|wider|when|if)\b", re.I
)


def lint(checks: Iterable[Check], words: Sequence[str]) -> tuple[str, ...]:
    """The findings, the gravest first; none of a sound problem.

    Args:
        checks: of the problem.
        words: all that a programmer reads of it: title, statement, features, user actions.
    """
    checks = tuple(checks)
    told = _folded(" ".join(words))
    durations = tuple(_durations(" ".join(words[:2])))
    rules: tuple[Callable[[Check], Iterator[str]], ...] = (
        lambda check: _untold(check, told),
        _impossible,
        _against_itself,
        lambda check: _misspelt(check, words, told),
        lambda check: _close(check, durations),
    )
    found = [f"check {check.id!r} {said}" for rule in rules for check in checks for said in rule(check)]
    return tuple(dict.fromkeys((*found, *_too_wide(words))))


def _untold(check: Check, told: str) -> Iterator[str]:
    """Names that a step uses and that nobody could know how to spell: a programmer sees only the words."""
    for step in check.steps:
        for target in (getattr(step, "target", None), getattr(step, "to", None)):
            for name in (target.name, target.label, target.text) if isinstance(target, Target) else ():
                if name and _folded(name) not in told:
                    yield f"relies on {name!r}, which neither the statement, the features nor the user actions name"
                elif name and not _is_quoted(_folded(name), told):
                    yield f"relies on {name!r}, which no quotes are round in the statement, features and user actions"
        if isinstance(step, Choose) and _folded(step.option) not in told:
            yield f"relies on the option {step.option!r}, which neither the statement, the features nor the user " \
                "actions name"  # fmt: skip


def _is_quoted(name: str, told: str) -> bool:
    """Whether a quotation begins or ends with the name, or holds it."""
    for found in re.finditer(re.escape(name), told):
        before, after = told[: found.start()][-1:], told[found.end() :][:1]
        if (before and before in _OPENING) or (after and after in _CLOSING):
            return True
    return any(name in (one[1] or one[2]) for one in _QUOTATION.finditer(told))


def _impossible(check: Check) -> Iterator[str]:
    """What no page can meet."""
    for target in _all_targets(check):
        if target.role and not set(target.role.lower().split()) & ROLES:
            yield f"looks for the role {target.role!r}, which ARIA does not have"
    for step in check.steps:
        if isinstance(step, Press) and not _is_key(step.key):
            yield f"presses {step.key!r}, which is no key; keys are named as in KeyboardEvent.key, e.g. 'ArrowLeft'"
        if isinstance(step, Drag) and step.to is None and not step.dx and not step.dy:
            yield "drags nowhere: a drag needs `to`, `dx` or `dy`"
    for want in check.expect:
        if isinstance(want, SeeValue) and _unticked(want):
            yield f"expects the value {want.value!r} of a {want.target.role}, which is `true` or `false`"
        if isinstance(want, SeeText) and want.how == "matches" and _no_pattern(want.value):
            yield f"has the pattern {want.value!r}, which is no regular expression"


def _against_itself(check: Check) -> Iterator[str]:
    """Two expectations that can't hold at one moment."""
    for number, one in enumerate(check.expect):
        for other in check.expect[:number]:
            same = canonical_json(_subject(one)) == canonical_json(_subject(other))
            if same and (_exclude(one, other) or _exclude(other, one)):
                yield f"expects what can't be together: {_told(other)} and {_told(one)}"


def _exclude(one: object, other: object) -> bool:
    how, that = getattr(one, "how", ""), getattr(other, "how", "")
    if isinstance(one, SeeVisible) and isinstance(other, SeeVisible):
        return one.visible != other.visible
    if isinstance(one, SeeCanvas) and isinstance(other, SeeCanvas):
        return (how, that) in (("changed", "unchanged"), ("moving", "still"))
    if isinstance(one, SeeCount) and isinstance(other, SeeCount):
        return (how, that) == ("changed", "unchanged") or (
            how == "equals"
            and (
                (that == "equals" and one.n != other.n)
                or (that == "at_least" and one.n < other.n)
                or (that == "at_most" and one.n > other.n)
            )
        )
    if isinstance(one, SeeAttribute) and isinstance(other, SeeAttribute):
        if (how, that) == ("equals", "equals"):
            return one.value != other.value
        return (how, that) in (("changed", "unchanged"), ("present", "absent"))
    if isinstance(one, SeeText) and isinstance(other, SeeText):
        if (how, that) == ("equals", "equals"):
            return _folded(one.value) != _folded(other.value)
        return (how, that) in (("changed", "unchanged"),) or (
            (how, that) == ("equals", "contains") and _folded(other.value) not in _folded(one.value)
        )
    return isinstance(one, SeeValue) and isinstance(other, SeeValue) and (how, that) == ("changed", "unchanged")


def _subject(want: object) -> list[object]:
    target = getattr(want, "target", None)
    return [getattr(want, "see", ""), getattr(want, "name", ""), target.model_dump() if target else None]


def _told(want: object) -> str:
    if isinstance(want, SeeVisible):
        return f"`visible: {str(want.visible).lower()}`"
    value = getattr(want, "value", getattr(want, "n", ""))
    how = getattr(want, "how", "")
    return f"{how} {value!r}" if value != "" and how not in ("changed", "unchanged") else how


def _misspelt(check: Check, words: Sequence[str], told: str) -> Iterator[str]:
    """Texts that the problem quotes with another sign in them or at their end."""
    quoted: dict[str, str] = {}
    for one in _QUOTATION.finditer("\n".join(words)):
        quoted.setdefault(_bare(one[1] or one[2]), one[1] or one[2])
    for want in check.expect:
        if isinstance(want, SeeVisible | SeeCount):
            text = want.target.text
        else:
            text = want.value if isinstance(want, SeeText) and want.how in ("equals", "contains") else None
        if text and _folded(text) not in told and _bare(text) in quoted:
            yield f"expects the text {text!r}, which the problem spells {quoted[_bare(text)]!r}"


def _close(check: Check, durations: Sequence[tuple[float, bool]]) -> Iterator[str]:
    """Looks that fall together with the end of a told duration, so closely that a frame decides."""
    waited = 0
    for step in reversed(check.steps):
        if not isinstance(step, Wait):
            break
        waited += step.ms
    if not waited:
        return
    for duration, repeats in durations:
        times = max(1, round(waited / duration)) if repeats else 1
        edge = duration * times
        if abs(edge - waited) < LEAST_MARGIN and waited + check.within_ms - edge < LEAST_MARGIN:
            until = waited + check.within_ms
            yield (
                f"looks from {waited} to {until} ms after its last action, less than {LEAST_MARGIN} ms from what "
                f"changes after {edge:g} ms: wait longer or shorter, or make within_ms longer"
            )
            return


def _durations(text: str) -> Iterator[tuple[float, bool]]:
    """Milliseconds that the words tell, and whether something repeats after each; not such as are shorter than two
    margins."""
    for found in _DURATION.finditer(text):
        if found["second"]:
            yield 1000.0, True
            continue
        number = float(found["number"].replace(",", ""))
        duration = number if found["unit"].lower().startswith("m") else number * 1000
        if duration >= 2 * LEAST_MARGIN:
            yield duration, bool(found["every"])


def _too_wide(words: Sequence[str]) -> Iterator[str]:
    for sentence in re.split(r"(?<=[.;!?])\s+|\n", "\n".join(words)):
        for found in () if _OF_THE_WINDOW.search(sentence) else _WIDE.finditer(sentence):
            width = int((found["a"] or found["b"]).replace(",", ""))
            if width > SMALLEST_WIDTH:
                yield (
                    f"the statement wants something at least {width} px wide, but a page has to work at a width of "
                    f"{SMALLEST_WIDTH} px: ask for no more, or say no width"
                )


def _all_targets(check: Check) -> Iterator[Target]:
    for part in (*check.steps, *check.expect):
        for target in (getattr(part, "target", None), getattr(part, "to", None)):
            if isinstance(target, Target):
                yield target


def _is_key(key: str) -> bool:
    *held, last = re.split(r"\+(?=.)", key) if len(key) > 1 else [key]
    plain = [re.sub(r"[\s_-]", "", name).lower() for name in (*held, last)]
    known = {name.lower() for name in KEYS}
    modifiers = {"shift", "control", "ctrl", "alt", "option", "meta", "cmd", "command"}
    last_is = len(last) == 1 or plain[-1] in known or bool(re.fullmatch(r"key[a-z]|digit\d", plain[-1]))
    return last_is and all(name in modifiers for name in plain[:-1])


def _unticked(want: SeeValue) -> bool:
    ticked = want.target.role in ("checkbox", "radio", "switch")
    return ticked and want.how == "equals" and want.value not in ("true", "false")


def _no_pattern(pattern: str) -> bool:
    """Whether a JavaScript regular expression is none; one with what Python spells otherwise passes."""
    if re.search(r"\\[pPukcx]|\(\?<|\[[^\]]*\[|\\/", pattern):
        return False
    try:
        re.compile(pattern)
    except re.error as error:
        return "unterminated" in str(error) or "missing )" in str(error) or "unbalanced" in str(error)
    return False


def _bare(text: str) -> str:
    return _folded(text.translate(_LIKE).replace("…", "...")).rstrip(" .!?:")


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
