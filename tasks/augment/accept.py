"""The rules of a ladder (DESIGN: 'A ladder is accepted only if'), as one pure function."""

from collections.abc import Iterable
from itertools import pairwise

from tasks.record import Findings, Ladder, Quality, Render
from tasks.settings import LadderRules


def refusals(ladder: Ladder, findings: Iterable[Findings], rules: LadderRules) -> tuple[str, ...]:
    """Every rule the ladder breaks, each as a sentence with its numbers; empty if it is accepted.

    `findings` must hold those of the natural programs; an edited one without findings counts as not looked at, which
    is a refusal. What only many tasks tell is `evals/leaks`'.
    """
    versions = ladder.versions
    broken: list[str] = []
    if [v.rank for v in versions] != [0, 1, 2, 3]:
        broken.append(f"the ranks are {[v.rank for v in versions]}, not 0 to 3")
    if len({v.completion_id for v in versions}) < 4:
        broken.append("two versions carry the same completion id")
    if len({v.program.program_id for v in versions}) < 4:
        broken.append("two versions are the same program")
    best = versions[0].render
    if best.passed < len(best.verdicts) or not best.verdicts:
        failed = ", ".join(verdict.check_id for verdict in best.verdicts if verdict.value != "pass")
        broken.append(f"rank 0 passes {best.passed} of {len(best.verdicts)} checks; not: {failed or 'any'}")
    broken += [f"rank {v.rank} could not be judged: {v.render.outcome}" for v in versions if v.render.outcome != "ok"]
    looked = {one.program_id: one for one in findings}
    for version in versions:
        seen = looked.get(version.program.program_id)
        if seen is None and version.edits:
            broken.append(f"rank {version.rank} was never diagnosed")
        elif seen is not None and seen.errors:
            first = seen.errors[0]
            broken.append(
                f"rank {version.rank} has {len(seen.errors)} error diagnostics, the first {first.code} in {first.file}"
            )
    for version in versions:
        if reason := differs(version.natural, version.render, rules.max_sealed_off):
            broken.append(f"rank {version.rank} is another page when it is sealed: {reason}")
    broken += _order(ladder, rules)
    return tuple(broken)


def differs(natural: Render, sealed: Render, most: float) -> str:
    """How a page behaves otherwise when it is sealed, as the end of a sentence; empty if it does not.

    `most`: difference in q that is none, in [0, 1].
    """
    if natural.outcome != sealed.outcome:
        return f"it ends with {sealed.outcome} in place of {natural.outcome}"
    before = {verdict.check_id: verdict.value for verdict in natural.verdicts}
    after = {verdict.check_id: verdict.value for verdict in sealed.verdicts}
    if others := [name for name in before if before[name] != after.get(name)]:
        return f"other verdicts of {', '.join(others)}"
    off = abs(natural.quality.q - sealed.quality.q)
    return f"q differs by {off:.3f}" if off > most else ""


def noticed(one: Quality, other: Quality) -> bool:
    """Whether a person who uses two versions can meet a difference: in what the pages do, or in their looks."""
    return one.function != other.function or one.visual != other.visual


def _order(ladder: Ladder, rules: LadderRules) -> list[str]:
    qualities = [version.render.quality for version in ladder.versions]
    broken = [
        f"rank {rank} and rank {rank + 1} do and look the same"
        for rank, (one, other) in enumerate(pairwise(qualities))
        if rules.noticeable and not noticed(one, other)
    ]
    for rank, gap in enumerate(ladder.gaps):
        if gap <= 0:
            broken.append(f"the order is not strict: rank {rank + 1} is {-gap:.3f} above rank {rank}")
        elif gap < rules.gap_over_spread * ladder.spread:
            least = f"{rules.gap_over_spread:g} x the spread {ladder.spread:.3f}"
            broken.append(f"the gap after rank {rank}, {gap:.3f}, is under {least}")
    if ladder.span < rules.min_span:
        broken.append(f"the span is {ladder.span:.3f}, under {rules.min_span:g}")
    if ladder.off_line > rules.max_off_line:
        broken.append(f"a version is {ladder.off_line:.3f} of the span off the line, over {rules.max_off_line:g}")
    return broken
