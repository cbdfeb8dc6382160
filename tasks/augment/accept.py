"""The rules of a ladder (DESIGN: 'A ladder is accepted only if'), as one pure function."""

from collections.abc import Iterable

from tasks.record import Findings, Ladder
from tasks.settings import LadderRules


def refusals(ladder: Ladder, findings: Iterable[Findings], rules: LadderRules) -> tuple[str, ...]:
    """Every rule the ladder breaks, each as a sentence with its numbers; empty if it is accepted.

    `findings` must hold those of the four programs; a program without findings counts as not looked at, which is a
    refusal.
    The rules on leaks that need many tasks are `evals/leaks`'; of one ladder's text only what is absolute is held here.
    """
    versions = ladder.versions
    broken: list[str] = []
    if [v.rank for v in versions] != [0, 1, 2, 3]:
        broken.append(f"the ranks are {[v.rank for v in versions]}, not 0 to 3")
    if len({v.completion_id for v in versions}) < 4:
        broken.append("two versions carry the same completion id")
    best = versions[0].render
    if best.passed < len(best.verdicts) or not best.verdicts:
        failed = ", ".join(verdict.check_id for verdict in best.verdicts if verdict.value != "pass")
        broken.append(f"rank 0 passes {best.passed} of {len(best.verdicts)} checks; not: {failed or 'any'}")
    broken += [f"rank {v.rank} could not be judged: {v.render.outcome}" for v in versions if v.render.outcome != "ok"]
    looked = {one.program_id: one for one in findings}
    for version in versions:
        seen = looked.get(version.program.program_id)
        if seen is None:
            broken.append(f"rank {version.rank} was never diagnosed")
        elif seen.errors:
            first = seen.errors[0]
            broken.append(
                f"rank {version.rank} has {len(seen.errors)} error diagnostics, the first {first.code} in {first.file}"
            )
    broken += _order(ladder, rules)
    broken += _texts(ladder)
    return tuple(broken)


def _order(ladder: Ladder, rules: LadderRules) -> list[str]:
    broken = []
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


def _texts(ladder: Ladder) -> list[str]:
    broken = []
    lists = [v.edits for v in ladder.versions]
    counts = [len(edits) for edits in lists]
    if min(counts) == 0 or len(set(counts)) > 1:
        return [f"the versions carry {counts} edits; they must be as many in each, and not none"]
    for place, edits in enumerate(zip(*lists, strict=True), 1):
        if len({(e.mutator, e.file, e.line, e.before) for e in edits}) > 1:
            broken.append(f"edit {place} is not at the same site in all four")
        if len({e.after for e in edits} | {edits[0].before}) < 5:
            broken.append(f"edit {place} does not read differently in all four and from the original")
    if len({v.program.program_id for v in ladder.versions}) < 4:
        broken.append("two versions are the same program")
    return broken
