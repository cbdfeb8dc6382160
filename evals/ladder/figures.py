"""The figures of the ladders, stored and rendered again, against the goals of the project."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from evals.ladder.books import Books
from evals.ladders import Quad
from tasks.record import FAMILIES, Family, Render
from tasks.settings import LadderRules, QualityWeights

Floats = NDArray[np.float64]

LEAST_YIELD = 0.98
MOST_RENDERS = 10
MOST_APART = 0.01
"""Between q of a sealed version and q of the natural one."""
MOST_TOKENS = 1.2
LEAST_SHARE = 0.5
"""Of a family's weight in q: what it has of the harm at the least."""


@dataclass(frozen=True)
class Ladders:
    """Every ladder in numbers; rows are ladders, columns ranks 0 to 3."""

    task_ids: tuple[str, ...]
    stored: Floats
    """q as the shards have it, shape (ladders, 4)."""
    again: Floats
    """q of the sealed pages when rendered once more, shape (ladders, 4)."""
    natural: Floats
    """q of the natural files when rendered once more, shape (ladders, 4)."""
    same: NDArray[np.bool_]
    """Whether the verdicts of sealed and natural versions are the same, all four, shape (ladders,)."""
    parts: dict[Family, Floats]
    """The four parts as the shards have them, each of shape (ladders, 4)."""
    whole: NDArray[np.bool_]
    """Whether the best version passed every check again, shape (ladders,)."""
    edits: dict[Family, int]
    """By their family, over all versions."""


@dataclass(frozen=True)
class Goal:
    """A figure and what it should be."""

    figure: str
    goal: str
    found: str
    value: float
    """The same as a number; nan if there was nothing to take it from."""
    met: bool | None
    """None if it can't be said."""


def gather(quads: Sequence[Quad], sealed: Mapping[str, Render], natural: Mapping[str, Render]) -> Ladders:
    """Ladders in rank order with what was measured of them again, of both forms, by completion id."""
    ordered = [quad.ordered for quad in quads]
    best = [sealed[rungs[0].completion_id] for rungs in ordered]
    edits = dict.fromkeys(FAMILIES, 0)
    for edit in (edit for rungs in ordered for rung in rungs for edit in rung.edits):
        edits[edit.family] += 1
    return Ladders(
        task_ids=tuple(quad.task_id for quad in quads),
        stored=np.array([[rung.q for rung in rungs] for rungs in ordered]),
        again=np.array([[sealed[rung.completion_id].quality.q for rung in rungs] for rungs in ordered]),
        natural=np.array([[natural[rung.completion_id].quality.q for rung in rungs] for rungs in ordered]),
        same=np.array([all(_agree(sealed, natural, rung.completion_id) for rung in rungs) for rungs in ordered]),
        parts={family: np.array([[rung.parts[family] for rung in rungs] for rungs in ordered]) for family in FAMILIES},
        whole=np.array([render.passed == len(render.verdicts) > 0 for render in best]),
        edits=edits,
    )


def _agree(sealed: Mapping[str, Render], natural: Mapping[str, Render], completion: str) -> bool:
    one, other = ([verdict.value for verdict in renders[completion].verdicts] for renders in (sealed, natural))
    return one == other


def gaps(q: Floats) -> Floats:
    """q lost from rank to rank, shape (ladders, 3)."""
    return np.asarray(q[:, :-1] - q[:, 1:])


def span(q: Floats) -> Floats:
    """q of the best less q of the worst, shape (ladders,)."""
    return np.asarray(q[:, 0] - q[:, 3])


def off_line(q: Floats) -> Floats:
    """Largest distance of a ladder's q from the straight line through its best and worst, as a share of the span, shape
    (ladders,); inf without a span."""
    width = span(q)
    line = q[:, :1] - width[:, None] * np.arange(4) / 3
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(width > 0, np.abs(q - line).max(axis=1) / width, np.inf)


def spread(ladders: Ladders) -> Floats:
    """Largest difference between the stored q and the one measured again, shape (ladders,)."""
    return np.asarray(np.abs(ladders.again - ladders.stored).max(axis=1))


def apart(ladders: Ladders) -> Floats:
    """Largest difference between q of a sealed version and q of the natural one, shape (ladders,)."""
    return np.asarray(np.abs(ladders.again - ladders.natural).max(axis=1))


