"""Performance: the page answers late, stands still while it answers, or moves in jerks.

What moves is the delay from input to effect, the time callbacks block the page, and the share of dropped frames. Delays
up to about 40 ms go unnoticed beside a screen's own (RAIL and INP call under 100 and 200 ms good); the twins wait less
than half a frame, so that no check feels one more of them.
"""

from tree_sitter import Node

from tasks.augment.mutators.mutator import HOLE, Mutator, Offer, Page, offer
from tasks.augment.mutators.script import (
    bare_call,
    class_call,
    declared_function,
    enclosing_function,
    function_name,
    importance,
    listener_event,
    may_run_late,
    parts_of_call,
    text_assignment,
)
from tasks.augment.syntax import Region
from tasks.record import Family

_CALM_MS = ("2", "3", "5", "6")
_LATE_MS = ((1, 260), (2, 380), (3, 470))
_SPIN_MS = ((1, 57), (2, 68), (3, 94))
_CALM_SPIN_MS = ("3", "4", "6", "7")
_INPUTS = ("click", "input", "change", "keydown", "keyup", "pointerdown", "pointerup", "mousedown", "mouseup", "submit")


def _late(
    place: Node | tuple[int, int],
    shape: str,
    region: Region,
    worth: float,
    note: str = "It answers {} ms after the press.",
) -> Offer | None:
    """An edit whose menu is of waits: too short to feel, or long."""
    harms = [(strength, str(ms), note.format(ms)) for strength, ms in _LATE_MS]
    return offer(place, "PACE", shape, _CALM_MS, harms, region, worth)


def late_listener(node: Node, region: Region, page: Page) -> Offer | None:
    """Every press is answered late, so a person wonders whether it worked and presses again.

    Twins: a wait too short to feel.
    """
    event = listener_event(node, region)
    body = node.child_by_field_name("body")
    if event not in _INPUTS or body is None or body.type != "statement_block" or not may_run_late(region.read(node)):
        return None
    if region.read(node).startswith("async"):
        return None
    worth = 2.0 / max(1, region.text.count(b"addEventListener") - 1)
    return _late((node.start_byte, body.start_byte + 1), _waiting(node, body, region), region, worth)


def late_handler(node: Node, region: Region, page: Page) -> Offer | None:
    """As `late_listener`, for a listener that is named. Twins: a wait too short to feel."""
    arguments = node.parent
    if arguments is None or arguments.type != "arguments" or len(arguments.named_children) < 2:
        return None
    callee = arguments.parent.child_by_field_name("function") if arguments.parent is not None else None
    first = region.read(arguments.named_children[0]).strip("'\"`")
    if callee is None or not region.read(callee).endswith("addEventListener") or first not in _INPUTS:
        return None
    name = region.read(node)
    if arguments.named_children[1] != node or not _named_may_run_late(name, region):
        return None
    return _late(node, f"(event) => setTimeout({name}, {HOLE}, event)", region, 2.0)


def late_paint(node: Node, region: Region, page: Page) -> Offer | None:
    """The page knows at once but shows it late. Twins: a wait too short to feel."""
    bare = bare_call(node, region)
    if bare is None:
        return None
    inner, name = bare
    function = enclosing_function(node)
    if not _paints(name) or function is None or function_name(function, region) == name:
        return None
    if "requestAnimationFrame" in region.read(function) or importance(node, region, page.listeners) < 1.5:
        return None
    return _late(inner, f"setTimeout({name}, {HOLE})", region, 1.4, "The page shows the change {} ms late.")


def late_text(node: Node, region: Region, page: Page) -> Offer | None:
    """A value is right but shown late: a person reads the old one. Twins: a wait too short to feel."""
    place, text = text_assignment(node, region)
    if not place or importance(node, region, page.listeners) < 1:
        return None
    shape = f"setTimeout((node, text) => {{ node.textContent = text; }}, {HOLE}, {place}, {text})"
    return _late(node, shape, region, importance(node, region, page.listeners), "A value is shown {} ms late.")


def late_mark(node: Node, region: Region, page: Page) -> Offer | None:
    """A change of state shows late. Twins: a wait too short to feel."""
    classes, method, name = class_call(node, region)
    if not classes or node.parent is None or node.parent.type != "expression_statement":
        return None
    shape = f"setTimeout((list, name) => list.{method}(name), {HOLE}, {classes}, {name})"
    return _late(node, shape, region, importance(node, region, page.listeners), "A change of state shows {} ms late.")


def timer(node: Node, region: Region, page: Page) -> Offer | None:
    """What should come by itself comes late. Twins: a wait that is longer by less than a person feels."""
    callee, given = parts_of_call(node, region)
    if callee.removeprefix("window.") != "setTimeout" or len(given) != 2 or not region.read(given[1]).isdigit():
        return None
    wait = given[1]
    ms = int(region.read(wait))
    if ms > 3000:
        return None
    harms = [(n, str(ms + more), f"What should come by itself comes {more} ms late.") for n, more in _LATE_MS]
    return offer(wait, "PACE", HOLE, [str(ms + more) for more in (3, 7, 11, 16)], harms, region, 1.0)


def late_render(node: Node, region: Region, page: Page) -> Offer | None:
    """Whatever one does, the page shows it late, all of it. Twins: a wait too short to feel."""
    name, body = function_name(node, region), node.child_by_field_name("body")
    given = node.child_by_field_name("parameters")
    if body is None or given is None or given.named_children or not _paints(name):
        return None
    text = region.read(node)
    if text.startswith("async") or "return " in text or "requestAnimationFrame" in text or _in_frames(name, region):
        return None
    calls = region.text.count(f"{name}();".encode())
    if calls < 2:
        return None
    note = "Everything the page shows comes {} ms late."
    place = (node.start_byte, body.start_byte + 1)
    return _late(place, _waiting(node, body, region), region, 2.0 if calls > 2 else 1.4, note)


