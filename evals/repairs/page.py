"""What came of the attempts, as tables and a plot."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import Any

from evals.faults.fault import KINDS
from evals.paper import Paper, Table
from evals.repairs.attempt import MOST_ROUNDS, Attempt
from evals.repairs.figures import Results, results
from evals.stats import Interval
from tasks.report import plot
from tasks.settings import OFFLINE, Strategy

_COLOURS = ("#9db8de", "#2d5c9e", "#d08a1d", "#6a9b3f")


def paper_of(attempts: Sequence[Attempt], models: Sequence[str], budget: int) -> Paper:
    """The page; every strategy has tried every fault."""
    found = results(attempts)
    faults = len({one.fault_id for one in attempts})
    best = max(found.strategies, key=lambda strategy: found.mean(strategy, "fixed").mean)
    total = sum(one.spent.usd for one in attempts)
    return Paper(
        title="Repair: what each strategy fixes, and what it costs",
        lead=f"{faults} faults of {len({one.kind for one in attempts})} kinds, planted in clean programs; "
        f"{', '.join(found.strategies)}; model {', '.join(models)}; {budget:,} tokens out for each fault.",
        facts={
            "faults": str(faults),
            "most fixed": f"{best}, {found.mean(best, 'fixed').mean:.3f}",
            "dollars": f"{total:.4f}",
            "tokens out": f"{sum(one.spent.completion_tokens for one in attempts):,}",
        },
        tables=(
            _strategies(found, attempts),
            _pairs(found),
            _kinds(attempts, found.strategies),
            _ends(attempts, found),
        ),
        plots={"Fixed, and broken further": _bars(found), "Fixed by who can see the fault": _visible(attempts, found)},
        records=tuple(_record(one) for one in attempts),
        remarks=_remarks(models),
    )


def _remarks(models: Sequence[str]) -> tuple[str, ...]:
    if OFFLINE not in models:
        return ()
    return (
        "The offline model is a stand-in: it knows the clean program and puts back what differs, at rates that were "
        "chosen. These figures show that the measurement works from end to end. They say nothing about real models, "
        "nor about which strategy is better with one.",
    )


def _strategies(found: Results, attempts: Sequence[Attempt]) -> Table:
    calls: Counter[str] = Counter()
    for one in attempts:
        calls[one.strategy] += one.spent.calls
    return Table(
        title="Strategies",
        headings=(
            *("strategy", "fixed", "broken further", "checks passed after", "tokens out per fix", "dollars per fix"),
            *("tokens out per fault", "calls"),
        ),
        rows=tuple(
            (
                strategy,
                *(_told(found.share(strategy, measure)) for measure in ("fixed", "broken further")),
                _told(found.mean(strategy, "checks passed")),
                _told(found.per_fix(strategy, "tokens out"), 0),
                _told(found.per_fix(strategy, "dollars"), 5),
                _told(found.mean(strategy, "tokens out"), 0),
                str(calls[strategy]),
            )
            for strategy in found.strategies
        ),
        note="With 95 % intervals over faults: Wilson's for the two shares, else percentile bootstraps. Fixed: no "
        "error diagnostics, nothing caught by the browser, every check passes. Broken further: more checks fail than "
        "before, or a server says something new. A round that ends above the budget does not count, but is paid; there "
        f"are {MOST_ROUNDS} rounds at the most.",
    )


def _pairs(found: Results) -> Table:
    def rows(one: Strategy, other: Strategy) -> tuple[str, ...]:
        gaps = [
            _told(found.gap(one, other, measure), sign=True) for measure in ("fixed", "broken further", "checks passed")
        ]
        prices = [
            "–" if (gap := found.gap_per_fix(one, other, measure)) is None else _told(gap, places, sign=True)
            for measure, places in (("tokens out", 0), ("dollars", 5))
        ]
        return (f"{one} − {other}", *gaps, *prices)

    return Table(
        title="Differences on the same faults",
        headings=(
            *("first less second", "fixed", "broken further", "checks passed after"),
            *("tokens out per fix", "dollars per fix"),
        ),
        rows=tuple(rows(other, one) for one, other in combinations(found.strategies, 2)),
        note="Paired bootstrap: the same draws of faults for both; no width where both did the same on every fault. An "
        "interval that holds 0 tells nothing apart. –: one of the two fixes nothing in some draw.",
    )


def _kinds(attempts: Sequence[Attempt], strategies: Sequence[Strategy]) -> Table:
    fixed: Counter[tuple[str, str]] = Counter()
    tried: Counter[str] = Counter()
    for one in attempts:
        fixed[one.kind, one.strategy] += one.fixed
        tried[one.kind] += one.strategy == strategies[0]
    return Table(
        title="Fixed by kind of fault",
        headings=("kind", "seen by", "faults", *strategies),
        rows=tuple(
            (kind, KINDS[kind][0], str(tried[kind]), *(str(fixed[kind, strategy]) for strategy in strategies))
            for kind in KINDS
            if tried[kind]
        ),
    )


def _ends(attempts: Sequence[Attempt], found: Results) -> Table:
    ends: Counter[tuple[str, str]] = Counter((one.strategy, one.end) for one in attempts)
    said = {
        "clean": "clean",
        "budget": "budget used up",
        "rounds": "rounds used up",
        "unseen": "nothing seen",
        "none": "nobody asked",
    }
    return Table(
        title="How attempts ended",
        headings=("strategy", *said.values(), "rounds that counted, mean"),
        rows=tuple(
            (
                strategy,
                *(str(ends[strategy, end]) for end in said),
                f"{_mean([one.rounds for one in attempts if one.strategy == strategy]):.2f}",
            )
            for strategy in found.strategies
        ),
        note="Nothing seen: neither servers nor browser nor checks find anything, so that it is never repaired; it "
        "counts as not fixed.",
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _told(found: Interval, places: int = 3, *, sign: bool = False) -> str:
    if found.mean == float("inf"):
        return "–"

    def number(value: float) -> str:
        return "∞" if value == float("inf") else f"{value:{'+' if sign else ''},.{places}f}"

    return f"{number(found.mean)} ({number(found.low)} to {number(found.high)})"


def _record(one: Attempt) -> dict[str, Any]:
    return {
        "strategy": one.strategy,
        "fault": one.fault_id,
        "kind": one.kind,
        "visibility": one.visibility,
        "fixed": one.fixed,
        "broken_further": one.worse,
        "checks": one.checks,
        "failed_before": len(one.before.failed),
        "failed_after": len(one.after.failed),
        "diagnostics_before": len(one.before.diagnostics),
        "diagnostics_after": len(one.after.diagnostics),
        "rounds": one.rounds,
        "calls": one.spent.calls,
        "prompt_tokens": one.spent.prompt_tokens,
        "completion_tokens": one.spent.completion_tokens,
        "usd": one.spent.usd,
        "end": one.end,
    }


def _bars(found: Results) -> str:
    drawn, axes = plot.figure(5.4, 3.4)
    for place, (measure, colour) in enumerate((("fixed", "#1f7a5c"), ("broken further", "#b3402e"))):
        spots = [at + (place - 0.5) * 0.36 for at in range(len(found.strategies))]
        shares = [found.share(strategy, measure) for strategy in found.strategies]
        ends = [[share.mean - share.low for share in shares], [share.high - share.mean for share in shares]]
        axes.bar(spots, [share.mean for share in shares], 0.34, color=colour, label=measure)
        axes.errorbar(spots, [share.mean for share in shares], yerr=ends, fmt="none", ecolor=plot.INK, linewidth=1)
    axes.set_xticks(range(len(found.strategies)), found.strategies)
    axes.set_ylim(0, 1.05)
    axes.set_ylabel("share of the faults")
    axes.legend(frameon=False, fontsize=8)
    return plot.svg(drawn)


def _visible(attempts: Sequence[Attempt], found: Results) -> str:
    drawn, axes = plot.figure(5.4, 3.4)
    groups = [name for name in ("server", "browser", "check") if any(one.visibility == name for one in attempts)]
    width = 0.8 / len(found.strategies)
    for place, strategy in enumerate(found.strategies):
        spots = [at + (place - (len(found.strategies) - 1) / 2) * width for at in range(len(groups))]
        mine = [one for one in attempts if one.strategy == strategy]
        shares = [_mean([float(one.fixed) for one in mine if one.visibility == group]) for group in groups]
        axes.bar(spots, shares, width, color=_COLOURS[place % 4], label=strategy)
    axes.set_xticks(range(len(groups)), [f"seen by a {group}" for group in groups])
    axes.set_ylim(0, 1.05)
    axes.set_ylabel("fixed")
    axes.legend(frameon=False, fontsize=8)
    return plot.svg(drawn)
