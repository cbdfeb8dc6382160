"""Function, what is said: a unit, a figure, a label or a message is wrong, old, or stays for ever.

What moves is the share of acceptance checks that hold.
"""

import re

from tree_sitter import Node

from tasks.augment.mutators.loops import left_out, may_not_end
from tasks.augment.mutators.mutator import Mutator, Offer, Page, offer
from tasks.augment.mutators.script import (
    LONGEST,
    assigned,
    bare_call,
    guards_missing,
    is_truth,
    negated,
    operands,
    parts_of_call,
    sole_call,
    weight,
)
from tasks.augment.syntax import Region

_UNITS = {
    **{"s": "ms", "ms": "s", "min": "s", "h": "min", "KB": "MB", "MB": "KB", "GB": "MB", "kg": "g", "g": "kg"},
    **{"km": "m", "m": "cm", "cm": "mm", "mm": "cm", "°C": "°F", "°F": "°C", "°": "rad", "ft": "m", "yd": "ft"},
    **{"nm": "km", "km/h": "m/s", "m/s": "km/h", "ft/s": "m/s", "mph": "km/h", "l": "ml", "ml": "l", "Hz": "kHz"},
}
"""A unit, and the one that is written for it by mistake."""
_UNIT = re.compile(r"\s?([A-Za-z°/²]+)")
_WRITES = re.compile(
    r"^(set\w*(Text|Label|Message|Status)|render|show|update|display|print|report|say|announce|refresh|write)"
)
_MESSAGES = re.compile(r"(?i)message|error|status|problem|hint|notice|refused|warning|feedback|note|info|text|log")
_LAID_OUT = re.compile(
    r"\.style\b|setProperty|transform|setAttribute\(\s*.(?:d|points|viewBox|transform|[cxy][12xy]?).,|css"
)


def unit(node: Node, region: Region, page: Page) -> Offer | None:
    """A figure is given in the wrong unit, or in none, so that it says something else.

    The mix-up of units that lost the Mars Climate Orbiter in 1999.
    """
    before, after = node.prev_named_sibling, node.next_named_sibling
    if after is not None and after.type == "template_substitution" and region.read(node)[-1] in "$€£":
        sign = (node.end_byte - len(region.read(node)[-1].encode()), node.end_byte)
        return offer(sign, [(2, "", "An amount has no currency.")], region, weight(node, region, page))
    if before is None or before.type != "template_substitution" or _is_layout(node, region):
        return None
    text = region.read(node)
    found = _UNIT.match(text)
    if text.startswith("%") or text.startswith(" %"):
        end = text.index("%") + 1
        sign = (node.start_byte, node.start_byte + end)
        return offer(sign, [(2, "", "A figure has no unit.")], region, weight(node, region, page))
    if found is None or found[1] not in _UNITS:
        return None
    start = node.start_byte + len(text[: found.start(1)].encode())
    harms = [(2, _UNITS[found[1]], "A figure has the wrong unit.")]
    return offer((start, start + len(found[1].encode())), harms, region, weight(node, region, page))


def decimals(node: Node, region: Region, page: Page) -> Offer | None:
    """A figure has too few digits, too many, or the tail that binary fractions have.

    `0.1 + 0.2` is the best known fault of scripts that reckon (IEEE 754); too few digits hide the cents.
    """
    callee, given = parts_of_call(node, region)
    value, _, method = callee.rpartition(".")
    if method != "toFixed" or len(given) != 1 or given[0].type != "number" or _is_layout(node, region):
        return None
    digits = region.read(given[0])
    if digits not in ("0", "1", "2", "3"):
        return None
    few = "0" if digits != "0" else "1"
    harms = [
        (1, f"{value}.toFixed({int(digits) + 1})", "A figure has a digit too many."),
        (2, f"{value}.toFixed({few})", "A figure is rounded to the wrong digit."),
        (2, f"Math.floor({_inside(value)})", "A figure is cut to a whole number."),
    ]
    return offer(node, harms, region, weight(node, region, page))