def spin(node: Node, region: Region, page: Page) -> Offer | None:
    """The page freezes on every press: nothing scrolls, moves or answers meanwhile.

    Twins: a few milliseconds of the same.
    """
    name = function_name(node, region)
    event = listener_event(node, region)
    body = node.child_by_field_name("body")
    if body is None or body.type != "statement_block":
        return None
    if event not in _INPUTS and name not in page.listeners:
        return None
    return offer(
        (body.start_byte, body.start_byte + 1),
        "WORK",
        f"{{ for (const from = performance.now(); performance.now() - from < {HOLE}; );",
        _CALM_SPIN_MS,
        [(strength, str(ms), f"The page freezes for {ms} ms on every press.") for strength, ms in _SPIN_MS],
        region,
        worth=1.8 if event in ("click", "input", "") else 1.0,
    )


def skipped_frames(node: Node, region: Region, page: Page) -> Offer | None:
    """What should glide moves in jerks. Twins: a wait that ends before the next frame."""
    callee, given = parts_of_call(node, region)
    if callee.removeprefix("window.") != "requestAnimationFrame" or len(given) != 1:
        return None
    name, function = given[0], enclosing_function(node)
    if name.type != "identifier" or function is None or function_name(function, region) != region.read(name):
        return None
    still = "The picture stands still for {} ms between steps."
    return offer(
        node,
        "REST",
        f"setTimeout(() => requestAnimationFrame({region.read(name)}), {HOLE})",
        ("1", "2", "3", "4"),
        [(n, str(ms), still.format(ms)) for n, ms in ((1, 60), (2, 120), (3, 240))],
        region,
        worth=0.5,
    )


def slow_transition(node: Node, region: Region, page: Page) -> Offer | None:
    """A change of look drags on long after the press. Twins: a duration a few hundredths off."""
    name = node.named_children[0] if node.named_children else None
    if name is None or region.read(name) not in ("transition", "transition-duration", "animation-duration"):
        return None
    values = [child for child in node.named_children if child.type in ("float_value", "integer_value")]
    times = [child for child in values if region.read(child).endswith("s")]
    seconds = _seconds(region.read(times[0])) if times else None
    if seconds is None or not 0.05 <= seconds <= 1.5:
        return None
    return offer(
        times[0],
        "pace",
        HOLE,
        [f"{seconds + d:.2f}s" for d in (0.01, 0.02, -0.01, 0.03)],
        [
            (n, f"{seconds + d:.2f}s", f"The change takes {seconds + d:.1f} s.")
            for n, d in ((1, 0.8), (2, 1.6), (3, 2.8))
        ],
        region,
        worth=0.4,
    )


def _waiting(node: Node, body: Node, region: Region) -> str:
    """The head of a function, made to wait first."""
    head = region.between(node.start_byte, body.start_byte)
    return f"async {head}{{ await new Promise((go) => setTimeout(go, {HOLE}));"


def _paints(name: str) -> bool:
    return name.lower().startswith(("render", "draw", "update", "show", "paint", "refresh", "display", "sync"))


def _in_frames(name: str, region: Region) -> bool:
    """Whether a function is called from one that asks for frames: then its pictures follow each other anyway, and one
    that comes late is seen after all stands still."""
    at = region.text.find(f"{name}();".encode())
    while at >= 0:
        function = enclosing_function(region.root.descendant_for_byte_range(at, at + len(name)) or region.root)
        if function is not None and "requestAnimationFrame" in region.read(function):
            return True
        at = region.text.find(f"{name}();".encode(), at + 1)
    return False


def _named_may_run_late(name: str, region: Region) -> bool:
    declaration = declared_function(name, region)
    return declaration is not None and may_run_late(region.read(declaration))


def _seconds(text: str) -> float | None:
    number, scale = (text[:-2], 0.001) if text.endswith("ms") else (text[:-1], 1.0)
    try:
        return float(number) * scale
    except ValueError:
        return None


_INLINE, _CALLED = ("arrow_function", "function_expression"), ("call_expression",)
_SLOW_HAND: tuple[Family, ...] = ("performance", "function")
PERFORMANCE = (
    Mutator("late-listener", "performance", "script", _INLINE, _SLOW_HAND, 1.5, late_listener),
    Mutator("late-handler", "performance", "script", ("identifier",), _SLOW_HAND, 1.4, late_handler),
    Mutator("late-paint", "performance", "script", ("expression_statement",), _SLOW_HAND, 1.0, late_paint),
    Mutator("late-text", "performance", "script", ("assignment_expression",), _SLOW_HAND, 0.3, late_text),
    Mutator("late-mark", "performance", "script", _CALLED, _SLOW_HAND, 0.9, late_mark),
    Mutator("timer", "performance", "script", _CALLED, _SLOW_HAND, 0.7, timer),
    Mutator("late-render", "performance", "script", ("function_declaration",), _SLOW_HAND, 1.6, late_render),
    Mutator("spin", "performance", "script", (*_INLINE, "function_declaration"), ("performance",), 1.5, spin),
    Mutator("skipped-frames", "performance", "script", _CALLED, _SLOW_HAND, 0.4, skipped_frames),
    Mutator("slow-transition", "performance", "style", ("declaration",), ("performance",), 0.3, slow_transition),
)
