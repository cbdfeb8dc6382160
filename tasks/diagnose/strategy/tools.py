"""The tools of a plan, and what each call of one gives: text, bounded, also for a call that can't be made.

A plan is a model's word. Its arguments are data and are validated by the tool they are for; what is wrong with them is
itself evidence. Nothing here depends on time or chance, so that the same plan gives the same evidence, and the prompt
made of it finds the reply that was paid for before.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from tasks.check import Check
from tasks.content import canonical_json
from tasks.diagnose.strategy import reading
from tasks.diagnose.strategy.case import Look
from tasks.record import PageError, Program, Render

MOST_CHARS = 4_000
"""Of what one call gives; about 1,000 tokens."""

_MOST_CALLED = 300
"""Characters of a call as it is quoted."""

_MOST_SAID = 300
"""Characters of one message of the page."""

_FARTHEST = 10_000_000
"""A line number; what is beyond is no line of any page."""


class _Lines(BaseModel):
    file: str
    first: int = Field(alias="from", ge=0, le=_FARTHEST)
    last: int = Field(alias="to", ge=0, le=_FARTHEST)


class _Place(BaseModel):
    file: str
    line: int = Field(ge=0, le=_FARTHEST)


class _Text(BaseModel):
    text: str


class _Nothing(BaseModel):
    """No arguments."""


class _Checks(BaseModel):
    ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tool:
    """One tool: what it is called with, and what it is for."""

    name: str
    signature: str
    purpose: str
    arguments: type[BaseModel]
    runs: bool = False
    """Whether it takes a browser."""


TOOLS = (
    Tool(
        "lines",
        "file, from, to",
        f"the lines from one number to another, numbered; {reading.MOST_LINES} at the most",
        _Lines,
    ),
    Tool("syntax", "file, line", "the syntax tree round a line, and where the parser found no sense", _Place),
    Tool("search", "text", "every line of any file that holds this text, exactly as it is spelled", _Text),
    Tool("run_page", "", "load the page: what it throws, logs and is refused, and whether it hangs", _Nothing, True),
    Tool(
        "run_checks",
        "ids",
        "run these acceptance checks, all for none: the verdict and reason of each, and what the page throws meanwhile",
        _Checks,
        True,
    ),
)


def offered(look: Look | None) -> tuple[Tool, ...]:
    """The tools that there are, with or without a browser at hand."""
    return tuple(tool for tool in TOOLS if look is not None or not tool.runs)


def listed(tools: Sequence[Tool]) -> str:
    """The tools as a plan's author reads of them, one a line."""
    return "\n".join(f"{tool.name}({tool.signature}): {tool.purpose}" for tool in tools)


class Worker:
    """Makes the calls of one plan on one program (what ReWOO calls its Worker)."""

    def __init__(self, program: Program, checks: Sequence[Check], look: Look | None) -> None:
        self._program = program
        self._checks = {check.id: check for check in checks}
        self._look = look
        self._tools = {tool.name: tool for tool in offered(look)}
        self._deeds: dict[str, Callable[[Any], Awaitable[str]]] = {
            "lines": self._lines,
            "syntax": self._syntax,
            "search": self._search,
            "run_page": self._run_page,
            "run_checks": self._run_checks,
        }
        self._seen: dict[tuple[str, ...], Render] = {}
        self._ended = ""

    async def call(self, name: str, arguments: dict[str, Any]) -> str:
        """What the call gives, `MOST_CHARS` characters at the most; if it can't be made, why not.

        Raises:
            BrowserDown: there is no browser to run the page in.
        """
        return _bounded(await self._result(name, arguments))

    async def _result(self, name: str, arguments: dict[str, Any]) -> str:
        tool = self._tools.get(name)
        if tool is None:
            return f"There is no tool {name[:60]!r}; there are {', '.join(self._tools)}."
        try:
            given = tool.arguments.model_validate(arguments)
        except ValidationError as error:
            faults = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:4]]
            return f"{name}({tool.signature}) can't be called with that: {'; '.join(faults)}."
        return await self._deeds[name](given)

    async def _lines(self, given: Any) -> str:
        return await asyncio.to_thread(reading.lines, self._program, _own(given.file), given.first, given.last)

    async def _syntax(self, given: Any) -> str:
        return await asyncio.to_thread(reading.syntax, self._program, _own(given.file), given.line)

    async def _search(self, given: Any) -> str:
        return await asyncio.to_thread(reading.search, self._program, given.text)

    async def _run_page(self, given: Any) -> str:
        return await self._run(())

    async def _run_checks(self, given: Any) -> str:
        unknown = [one for one in given.ids if one not in self._checks]
        known = tuple(dict.fromkeys(one for one in given.ids if one in self._checks))
        if not given.ids:
            known = tuple(self._checks)
        told = []
        if unknown:
            names = ", ".join(one[:60] for one in unknown[:5])
            told.append(f"There is no check {names}; the checks are {', '.join(self._checks)}.")
        if known:
            told.append(await self._run(known))
        return "\n".join(told)

    async def _run(self, ids: tuple[str, ...]) -> str:
        """Look once for the same checks, and never again at a page that a look did not survive: each costs a time
        box."""
        assert self._look is not None
        if ids not in self._seen:
            if self._ended:
                return self._ended
            self._seen[ids] = await self._look(self._program, tuple(self._checks[one] for one in ids))
        render = self._seen[ids]
        if render.outcome != "ok":
            self._ended = f"Not run: the page did not survive an earlier call ({render.outcome})."
        return _seen(render)


def _own(file: str) -> str:
    return file.strip().removeprefix("./")


def _seen(render: Render) -> str:
    """What a look showed, in words."""
    told = ["The page loads." if render.outcome == "ok" else f"The page could not be judged: {render.outcome}."]
    for verdict in render.verdicts:
        why = f": {verdict.reason[:_MOST_SAID]}" if verdict.reason else ""
        told.append(f"check {verdict.check_id}: {verdict.value}{why}")
    told += [_said(error) for error in render.errors] or ["It throws and logs nothing."]
    return "\n".join(told)


def _said(error: PageError) -> str:
    place = f" ({error.file}:{error.line})" if error.file else ""
    return f"{error.kind}: {error.message[:_MOST_SAID]}{place}"


def quoted(name: str, arguments: dict[str, Any]) -> str:
    """The call as its evidence is headed, in one line: the tool, and the arguments in JSON."""
    try:
        said = canonical_json(arguments)
    except ValueError:  # an integer of thousands of digits
        said = "{…}"
    whole = f"{' '.join(name[:60].split())} {said}"
    return whole if len(whole) <= _MOST_CALLED else f"{whole[:_MOST_CALLED]}…"


def _bounded(text: str) -> str:
    """The text, or its first lines and how much is missing."""
    if len(text) <= MOST_CHARS:
        return text
    room = MOST_CHARS - 40
    kept = text[:room].rpartition("\n")[0] or text[:room]
    return f"{kept}\n… {len(text) - len(kept):,} more characters."
