"""What a version does otherwise than the clean program under the same actions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from tasks.record import Action, Divergence, Journey

Kind = Literal["wrong", "late", "unannounced"]
Sight = dict[str, str]
"""What is to be seen at one moment: values by `aspect place`."""

UNHEARD = ("state", "said")
"""Aspects that only assistive technology has."""
LOSS = "loss "
"""Key of a loss of the page, and of what was done on it: by which action it is left. It is over with the next one."""
PICTURE_STEP = 2
"""Of 15 levels of grey, by how much a cell of a canvas's small picture differs before one sees it."""
PICTURE_SHARE = 0.08
"""Of the cells, how many must differ."""
NAMED = 3
"""Places that a sentence names."""


SMALLER = 0.8
"""Of the size of its letters on the clean program: text below it is seen to have shrunk."""
READABLE_PX = 10
"""Letters below it can hardly be read."""


@dataclass(frozen=True)
class Compared:
    """A version beside the clean program."""

    found: tuple[Divergence, ...]
    diverged: float
    """Of the controls' actions that have an effect on the clean program, the share with another effect: of each control
    by itself, then the mean over all controls; in [0, 1]."""
    shrunk: float
    """Share of the texts and controls, by the size of their letters, that are smaller than they should be."""


def compare(clean: Sequence[Journey], version: Sequence[Journey]) -> Compared:
    """Journeys on the clean program and the same on a version.

    An effect is what changes between an action and the next; it is another effect if other things change. A
    `Divergence` is an action after which something differs that has not differed before since the page was loaded:
    what follows from one, or stands differently from the beginning, is named once or not at all. What a version's
    journey did not come to has another effect.
    """
    found: list[Divergence] = []
    controls: dict[tuple[str, str, str], list[bool]] = {}
    for number, (one, other) in enumerate(zip(clean, version, strict=True)):
        found += _of_journey(number, one, other)
        for control, other_effect in _effects(one, other):
            controls.setdefault(control, []).append(other_effect)
    return Compared(
        found=tuple(found),
        diverged=fmean(fmean(effects) for effects in controls.values()) if controls else 0.0,
        shrunk=_shrunk(clean[0], version[0]) if clean else 0.0,
    )


def _effects(clean: Journey, version: Journey) -> Iterator[tuple[tuple[str, str, str], bool]]:
    """Of each action that has an effect on the clean program, the control and whether the effect is another."""
    there = [frozenset(effect) for effect in _visible(version)]
    for n, (action, effect) in enumerate(zip(clean.actions, _visible(clean), strict=True)):
        if effect:
            control = (action.do, action.place, action.text if action.do == "press" else "")
            yield control, n >= len(there) or there[n] != effect


def _visible(journey: Journey) -> Iterator[set[str]]:
    """What each action changes of what a person sees."""
    before: Sight = dict(journey.begun)
    for _, after in _moments(journey):
        changed = {key for key in differ(before, after) if _aspect(key) not in UNHEARD}
        yield changed if LOSS in after else changed - {LOSS}
        before = after


def _shrunk(clean: Journey, version: Journey) -> float:
    sizes = {place: (look[-1], version.looks.get(place, look)[-1]) for place, look in clean.looks.items()}
    small = sum(one for one, other in sizes.values() if other < SMALLER * one or other < min(one, READABLE_PX))
    return small / (sum(one for one, _ in sizes.values()) or 1)


def _of_journey(number: int, clean: Journey, version: Journey) -> Iterator[Divergence]:
    known = differ(clean.begun, version.begun)
    count = 0
    moments = zip(clean.actions, _moments(clean), _moments(version), strict=False)
    for count, (action, (soon, later), (soon_there, later_there)) in enumerate(moments, 1):
        apart = differ(later, later_there)
        news = apart - known
        late = differ(soon, soon_there) - apart - known
        seen = {key for key in news if _aspect(key) not in UNHEARD}
        kind: Kind | None = "wrong" if seen else "unannounced" if news else "late" if late else None
        if kind:
            what = _told(action, sorted(seen or news), kind, later, later_there)
            yield Divergence(journey=number, action=count - 1, kind=kind, what=what)
        known |= apart
    for missing in range(count, len(clean.actions)):
        what = f"After {_deed(clean.actions[missing])} nothing could be seen: {version.note or 'the page had ended'}."
        yield Divergence(journey=number, action=missing, kind="wrong", what=what)


def differ(one: Mapping[str, str], other: Mapping[str, str]) -> set[str]:
    """What a person sees otherwise of two sights, by `aspect place`."""
    return {key for key in one.keys() | other.keys() if not _alike(key, one.get(key), other.get(key))}


def _alike(key: str, one: str | None, other: str | None) -> bool:
    if one == other:
        return True
    if _aspect(key) != "picture" or not one or not other:
        return False
    apart = sum(abs(int(a, 16) - int(b, 16)) > PICTURE_STEP for a, b in zip(one, other, strict=True))
    return apart < PICTURE_SHARE * len(one)


def _moments(journey: Journey) -> Iterator[tuple[Sight, Sight]]:
    """What was to be seen soon after each action, and later."""
    sight: Sight = dict(journey.begun)
    for effect in journey.effects:
        soon = sight = _changed(sight, effect.soon)
        later = sight = _changed(sight, effect.later)
        yield soon, later


def _changed(sight: Sight, changes: Mapping[str, str | None]) -> Sight:
    return {key: value for key, value in {**sight, **changes}.items() if value is not None}


def _aspect(key: str) -> str:
    return key.partition(" ")[0]


def _deed(action: Action) -> str:
    """An action in words."""
    place = action.place or "the page"
    match action.do:
        case "wait":
            return f"{action.ms} ms"
        case "press":
            return f"pressing {action.text!r} at {place}"
        case "type" | "press_sequentially":
            return f"typing {action.text[:40]!r} into {place}"
        case "choose":
            return f"choosing {action.text[:40]!r} in {place}"
        case "drag":
            return f"dragging {place}"
        case _:
            return f"a click on {place}"


def _told(action: Action, keys: Sequence[str], kind: Kind, clean: Mapping[str, str], version: Mapping[str, str]) -> str:
    if kind == "late":
        return f"The effect of {_deed(action)} comes late."
    parts = []
    for key in keys[:NAMED]:
        aspect, _, place = key.partition(" ")
        if key == LOSS:
            parts.append(version.get(key, "the page stays, which is left otherwise"))
        elif aspect in ("look", "drawn", "picture"):
            parts.append(f"{place} looks otherwise")
        else:
            values = [f"{sight[key][:60]!r}" if key in sight else "nothing" for sight in (version, clean)]
            parts.append(f"the {aspect} of {place or 'the page'} is {values[0]}, not {values[1]}")
    more = f", and {len(keys) - NAMED} more" if len(keys) > NAMED else ""
    return f"After {_deed(action)} {'; '.join(parts)}{more}."
