"""Performance: the page answers late.

What moves is the delay from input to effect. RAIL and INP (web.dev) call an answer within 100 and 200 ms good; at 1 s
attention is lost. Waits like these come in with timers that were meant for an animation, a request that is gone, or too
careful a debounce.
"""

import re

from tasks.augment.mutators.code import Code, script_mutator
from tasks.augment.mutators.mutator import Offer, offer
from tasks.augment.mutators.script import (
    assigned,
    bare_call,
    declared_function,
    function_name,
    importance,
    listening_with,
    may_run_late,
)
from tasks.augment.syntax import Region
from tasks.record import Family

_LATE_MS = ((1, 250), (2, 400), (3, 700))
_INPUTS = ("click", "input", "change", "keydown", "keyup", "pointerdown", "pointerup", "mousedown", "mouseup", "submit")
_STATES = re.compile(r"\.(?:hidden|disabled|value|innerHTML|className|style\.\w+|dataset\.\w+)\s*=[^=]")
_ADDS = ("append", "appendChild", "prepend", "replaceChildren", "replaceWith", "insertBefore", "remove")


def late_paint(found: Code) -> Offer | None:
    """The page knows at once but shows it late, so a person wonders whether it worked and presses again (INP)."""
    bare = bare_call(found.node, found.region)
    if bare is None or not _may_wait(found):
        return None
    inner, name = bare
    if not _paints(name) or found.function is None or function_name(found.function, found.region) == name:
        return None
    harms = [(n, f"setTimeout({name}, {ms})", f"The page shows the change {ms} ms late.") for n, ms in _LATE_MS]
    return offer(inner, harms, found.region, 1.6)


def late_text(found: Code) -> Offer | None:
    """A value is right but shown late: a person reads the old one (RAIL)."""
    inner = found.node.named_children[0] if found.node.named_children else None
    shows = inner is not None and assigned(inner, found.region)[1] == "textContent"
    return _put_off(found, "A value is shown {} ms late.", 0.8) if shows else None


def late_state(found: Code) -> Offer | None:
    """A control or a part of the page changes late (RAIL)."""
    return _put_off(found, "A part of the page changes {} ms late.", 0.9) if _STATES.search(found.text) else None


def late_item(found: Code) -> Offer | None:
    """What was added or removed is seen late (RAIL)."""
    owner, method, _ = found.called
    return _put_off(found, "What was added or removed is seen {} ms late.", 1.0) if owner and method in _ADDS else None


def late_handler(found: Code) -> Offer | None:
    """Every press is answered late (INP). A named listener is called by a timer."""
    event, name = _listened(found)
    if not name or event == "input":
        return None
    given = ("(event)", ", event") if _takes_one(name, found.region) else ("()", "")
    harms = [
        (n, f"{given[0]} => setTimeout({name}, {ms}{given[1]})", f"It answers {ms} ms after the press.")
        for n, ms in _LATE_MS
    ]
    return offer(found.node, harms, found.region, 1.8)


def debounced(found: Code) -> Offer | None:
    """What a person types or drags is followed late: a debounce that nothing needs, or one too long (web.dev, INP)."""
    event, name = _listened(found)
    if event not in ("input", "keyup", "change"):
        return None
    text = f"() => {{ clearTimeout({name}.timer); {name}.timer = setTimeout({name}, %d); }}"
    harms = [(n, text % ms, f"The page follows {ms} ms behind.") for n, ms in _LATE_MS]
    return offer(found.node, harms, found.region, 1.4)


def _put_off(found: Code, note: str, worth: float) -> Offer | None:
    """A statement put off by timers of several lengths."""
    if not _may_wait(found):
        return None
    text = found.text.rstrip(";")
    harms = [(n, f"setTimeout(() => {{ {text}; }}, {ms});", note.format(ms)) for n, ms in _LATE_MS]
    return offer(found.node, harms, found.region, worth)


def _may_wait(found: Code) -> bool:
    """Whether a statement can run after its function has ended, and answers a person."""
    text, block = found.text, found.node.parent
    if "\n" in text or not may_run_late(text) or re.search(r"\b(?:await|yield|return|super)\b", text):
        return False
    if found.function is None or b"requestAnimationFrame" in found.function_text:
        return False
    in_block = block is not None and block.type == "statement_block"
    return in_block and importance(found.node, found.region, found.page.listeners) > 1


def _takes_one(name: str, region: Region) -> bool:
    """Whether a function has a parameter."""
    declared = declared_function(name, region)
    taken = declared.child_by_field_name("parameters") if declared is not None else None
    return taken is not None and bool(taken.named_children)


def _listened(found: Code) -> tuple[str, str]:
    """Event and name of a named function that is handed to `addEventListener` and can run after the event; empty if
    it is none."""
    call = listening_with(found.node, found.region)
    if call is None or not call.plain or call.handler != found.node:
        return "", ""
    event, declaration = found.read(call.event)[1:-1], declared_function(found.text, found.region)
    late = event in _INPUTS and declaration is not None and may_run_late(found.read(declaration))
    return (event, found.text) if late else ("", "")


def _paints(name: str) -> bool:
    return name.lower().startswith(("render", "draw", "update", "show", "paint", "refresh", "display", "sync"))


_STATED = "expression_statement"
_ASIDE: tuple[Family, ...] = ("performance", "function")
PERFORMANCE = (
    script_mutator("late-paint", late_paint, _STATED, 1.5, 0.0, _ASIDE),
    script_mutator("late-text", late_text, _STATED, 0.6, 0.0, _ASIDE),
    script_mutator("late-state", late_state, _STATED, 0.8, 0.0, _ASIDE),
    script_mutator("late-item", late_item, _STATED, 0.9, 0.0, _ASIDE),
    script_mutator("late-handler", late_handler, "identifier", 1.6, 0.0, _ASIDE),
    script_mutator("debounced", debounced, "identifier", 1.4, 0.0, _ASIDE),
)
