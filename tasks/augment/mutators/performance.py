"""Performance: the page answers late, or moves in jerks.

What moves is the delay from input to effect and the share of dropped frames. RAIL and INP (web.dev) call an answer
within 100 and 200 ms good; at 1 s attention is lost. Waits like these come in with timers that were meant for an
animation, a request that is gone, or too careful a debounce.
"""

import re

from tree_sitter import Node

from tasks.augment.mutators.mutator import Mutator, Offer, Page, offer
from tasks.augment.mutators.script import (
    bare_call,
    class_call,
    declared_function,
    enclosing_function,
    function_name,
    importance,
    may_run_late,
    parts_of_call,
    sole_call,
    text_assignment,
)
from tasks.augment.syntax import Region
from tasks.record import Family

_LATE_MS = ((1, 250), (2, 400), (3, 700))
_INPUTS = ("click", "input", "change", "keydown", "keyup", "pointerdown", "pointerup", "mousedown", "mouseup", "submit")
_STATES = re.compile(r"\.(?:hidden|disabled|value|innerHTML|className|style\.\w+|dataset\.\w+)\s*=[^=]")
_ADDS = re.compile(r"\.(?:append|appendChild|prepend|replaceChildren|replaceWith|insertBefore|remove)$")
_WAIT = re.compile(r"(?i)(?:delay|debounce|wait|timeout|pause|duration|lag)(?:_?ms)?$")


def _waiting(place: Node, statement: str, region: Region, worth: float, note: str) -> Offer | None:
    """A statement put off by timers of several lengths."""
    text = statement.rstrip(";")
    harms = [(n, f"setTimeout(() => {{ {text}; }}, {ms});", note.format(ms)) for n, ms in _LATE_MS]
    return offer(place, harms, region, worth)


def _may_wait(node: Node, region: Region, page: Page) -> bool:
    """Whether a statement can run after its function has ended, and answers a person."""
    text = region.read(node)
    if "\n" in text or not may_run_late(text) or re.search(r"\b(?:await|yield|return|super)\b", text):
        return False
    function = enclosing_function(node)
    if function is None or "requestAnimationFrame" in region.read(function):
        return False
    return (
        node.parent is not None
        and node.parent.type == "statement_block"
        and importance(node, region, page.listeners) > 1
    )


def late_paint(node: Node, region: Region, page: Page) -> Offer | None:
    """The page knows at once but shows it late, so a person wonders whether it worked and presses again (INP)."""
    bare = bare_call(node, region)
    if bare is None or not _may_wait(node, region, page):
        return None
    inner, name = bare
    function = enclosing_function(node)
    if not _paints(name) or function is None or function_name(function, region) == name:
        return None
    harms = [(n, f"setTimeout({name}, {ms})", f"The page shows the change {ms} ms late.") for n, ms in _LATE_MS]
    return offer(inner, harms, region, 1.6)


def late_text(node: Node, region: Region, page: Page) -> Offer | None:
    """A value is right but shown late: a person reads the old one (RAIL)."""
    inner = node.named_children[0] if node.named_children else None
    if inner is None or inner.type != "assignment_expression" or not text_assignment(inner, region)[0]:
        return None
    if not _may_wait(node, region, page):
        return None
    return _waiting(node, region.read(node), region, 0.8, "A value is shown {} ms late.")


def late_mark(node: Node, region: Region, page: Page) -> Offer | None:
    """A change of state shows late (RAIL)."""
    inner = sole_call(node)
    if inner is None or not class_call(inner, region)[0] or not _may_wait(node, region, page):
        return None
    return _waiting(node, region.read(node), region, 1.0, "A change of state shows {} ms late.")


def late_state(node: Node, region: Region, page: Page) -> Offer | None:
    """A control or a part of the page changes late (RAIL)."""
    if not _STATES.search(region.read(node)) or not _may_wait(node, region, page):
        return None
    return _waiting(node, region.read(node), region, 0.9, "A part of the page changes {} ms late.")


def late_item(node: Node, region: Region, page: Page) -> Offer | None:
    """What was added or removed is seen late (RAIL)."""
    inner = sole_call(node)
    if inner is None or not _ADDS.search(parts_of_call(inner, region)[0]) or not _may_wait(node, region, page):
        return None
    return _waiting(node, region.read(node), region, 1.0, "What was added or removed is seen {} ms late.")


def late_handler(node: Node, region: Region, page: Page) -> Offer | None:
    """Every press is answered late (INP). A named listener is called by a timer."""
    heard = _listened(node, region)
    if heard is None or heard[0] == "input":
        return None
    name, declared = heard[1], declared_function(heard[1], region)
    taken = declared.child_by_field_name("parameters") if declared is not None else None
    given = ("(event)", ", event") if taken is not None and taken.named_children else ("()", "")
    harms = [
        (n, f"{given[0]} => setTimeout({name}, {ms}{given[1]})", f"It answers {ms} ms after the press.")
        for n, ms in _LATE_MS
    ]
    return offer(node, harms, region, 1.8)


def debounced(node: Node, region: Region, page: Page) -> Offer | None:
    """What a person types or drags is followed late: a debounce that nothing needs, or one too long (web.dev, INP)."""
    heard = _listened(node, region)
    if heard is None or heard[0] not in ("input", "keyup", "change"):
        return None
    name = region.read(node)
    harms = [
        (
            n,
            f"() => {{ clearTimeout({name}.timer); {name}.timer = setTimeout({name}, {ms}); }}",
            f"The page follows {ms} ms behind.",
        )
        for n, ms in _LATE_MS
    ]
    return offer(node, harms, region, 1.4)