def lost_from_best(ladders: Ladders, weights: QualityWeights | None) -> dict[Family, float]:
    """Each family's share in the quality that ranks 1 to 3 lack against rank 0, over all ladders.

    A part that is better than in rank 0 counts as no loss. With weights each part counts as it does in q.
    """
    lost = {
        family: float(np.clip(part[:, :1] - part[:, 1:], 0, None).sum()) * (getattr(weights, family) if weights else 1)
        for family, part in ladders.parts.items()
    }
    return _shares(lost)


def lost_from_whole(ladders: Ladders, weights: QualityWeights) -> dict[Family, float]:
    """Each family's share in all that the four versions lack to a quality of 1, weighted as in q."""
    return _shares({f: float((1 - part).sum()) * getattr(weights, f) for f, part in ladders.parts.items()})


def goals(ladders: Ladders, books: Books, rules: LadderRules, weights: QualityWeights) -> list[Goal]:
    """Every figure that has a goal."""
    count = len(ladders.task_ids)
    strict = (gaps(ladders.again) > 0).all(axis=1)
    off = off_line(ladders.again)
    wide = np.maximum(spread(ladders), apart(ladders))
    firm = (gaps(ladders.stored) >= rules.gap_over_spread * wide[:, None]).all(axis=1)
    narrow = float(span(ladders.again).min())
    renders = [books.renders[task] for task in ladders.task_ids if task in books.renders]
    produced = books.accepted / books.clean if books.clean else float("nan")
    found = [
        _least("accepted ladders per clean program", LEAST_YIELD, produced, f"{books.accepted} of {books.clean}"),
        _all("strict order, sealed, rendered again", strict),
        _all("strict order, natural, rendered again", (gaps(ladders.natural) > 0).all(axis=1)),
        _all("sealed and natural versions have the same verdicts", ladders.same),
        _most("largest |q sealed - q natural|", MOST_APART, float(apart(ladders).max())),
        _all("best version passes every check again", ladders.whole),
        _most("worst distance from the line / span, again", rules.max_off_line, float(off.max())),
        _most(
            "worst distance from the line / span, natural", rules.max_off_line, float(off_line(ladders.natural).max())
        ),
        _most("worst distance from the line / span, stored", rules.max_off_line, float(off_line(ladders.stored).max())),
        _all(f"every gap at least {rules.gap_over_spread:g} x the spread", firm),
        _least("least span, again", rules.min_span, narrow),
        _most(
            "renders per ladder, median",
            MOST_RENDERS,
            float(median(renders)) if renders else float("nan"),
            f"{len(renders)} of {count} on record",
        ),
        _most("tokens out per accepted ladder / per clean program", MOST_TOKENS, books.token_ratio),
    ]
    for name, shares in (
        ("lost from rank 0", lost_from_best(ladders, weights)),
        ("lacking to 1", lost_from_whole(ladders, weights)),
    ):
        for family in FAMILIES:
            least = LEAST_SHARE * getattr(weights, family)
            found.append(_least(f"share of {family} in q {name}", least, shares[family]))
    return found


def _shares(lost: dict[Family, float]) -> dict[Family, float]:
    total = sum(lost.values())
    return {family: one / total if total else 0.0 for family, one in lost.items()}


def _least(figure: str, goal: float, value: float, more: str = "") -> Goal:
    return _goal(figure, f">= {goal:.2f}", value, value >= goal, more)


def _most(figure: str, goal: float, value: float, more: str = "") -> Goal:
    return _goal(figure, f"<= {goal:.2f}", value, value <= goal, more)


def _all(figure: str, held: NDArray[np.bool_] | np.bool_) -> Goal:
    held = np.atleast_1d(held)
    share = float(held.mean())
    return Goal(figure, "100 %", f"{100 * share:.1f} % ({int(held.sum())} of {len(held)})", share, bool(held.all()))


def _goal(figure: str, goal: str, value: float, met: bool, more: str) -> Goal:
    if np.isnan(value):
        return Goal(figure, goal, "not on record", value, None)
    return Goal(figure, goal, f"{value:.3f}" + (f" ({more})" if more else ""), value, met)
