"""One strategy on one fault: looked at, repaired within a budget of tokens, and looked at again."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from evals.faults.bank import page_of
from evals.faults.fault import Fault
from tasks.check import Check
from tasks.diagnose.repair import repair
from tasks.diagnose.servers import Servers
from tasks.diagnose.verdict import FATAL, faults
from tasks.model.gateway import Gateway
from tasks.record import Candidate, Findings, Persona, Program, Record, Render, RenderOrder, Usage, Written
from tasks.render.pool import RenderPool
from tasks.settings import Strategy

MOST_ROUNDS = 6
"""Of one attempt, whatever is left of its budget."""

End = Literal["clean", "budget", "rounds", "unseen", "none"]
"""Why an attempt ended: nothing is wrong any more, its tokens are used up, so are its rounds, nothing was found wrong
to begin with, or nobody was to be asked."""


class State(Record):
    """What speaks against a program."""

    diagnostics: tuple[str, ...] = ()
    """Code and message of each error."""
    said: tuple[str, ...] = ()
    """What the browser caught: kind and message."""
    failed: tuple[str, ...] = ()
    """Ids of the checks that did not pass."""
    clean: bool = False
    """By the rule of the pipeline; then all of the above are empty."""


class Attempt(Record):
    """What became of one fault under one strategy."""

    key: str
    """Names the fault, the strategy, the model and all that decides what comes out."""
    strategy: Strategy
    fault_id: str
    kind: str
    visibility: str
    checks: int
    before: State
    after: State
    rounds: int
    """Those that counted."""
    spent: Usage
    """Of all rounds, also of one that went over the budget."""
    end: End

    @property
    def fixed(self) -> bool:
        """No error diagnostics, nothing caught by the browser, and every check passes, which was not so before."""
        return self.after.clean and not self.before.clean

    @property
    def worse(self) -> bool:
        """Broken further: more checks fail than before, or a server says what it did not say before."""
        fresh = Counter(self.after.diagnostics) - Counter(self.before.diagnostics)
        return not self.after.clean and (len(self.after.failed) > len(self.before.failed) or bool(fresh))

    @property
    def passed(self) -> float:
        """Share of the checks that pass afterwards."""
        return 1 - len(self.after.failed) / self.checks


@dataclass(frozen=True)
class Bench:
    """What attempts share."""

    gateway: Gateway
    servers: Servers
    pool: RenderPool
    budget: int
    """Tokens out for one fault."""
    seen: dict[str, asyncio.Task[tuple[Findings, Render]]] = field(default_factory=dict)
    """By program: strategies begin with the same one, and renders are deterministic."""

    async def see(self, written: Written) -> tuple[Findings, Render]:
        """What servers and browser say of a program; each is looked at once."""
        name = written.program.program_id
        if name not in self.seen:
            self.seen[name] = asyncio.create_task(self._see(written))
        return await self.seen[name]

    async def _see(self, written: Written) -> tuple[Findings, Render]:
        findings = await self.servers.diagnose(written.program)
        return findings, await self.look(written.program, written.problem.checks)

    async def look(self, program: Program, checks: Sequence[Check]) -> Render:
        """Run the page; this is also what a plan may ask for."""
        return await self.pool.render(RenderOrder(program=program, checks=tuple(checks)))


def place_of(key: str) -> int:
    """The number that the ledger and the traces know an attempt by, of its key."""
    return int(key, 16) % 2**31


async def attempt(bench: Bench, key: str, strategy: Strategy, fault: Fault, index: int) -> Attempt:
    """Repair one faulty program until it is clean, or the budget or the rounds are used up.

    A round that ends above the budget does not count: what it made is thrown away, so that no strategy has more tokens
    than another for what it is judged by. It is paid for all the same.

    Raises:
        BadInput: the bank is older than its archetypes.
        ModelDown, ServerDown, BrowserDown: they can't be used.
        Stopped: the money is used up.
    """
    page = page_of(fault)
    candidate = Candidate(
        index=index,
        seed=int(fault.fault_id, 16) % 2**31,
        topic=page.problem.topic,
        persona=Persona(persona_id=fault.fault_id, text="An author of pages", source="bank"),
    )
    written = Written(candidate=candidate, problem=page.problem, program=page.edited(fault.cuts), usage=Usage())
    findings, render = await bench.see(written)
    before = after = _state(findings, render)
    spent = Usage()
    end: End = "none" if strategy == "none" else "unseen" if before.clean else "rounds"
    while end == "rounds" and written.rounds < MOST_ROUNDS:
        given = written.model_copy(update={"usage": Usage()})
        made = await repair(
            bench.gateway,
            given,
            findings,
            render,
            written.rounds + 1,
            MOST_ROUNDS,
            strategy=strategy,
            look=bench.look,
        )
        spent += made.usage
        if spent.completion_tokens > bench.budget:
            end = "budget"
            break
        if made.program != written.program:
            findings, render = await bench.see(made)
            after = _state(findings, render)
        written = made
        if after.clean:
            end = "clean"
    return Attempt(
        key=key,
        strategy=strategy,
        fault_id=fault.fault_id,
        kind=fault.kind,
        visibility=fault.visibility,
        checks=len(page.problem.checks),
        before=before,
        after=after,
        rounds=written.rounds,
        spent=spent,
        end=end,
    )


def _state(findings: Findings, render: Render) -> State:
    return State(
        diagnostics=tuple(f"{one.code} {one.message}" for one in findings.errors),
        said=tuple(f"{one.kind}: {one.message}" for one in render.errors if one.kind in FATAL),
        failed=tuple(verdict.check_id for verdict in render.verdicts if verdict.value != "pass"),
        clean=not faults(findings, render),
    )
