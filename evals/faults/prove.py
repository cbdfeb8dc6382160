"""Whether a planted fault is one: what language servers and browser say of it, beside what they say of the clean
program."""

from collections import Counter
from dataclasses import dataclass

from evals.faults.fault import KINDS, Evidence, Kind
from evals.faults.page import CleanPage
from tasks.diagnose.servers import Servers
from tasks.diagnose.verdict import FATAL
from tasks.record import Findings, Program, Render, RenderOrder
from tasks.render.pool import RenderPool

_PICTURE = "bank.png"
_MOST_SAID = 3
"""Messages kept of one fault."""
_WIDEST = 160


@dataclass(frozen=True)
class Seen:
    """What was found out about one program."""

    findings: Findings
    render: Render
    """With all checks, and a picture."""
    loads: Render | None = None
    """Untouched; None if that was not asked for."""


async def see(servers: Servers, pool: RenderPool, page: CleanPage, program: Program, *, loads: bool = False) -> Seen:
    """Diagnose and render a version of a page; with `loads`, load it untouched as well.

    Raises:
        ServerDown, BrowserDown: they can't be used.
    """
    findings = await servers.diagnose(program)
    order = RenderOrder(program=program, checks=page.problem.checks, screenshot=_PICTURE)
    render = await pool.render(order)
    alone = await pool.render(RenderOrder(program=program, checks=())) if loads else None
    return Seen(findings, render, alone)


def fatal(render: Render) -> tuple[str, ...]:
    """What the browser says that no clean page causes, in the order in which it said so."""
    said = dict.fromkeys(f"{one.kind}: {one.message}"[:_WIDEST] for one in render.errors if one.kind in FATAL)
    return tuple(said)


def failed(render: Render) -> tuple[str, ...]:
    """Ids of the checks that did not pass."""
    return tuple(verdict.check_id for verdict in render.verdicts if verdict.value != "pass")


def is_clean(seen: Seen) -> bool:
    """Whether nothing speaks against the program."""
    return not seen.findings.errors and not fatal(seen.render) and not failed(seen.render)


def evidence(clean: Seen, seen: Seen) -> Evidence:
    """What the browser shows of a version that it does not show of the clean program."""
    looks = bool(seen.render.pixel_hash) and seen.render.pixel_hash != clean.render.pixel_hash
    return Evidence(said=fatal(seen.render)[:_MOST_SAID], failed=failed(seen.render), looks=looks)


def kind_of(kind: Kind, seen: Seen) -> Kind:
    """The kind that a fault which throws turns out to be of: on load, or in use."""
    if kind not in ("throws-on-load", "throws-on-use") or seen.loads is None:
        return kind
    return "throws-on-load" if fatal(seen.loads) else "throws-on-use"


def shortcoming(kind: Kind, clean: Seen, seen: Seen) -> str:
    """Why the plant is no fault of its kind; empty if it is.

    A fault for servers is one if the browser shows that it breaks the page, whatever the servers say of it: it throws,
    a check fails, or, where markup or style are at fault, it looks otherwise.
    """
    shown = evidence(clean, seen)
    visibility = KINDS[kind][0]
    if visibility == "server":
        looks = shown.looks and kind in ("tag", "misspelt", "across", "syntax")
        return "" if shown.said or shown.failed or looks else "nothing is seen to break"
    said = _said(seen.findings) - _said(clean.findings)
    if visibility == "browser":
        if seen.findings.errors:
            return f"a server sees it: {seen.findings.errors[0].code}"
        endless = any("call stack" in one or one.startswith(("hang", "crash")) for one in shown.said)
        if kind == "endless":
            return "" if endless else "it ends"
        return "" if shown.said and not endless else "it does not throw"
    if said:
        return f"a server says {sorted(said)[0][0]}"
    if shown.said or seen.render.outcome != "ok":
        return f"the browser says {shown.said[:1]}"
    judged = [verdict for verdict in seen.render.verdicts if verdict.value == "fail"]
    return "" if judged else "no check fails"


def _said(findings: Findings) -> Counter[tuple[str, str]]:
    return Counter((one.code, one.message) for one in findings.diagnostics)
