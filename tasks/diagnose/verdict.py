"""Whether a program is clean, and if not, why: in words, for the next repair and for the rejection's detail."""

from tasks.record import Findings, Outcome, Render, Verdict

FATAL = frozenset({"uncaught", "rejection", "hang", "crash", "oversize"})
"""What the browser says that no clean page causes. Console messages are the author's own; what was blocked, policy
names."""

_ENDS: dict[Outcome, str] = {
    "hang": "the page hangs",
    "crash": "the page crashes the browser",
    "oversize": "the page is too long to be loaded",
}


def faults(findings: Findings, render: Render | None) -> tuple[str, ...]:
    """What is wrong with a program; empty if it is clean: no error diagnostics, nothing uncaught, every check passes.

    A program with error diagnostics need not have been rendered (`render` is None); one that has none is clean only if
    it was.
    """
    found = [f"{d.file}:{d.line}:{d.column} {d.message}" for d in findings.errors]
    if render is None:
        return tuple(found) or ("it was not rendered",)
    if render.outcome != "ok":
        found.append(_ENDS[render.outcome])
    found.extend(
        f"{error.kind}: {error.message}" + (f" ({error.file}:{error.line})" if error.file else "")
        for error in render.errors
        if error.kind in FATAL
    )
    found.extend(_failure(verdict) for verdict in render.verdicts if verdict.value != "pass")
    return tuple(dict.fromkeys(found))


def _failure(verdict: Verdict) -> str:
    what = "fails" if verdict.value == "fail" else "could not be judged"
    return f"check {verdict.check_id} {what}" + (f": {verdict.reason}" if verdict.reason else "")
