"""The augment stage as Prefect tasks: one task run a batch and a step. The flow goes round `propose`, render,
diagnose, `learn`.

begin_batch(proven, searches, settings)
while propose_batch(searches, orders):
    ... render each order with its checks, diagnose those that ask for it ...
    learn_batch(searches, renders, findings, searches)
conclude_batch(searches, ranked, rejected)
"""

from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.augment.batch import begin_searches, conclude_searches, learn_renders, propose_trials
from tasks.settings import Settings


@task(name="augment-begin", cache_policy=NO_CACHE)
def begin_batch(proven: Path, searches: Path, settings: Settings) -> int:
    """`batch.begin_searches`; how many searches are open."""
    return begin_searches(proven, searches, settings)


@task(name="augment-propose", cache_policy=NO_CACHE)
def propose_batch(searches: Path, orders: Path) -> int:
    """`batch.propose_trials`; how many programs are to be rendered."""
    return propose_trials(searches, orders)


@task(name="augment-learn", cache_policy=NO_CACHE)
def learn_batch(searches: Path, renders: Path, findings: Path, out: Path) -> int:
    """`batch.learn_renders`; how many searches are open still."""
    return learn_renders(searches, renders, findings, out)


@task(name="augment-conclude", cache_policy=NO_CACHE)
def conclude_batch(searches: Path, ranked: Path, rejected: Path) -> tuple[int, int]:
    """`batch.conclude_searches`; how many tasks and how many rejects."""
    return conclude_searches(searches, ranked, rejected)