def stale_readout(node: Node, region: Region, page: Page) -> Offer | None:
    """A readout is not brought up to date with the rest, so it shows what was true before.

    "Partial implementation" of Interaction2Code's ten kinds of failure (arXiv 2411.03292).
    """
    inner = sole_call(node)
    callee = inner.child_by_field_name("function") if inner is not None else None
    if inner is None or callee is None or callee.type != "identifier" or bare_call(node, region) is not None:
        return None
    span = left_out(node, region)
    if not _WRITES.match(region.read(callee)) or span is None:
        return None
    told = "A readout keeps what was true before."
    return offer(span, [(2, "", told)], region, 1.3 * weight(node, region, page), node.start_byte)


def message_stays(node: Node, region: Region, page: Page) -> Offer | None:
    """A message does not go away when what it says no longer holds.

    "Partial implementation" in Interaction2Code: how a message comes is written, how it goes is not.
    """
    owner, member, value = assigned(node, region)
    right = node.child_by_field_name("right")
    statement = node.parent
    if statement is None or right is None:
        return None
    span = left_out(statement, region)
    told = "What should go away stays on the page."
    worth = 1.3 * weight(node, region, page)
    if member == "hidden" and right.type not in ("true", "false") and len(value) <= LONGEST:
        end = region.between(right.end_byte, statement.end_byte)
        shown = f"if ({negated(right, region)}) {owner}.hidden = false{end}"
        return offer(statement, [(2, shown, told)], region, worth) if span and _is_free(right, region) else None
    clears = value in ('""', "''", "``", "null", "false") or (member == "hidden" and value == "true")
    named = _MESSAGES.search(owner + member) is not None and (value != "false" or member not in ("checked", "disabled"))
    if not clears or not named or span is None:
        return None
    return offer(span, [(2, "", told)], region, worth, node.start_byte)


def numbering(node: Node, region: Region, page: Page) -> Offer | None:
    """What is counted for people begins with nought, so every number shown is one too low.

    The off-by-one fault between a list's index and what people count.
    """
    sign, left, right = operands(node, region)
    above = node.parent
    if sign != "+" or right != "1" or above is None or above.type not in ("template_substitution", "arguments"):
        return None
    if above.type == "arguments" and (above.parent is None or parts_of_call(above.parent, region)[0] != "String"):
        return None
    told = "A number that people read is one too low."
    return offer(node, [(2, left, told), (1, f"{left} + 2", "A number that people read is one too high.")], region)


def fixed_label(node: Node, region: Region, page: Page) -> Offer | None:
    """A text that should follow the state always says the same, or says the opposite.

    "Partial implementation" in Interaction2Code, or "wrong effect": the button that still says Play while it plays.
    """
    tested, yes, no = (node.child_by_field_name(name) for name in ("condition", "consequence", "alternative"))
    texts = ("string", "template_string")
    if tested is None or yes is None or no is None or yes.type not in texts or no.type not in texts:
        return None
    if guards_missing(region.read(tested), node) and "template_string" in (yes.type, no.type):
        return None
    first, second, before = region.read(yes), region.read(no), region.between(node.start_byte, yes.start_byte)
    if first[1:2] == "#":
        return None
    harms = [
        (2, second, "A text stays the same where it should follow the state."),
        (2, first, "A text stays the same where it should follow the state."),
        (
            3,
            before + second + region.between(yes.end_byte, no.start_byte) + first,
            "A text says the opposite of what holds.",
        ),
    ]
    quiet = [harm for harm in harms if harm[1] not in ('""', "''", "``")]
    return offer(node, quiet, region, 1.1 * weight(node, region, page))


def as_typed(node: Node, region: Region, page: Page) -> Offer | None:
    """A text is taken just as it was typed: a space at its end or a capital letter makes it another one.

    Input that is not brought to one form before it is compared: CWE-20 (improper input validation).
    """
    callee, given = parts_of_call(node, region)
    text, _, method = callee.rpartition(".")
    if method not in ("trim", "toLowerCase", "toUpperCase") or given or not text or len(text) > LONGEST:
        return None
    told = "A space counts as a letter." if method == "trim" else "Small and capital letters are told apart."
    return offer(_method(node), [(2, "", told)], region, weight(node, region, page))


