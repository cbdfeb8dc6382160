"""A batch of searches on disk: one JSON line a search, in the candidates' order, whole or not there.

authored.jsonl     one `Authored` a line, if a model is an author
searches.jsonl     one `Search` a line
orders.jsonl       one `BatchTrial` a line: what to render and diagnose now
renders.jsonl      one `Render` a line, in any order, from the flow
findings.jsonl     one `Findings` a line, in any order, from the flow; only for trials with `diagnose`
"""

from collections.abc import Iterable
from pathlib import Path

from tasks.augment.author import Authored, author_edits
from tasks.augment.search import begin, conclude, learn, propose
from tasks.augment.state import Search, Trial
from tasks.check import Check
from tasks.gather import gather
from tasks.model.gateway import Gateway
from tasks.record import Findings, Proven, Ranked, Record, Rejected, Render, task_id_of
from tasks.rows import load_rows, save_rows
from tasks.settings import Settings


class BatchTrial(Record):
    """A trial and the candidate that it is for."""

    index: int
    """The candidate's."""
    trial: Trial
    checks: tuple[Check, ...]


async def author_searches(proven: Path, authored: Path, gateway: Gateway) -> int:
    """Have a model propose edits for each proven program; how many it proposed in all.

    Raises:
        ModelDown: the model's endpoint can't be used.
    """
    rows = await gather(author_edits(row, gateway) for row in load_rows(proven, Proven))
    save_rows(authored, rows)
    return sum(len(row.proposals) for row in rows)


def begin_searches(proven: Path, searches: Path, settings: Settings, authored: Path | None = None) -> int:
    """Begin a search for each proven program; how many are open. What a model was paid for its proposals is added to
    the candidate's usage."""
    by_index = {row.index: row for row in load_rows(authored, Authored)} if authored else {}
    begun = [_begun(row, settings, by_index.get(row.candidate.index)) for row in load_rows(proven, Proven)]
    save_rows(searches, begun)
    return sum(search.status == "open" for search in begun)


def propose_trials(searches: Path, orders: Path) -> int:
    """Write what is to be rendered now for all open searches; how many orders that is. None: the batch is done."""
    trials = [
        BatchTrial(index=search.proven.candidate.index, trial=trial, checks=search.proven.problem.checks)
        for search in load_rows(searches, Search)
        for trial in propose(search)
    ]
    save_rows(orders, trials)
    return len(trials)


def learn_renders(searches: Path, renders: Path, findings: Path, out: Path) -> int:
    """Take the renders and findings of all orders in; `out` may be `searches` itself. How many searches are open
    still."""
    seen, looked = load_rows(renders, Render), load_rows(findings, Findings)
    learnt = [learn(search, seen, looked) for search in load_rows(searches, Search)]
    save_rows(out, learnt)
    return sum(search.status == "open" for search in learnt)


def conclude_searches(searches: Path, ranked: Path, rejected: Path) -> tuple[int, int]:
    """Write the tasks and the rejects of a finished batch; how many of each."""
    rows = load_rows(searches, Search)
    tasks = list(_tasks(rows))
    losses = [
        Rejected(
            candidate=search.proven.candidate,
            stage="augment",
            reason=search.reason,
            detail=search.detail,
            usage=search.proven.usage,
            problem=search.proven.problem,
            program=search.proven.program,
        )
        for search in rows
        if search.status == "failed"
    ]
    save_rows(ranked, tasks)
    save_rows(rejected, losses)
    return len(tasks), len(losses)


def _begun(proven: Proven, settings: Settings, authored: Authored | None) -> Search:
    if authored is None:
        return begin(proven, settings)
    proven = proven.model_copy(update={"usage": proven.usage + authored.usage})
    return begin(proven, settings, authored.proposals) if authored.proposals else begin(proven, settings)


def _tasks(rows: Iterable[Search]) -> Iterable[Ranked]:
    for search in rows:
        if search.status == "found":
            proven = search.proven
            yield Ranked(
                task_id=task_id_of(proven.problem, proven.program),
                candidate=proven.candidate,
                problem=proven.problem,
                program=proven.program,
                ladder=conclude(search),
                usage=proven.usage,
                rounds=proven.rounds,
                nearest=proven.nearest,
            )
