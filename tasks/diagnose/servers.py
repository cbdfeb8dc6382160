"""Everything there is to say of one program before a browser sees it: warm language servers, and the checks across
them."""

import asyncio
from typing import Literal

from tasks.diagnose import arity, crosscheck, markup, policy, triage
from tasks.diagnose.lookup import Lookups, look
from tasks.diagnose.names import Names, collect
from tasks.diagnose.page import Page, read
from tasks.diagnose.pool import UNCHECKED, Pool, Said
from tasks.diagnose.script import split, units
from tasks.diagnose.slip import is_slip
from tasks.diagnose.syntax import Source
from tasks.gather import drop, gather
from tasks.record import Diagnostic, Findings, Program

_STYLE_WARNINGS = frozenset({"unknownProperties"})
"""Of the style servers' hints, what may be a slip of the pen, and is an error if a known name is near; the others are
matters of taste, or of browsers long gone."""


class Servers(Pool):
    """The pool, and what it says of programs."""

    async def diagnose(self, program: Program) -> Findings:
        """Ask the servers and cross-check; errors first, then by file and place.

        Raises:
            ServerDown: a language server died and could not be replaced.
        """
        page = await asyncio.to_thread(read, program)
        reading = asyncio.create_task(asyncio.to_thread(_read, page))
        try:
            own, script, style, inline = await gather(
                [
                    _own(program, page, reading),
                    _scripts(self, page, reading),
                    _styles(self, page),
                    _markup(self, page),
                ]
            )
        finally:
            await drop([reading])
        order = {file.filename: index for index, file in enumerate(program.files)}

        def rank(d: Diagnostic) -> tuple[str, int, int, int, str, str]:
            return d.severity, order.get(d.file, len(order)), d.line, d.column, d.code, d.message

        found = dict.fromkeys((*script, *style, *inline, *own))
        return Findings(program_id=program.program_id, diagnostics=tuple(sorted(found, key=rank)))


_Reading = asyncio.Task[tuple[Names, Lookups]]
"""What the trees of the scripts say. They are parsed while the servers, which want no more than the text, are asked."""


def _read(page: Page) -> tuple[Names, Lookups]:
    return collect(page.code), look(page)


async def _own(program: Program, page: Page, reading: _Reading) -> list[Diagnostic]:
    _, lookups = await asyncio.shield(reading)
    return await asyncio.to_thread(_without_servers, program, page, lookups)


def _without_servers(program: Program, page: Page, lookups: Lookups) -> list[Diagnostic]:
    return [
        *markup.check(page),
        *crosscheck.check(program, page, lookups),
        *policy.check(page),
        *triage.misplaced(page),
        *arity.check(page),
    ]


async def _scripts(servers: Pool, page: Page, reading: _Reading) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    for unit in units(page):
        said = await servers.check("script", unit.text)
        names, lookups = await asyncio.shield(reading)
        ids = set(page.ids) | lookups.texts
        if any(each.code == UNCHECKED for each in said):
            found.extend(_worded(unit.parts[0].source, said, "script"))
            continue
        if len(unit.parts) > 1 and triage.has_syntax_errors(said):
            for alone in split(unit):
                words = await servers.check("script", alone.text)
                if triage.has_syntax_errors(words):
                    found.extend(triage.triage(alone, words, page, names, ids))
        else:
            found.extend(triage.triage(unit, said, page, names, ids))
    return found


async def _styles(servers: Pool, page: Page) -> list[Diagnostic]:
    """Linked style sheets; inline ones are the HTML server's."""
    found: list[Diagnostic] = []
    for source in page.styles:
        if source.file != page.markup.file:
            found.extend(_worded(source, await servers.check("style", source.text)))
    return found


async def _markup(servers: Pool, page: Page) -> list[Diagnostic]:
    return _worded(page.markup, await servers.check("markup", page.markup.text))


def _worded(source: Source, said: list[Said], kind: Literal["style", "script"] = "style") -> list[Diagnostic]:
    found = []
    for each in said:
        if each.severity == 1 or each.code in _STYLE_WARNINGS:
            line, column = source.place_at(source.byte_at(each.line, each.column))
            found.append(
                Diagnostic(
                    file=source.file,
                    line=line,
                    column=column,
                    severity="error" if each.severity == 1 or is_slip(each.message) else "warning",
                    source=kind,
                    code=each.code,
                    message=f"{each.message[:1].upper()}{each.message[1:]}.",
                )
            )
    return found