def list_order(node: Node, region: Region, page: Page) -> Offer | None:
    """A list is shown in the wrong order.

    Stryker's method expressions (`sort` and `reverse` left out); `sort()` of numbers goes by their digits.
    """
    callee, given = parts_of_call(node, region)
    items, _, method = callee.rpartition(".")
    told = "A list is in the wrong order."
    if not items or node.parent is None or node.parent.type == "expression_statement":
        return None
    if method == "sort" and len(given) == 1:
        harms = [(1, region.between(_method(node)[0], given[0].start_byte) + ")", told), (2, "", told)]
    elif method == "reverse" and not given:
        harms = [(2, "", told)]
    else:
        return None
    return offer(_method(node), harms, region, weight(node, region, page))


def text_for_number(node: Node, region: Region, page: Page) -> Offer | None:
    """What was typed is kept as a text, so that 1 and 2 make 12 when they are added.

    The fault of scripts that read a form; MDN's `valueAsNumber` exists for it.
    """
    if node.type == "call_expression":
        callee, given = parts_of_call(node, region)
        if callee not in ("Number", "parseInt", "parseFloat") or not given:
            return None
        text = region.read(given[0])
        if not text.endswith(".value") or may_not_end(node, region) or _formatted(node, region):
            return None
        harms = [(2, text, "What was typed is taken for a text, not for a number.")]
        return offer(node, harms, region, weight(node, region, page))
    member = node.child_by_field_name("property")
    if member is None or region.read(member) != "valueAsNumber" or _formatted(node, region):
        return None
    told = "What was typed is taken for a text, not for a number."
    return offer(member, [(2, "value", told)], region, weight(node, region, page))


def _is_layout(node: Node, region: Region) -> bool:
    """Whether a text places or paints something, and is not read."""
    at, steps = node, 0
    while at.parent is not None and steps < 5 and at.type not in ("expression_statement", "return_statement"):
        at, steps = at.parent, steps + 1
    return _LAID_OUT.search(region.read(at)) is not None


def _formatted(value: Node, region: Region) -> bool:
    """Whether what a value is kept as is written with `toFixed`, which a text does not have."""
    holder = value.parent
    names = [holder.child_by_field_name(of) for of in ("key", "name", "left")] if holder is not None else []
    kept = [region.read(name).rpartition(".")[2] for name in names if name is not None]
    return any(re.search(rf"\b{re.escape(name)}\.to[FP]".encode(), region.text) for name in kept)


def _is_free(value: Node, region: Region) -> bool:
    """Whether a value is about something's truth and can be asked in an `if`."""
    return is_truth(value) or value.type in ("identifier", "member_expression", "call_expression", "unary_expression")


def _method(call: Node) -> tuple[int, int]:
    """The span of a call's last method, from behind what it is called on."""
    callee = call.child_by_field_name("function")
    owner = callee.child_by_field_name("object") if callee is not None else None
    return (owner.end_byte if owner is not None else call.start_byte), call.end_byte


def _inside(value: str) -> str:
    return value[1:-1] if value.startswith("(") and value.endswith(")") and value.count("(") == 1 else value


_CALLED, _STATED = ("call_expression",), ("expression_statement",)
_READ = ("call_expression", "member_expression")
CONTENT = (
    Mutator("unit", "function", "script", ("string_fragment",), ("function",), 1.0, unit, 0.3),
    Mutator("decimals", "function", "script", _CALLED, ("function",), 1.0, decimals, 0.3),
    Mutator("stale-readout", "function", "script", _STATED, ("function",), 1.2, stale_readout, 0.4),
    Mutator("message-stays", "function", "script", ("assignment_expression",), ("function",), 1.2, message_stays, 0.3),
    Mutator("numbering", "function", "script", ("binary_expression",), ("function",), 1.0, numbering, 0.3),
    Mutator("fixed-label", "function", "script", ("ternary_expression",), ("function",), 1.2, fixed_label, 0.3),
    Mutator("as-typed", "function", "script", _CALLED, ("function",), 0.7, as_typed, 0.1),
    Mutator("list-order", "function", "script", _CALLED, ("function",), 0.8, list_order, 0.2),
    Mutator("text-for-number", "function", "script", _READ, ("function",), 0.7, text_for_number, 0.2),
)
