"""What the language servers say of every program: of faulty ones beside the clean ones they were, and of clean ones."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.faults.bank import page_of
from evals.faults.fault import Fault
from evals.faults.page import CleanPage
from evals.pace import Pace, Tell
from tasks.diagnose.servers import Servers
from tasks.gather import gather
from tasks.record import Diagnostic, Findings, Program
from tasks.settings import RepairSettings

_AT_ONCE = 8
"""Programs under way at once: enough to keep every server busy."""

NEAR = 2
"""Lines from a cut at which a diagnostic still points at it."""


@dataclass(frozen=True)
class Hit:
    """What the servers say of one fault that they don't say of the clean program."""

    fault: Fault
    errors: tuple[Diagnostic, ...]
    warnings: tuple[Diagnostic, ...]
    placed: bool
    """An error points at the lines that were cut."""

    @property
    def seen(self) -> bool:
        """Whether it goes to repair."""
        return bool(self.errors)

    @property
    def noted(self) -> bool:
        """Whether anything is said of it, be it a warning, which is not repaired."""
        return bool(self.errors or self.warnings)


def look(
    faults: Sequence[Fault], programs: Mapping[str, Program], tell: Tell
) -> tuple[list[Hit], dict[str, tuple[Diagnostic, ...]]]:
    """Diagnose every fault, and every clean program.

    Args:
        faults: of the bank.
        programs: clean ones, by a name to report them by.
        tell: hears how far it is.

    Returns:
        A hit for each fault, in their order; and the diagnostics of each clean program by its name.

    Raises:
        BadInput: the bank is older than its archetypes.
        Missing, ServerDown: the language servers can't be used.
    """
    return asyncio.run(_look(faults, programs, tell))


async def _look(
    faults: Sequence[Fault], programs: Mapping[str, Program], tell: Tell
) -> tuple[list[Hit], dict[str, tuple[Diagnostic, ...]]]:
    pages = [page_of(fault) for fault in faults]
    wanted = {page.program.program_id: page.program for page in pages}
    broken = [page.edited(fault.cuts) for page, fault in zip(pages, faults, strict=True)]
    wanted |= {program.program_id: program for program in (*broken, *programs.values())}
    pace = Pace("programs diagnosed", len(wanted), tell)
    places = asyncio.Semaphore(_AT_ONCE)
    async with Servers(RepairSettings()) as servers:

        async def one(program: Program) -> Findings:
            async with places:
                found = await servers.diagnose(program)
            pace.step()
            return found

        said = {found.program_id: found for found in await gather(map(one, wanted.values()))}
    hits = [
        _hit(fault, page, said[page.program.program_id], said[program.program_id])
        for fault, page, program in zip(faults, pages, broken, strict=True)
    ]
    return hits, {name: said[program.program_id].diagnostics for name, program in programs.items()}


def _hit(fault: Fault, page: CleanPage, before: Findings, after: Findings) -> Hit:
    known = Counter((one.code, one.message) for one in before.diagnostics)
    fresh = []
    for one in after.diagnostics:
        known[one.code, one.message] -= 1
        if known[one.code, one.message] < 0:
            fresh.append(one)
    errors = tuple(one for one in fresh if one.severity == "error")
    return Hit(
        fault=fault,
        errors=errors,
        warnings=tuple(one for one in fresh if one.severity == "warning"),
        placed=any(_points_at(one, fault, page) for one in errors),
    )


def _points_at(said: Diagnostic, fault: Fault, page: CleanPage) -> bool:
    for cut in fault.cuts:
        if cut.file == said.file:
            first = page.files[cut.file].encode()[: cut.start].count(b"\n") + 1
            last = first + cut.after.count("\n")
            if first - NEAR <= said.line <= last + NEAR:
                return True
    return False
