"""The diagnose room as Prefect tasks: one run diagnoses, or repairs, the programs of one shard."""

from dataclasses import dataclass

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.diagnose.repair import repair
from tasks.diagnose.servers import Servers
from tasks.diagnose.strategy.case import Look
from tasks.model.gateway import Gateway
from tasks.record import Findings, Program, Render, Written
from tasks.service import Service
from tasks.settings import RepairSettings


@dataclass(frozen=True)
class Unclean:
    """A program that needs a round of repair."""

    written: Written
    findings: Findings
    render: Render
    round_: int
    """From 1."""


@task(name="diagnose", task_run_name="diagnose-{shard}", persist_result=False, cache_policy=NO_CACHE)
async def diagnose_shard(shard: int, programs: Service[Program, Findings], servers: Servers) -> int:
    """Diagnose each program handed in; gives how many there were."""
    return await programs.serve(servers.diagnose)


@task(name="repair", task_run_name="repair-{shard}", persist_result=False, cache_policy=NO_CACHE)
async def repair_shard(
    shard: int, unclean: Service[Unclean, Written], gateway: Gateway, settings: RepairSettings, look: Look
) -> int:
    """Make one round of repair of each program handed in; gives how many rounds there were."""

    async def mend(row: Unclean) -> Written:
        return await repair(
            gateway,
            row.written,
            row.findings,
            row.render,
            row.round_,
            settings.rounds,
            strategy=settings.strategy,
            look=look,
        )

    return await unclean.serve(mend)