def timer(node: Node, region: Region, page: Page) -> Offer | None:
    """What should come by itself comes late."""
    callee, given = parts_of_call(node, region)
    if callee.removeprefix("window.") != "setTimeout" or len(given) != 2 or not region.read(given[1]).isdigit():
        return None
    ms = int(region.read(given[1]))
    if ms > 3000:
        return None
    harms = [(n, str(_round(ms + more)), f"What should come by itself comes {more} ms late.") for n, more in _LATE_MS]
    return offer(given[1], harms, region, 1.0, acts=node.start_byte)


def named_wait(node: Node, region: Region, page: Page) -> Offer | None:
    """A wait that has a name is too long: a debounce, an animation, a pause."""
    declarator = node.parent
    if declarator is None or declarator.type not in ("variable_declarator", "pair"):
        return None
    name = declarator.child_by_field_name("name") or declarator.child_by_field_name("key")
    text = region.read(node)
    if name is None or not _WAIT.search(region.read(name)) or not text.isdigit() or not 20 <= int(text) <= 3000:
        return None
    harms = [(n, str(_round(int(text) + more)), f"A wait is {more} ms longer.") for n, more in _LATE_MS]
    return offer(node, harms, region, 0.9)


def slow_frames(node: Node, region: Region, page: Page) -> Offer | None:
    """What should glide moves in jerks: a timer in place of the browser's frames (web.dev, 'Rendering performance')."""
    callee, given = parts_of_call(node, region)
    if callee.removeprefix("window.") != "requestAnimationFrame" or len(given) != 1:
        return None
    name, function = region.read(given[0]), enclosing_function(node)
    if given[0].type != "identifier" or function is None or function_name(function, region) != name:
        return None
    declared = declared_function(name, region)
    taken = declared.child_by_field_name("parameters") if declared is not None else None
    wanted = taken is not None and bool(taken.named_children)
    called = f"() => {name}(performance.now())" if wanted else name
    still = "The picture stands still for {} ms between steps."
    harms = [(n, f"setTimeout({called}, {ms})", still.format(ms)) for n, ms in ((1, 60), (2, 120), (3, 240))]
    return offer(node, harms, region, 0.6)


def slow_interval(node: Node, region: Region, page: Page) -> Offer | None:
    """What should move smoothly, or tick, moves in jerks: its interval is too long."""
    callee, given = parts_of_call(node, region)
    if callee.removeprefix("window.") != "setInterval" or len(given) != 2 or not region.read(given[1]).isdigit():
        return None
    ms = int(region.read(given[1]))
    if not 10 <= ms <= 100:
        return None
    harms = [(n, str(_round(ms * by)), "What moves does so in jerks.") for n, by in ((1, 2), (2, 4), (3, 8))]
    return offer(given[1], harms, region, 0.6, acts=node.start_byte)


def _round(ms: int) -> int:
    """As people write waits: to tens."""
    return round(ms, -1)


def _listened(node: Node, region: Region) -> tuple[str, str] | None:
    """Event and name of a named function that is handed to `addEventListener` and can run after the event."""
    arguments = node.parent
    if arguments is None or arguments.type != "arguments" or len(arguments.named_children) != 2:
        return None
    callee = arguments.parent.child_by_field_name("function") if arguments.parent is not None else None
    event = region.read(arguments.named_children[0]).strip("'\"`")
    if callee is None or not region.read(callee).endswith(".addEventListener") or event not in _INPUTS:
        return None
    declaration = declared_function(region.read(node), region)
    if arguments.named_children[1] != node or declaration is None or not may_run_late(region.read(declaration)):
        return None
    return event, region.read(node)


def _paints(name: str) -> bool:
    return name.lower().startswith(("render", "draw", "update", "show", "paint", "refresh", "display", "sync"))


_STATEMENT, _CALLED = ("expression_statement",), ("call_expression",)
_SLOW_HAND: tuple[Family, ...] = ("performance", "function")
PERFORMANCE = (
    Mutator("late-paint", "performance", "script", _STATEMENT, _SLOW_HAND, 1.5, late_paint),
    Mutator("late-text", "performance", "script", _STATEMENT, _SLOW_HAND, 0.6, late_text),
    Mutator("late-mark", "performance", "script", _STATEMENT, _SLOW_HAND, 0.9, late_mark),
    Mutator("late-state", "performance", "script", _STATEMENT, _SLOW_HAND, 0.8, late_state),
    Mutator("late-item", "performance", "script", _STATEMENT, _SLOW_HAND, 0.9, late_item),
    Mutator("late-handler", "performance", "script", ("identifier",), _SLOW_HAND, 1.6, late_handler),
    Mutator("debounced", "performance", "script", ("identifier",), _SLOW_HAND, 1.4, debounced),
    Mutator("timer", "performance", "script", _CALLED, _SLOW_HAND, 0.7, timer),
    Mutator("named-wait", "performance", "script", ("number",), _SLOW_HAND, 0.9, named_wait),
    Mutator("slow-frames", "performance", "script", _CALLED, _SLOW_HAND, 0.5, slow_frames),
    Mutator("slow-interval", "performance", "script", _CALLED, _SLOW_HAND, 0.5, slow_interval),
)
