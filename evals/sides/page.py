"""Two sides, as a page."""

from collections.abc import Sequence

from evals.paper import Paper, Table
from evals.sides.figures import MEASURES, Comparison, Measure
from evals.sides.side import Side
from evals.stats import Interval
from tasks.settings import OFFLINE


def paper_of(one: Side, other: Side, found: Comparison) -> Paper:
    """The page."""
    sides = (one, other)
    return Paper(
        title="Two settings on the same candidates",
        lead=f"{found.candidates} candidates, drawn with the same seed from the same personas, by {one.name} "
        f"({', '.join(one.models)}) and by {other.name} ({', '.join(other.models)}).",
        facts={
            measure.words: " / ".join(_told(each, measure) for each in found.found[measure.key][:2])
            for measure in MEASURES
            if measure.key in ("accepted", "q", "usd")
        },
        tables=(
            Table(
                title="Beside each other",
                headings=("measure", one.name, other.name, f"{other.name} − {one.name}"),
                rows=(
                    *(_row(measure, found) for measure in MEASURES),
                    (
                        "distinct topics, of the problems",
                        *(f"{side.topics} of {len(side.posed)}" for side in sides),
                        "–",
                    ),
                ),
                note="With 95 % percentile bootstraps over candidates; the difference is paired, with the same draws "
                "for both, and tells nothing apart where its interval holds 0. Costs are those of all candidates, as "
                "when their replies were made, over the tasks accepted. –: a side has none in some draw. Similarity is "
                "the cosine of the lexical embedding; problems that a chain of similar ones links are one topic.",
            ),
            Table(
                title="Why candidates were rejected",
                headings=("reason", one.name, other.name),
                rows=_reasons(sides),
            ),
        ),
        plots={},
        records=tuple(
            {
                "measure": measure.key,
                **{
                    f"{name}_{part}": getattr(each, part) if each else None
                    for name, each in zip(("one", "other", "gap"), found.found[measure.key], strict=True)
                    for part in ("mean", "low", "high")
                },
            }
            for measure in MEASURES
        ),
        remarks=_remarks(sides),
    )


def _row(measure: Measure, found: Comparison) -> tuple[str, ...]:
    one, other, gap = found.found[measure.key]
    return measure.words, _told(one, measure), _told(other, measure), _told(gap, measure, sign="+")


def _told(found: Interval | None, measure: Measure, sign: str = "") -> str:
    if found is None:
        return "–"
    mean, low, high = (f"{value:{sign},.{measure.digits}f}" for value in (found.mean, found.low, found.high))
    return f"{mean} ({low} to {high})"


def _reasons(sides: Sequence[Side]) -> tuple[tuple[str, ...], ...]:
    reasons = sorted({reason for side in sides for reason in side.reasons})
    return tuple((reason, *(str(side.reasons[reason]) for side in sides)) for reason in reasons)


def _remarks(sides: Sequence[Side]) -> tuple[str, ...]:
    if all(side.models == (OFFLINE,) for side in sides):
        return (
            "Both sides are the offline model, which reads only the data of a prompt: wording makes no difference to "
            "it, and these figures say nothing about real models.",
        )
    return ()
