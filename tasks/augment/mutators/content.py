"""Function, what is said: a unit, a figure, a label or a message is wrong, old, or stays for ever.

What moves is the share of acceptance checks that hold.
"""

import re

from tree_sitter import Node

from tasks.augment.mutators.code import Code, script_mutator
from tasks.augment.mutators.mutator import Offer, offer
from tasks.augment.mutators.script import LONGEST, bare_call, is_truth, parts_of_call
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


def unit(found: Code) -> Offer | None:
    """A figure is given in the wrong unit, or in none, so that it says something else.

    The mix-up of units that lost the Mars Climate Orbiter in 1999.
    """
    before, after, start = found.node.prev_named_sibling, found.node.next_named_sibling, found.node.start_byte
    text, end = found.text, found.node.end_byte
    if after is not None and after.type == "template_substitution" and text[-1] in "$€£":
        return found.offer([(2, "", "An amount has no currency.")], place=(end - len(text[-1].encode()), end))
    if before is None or before.type != "template_substitution" or _is_layout(found.node, found.region):
        return None
    if text.startswith(("%", " %")):
        return found.offer([(2, "", "A figure has no unit.")], place=(start, start + text.index("%") + 1))
    named = _UNIT.match(text)
    if named is None or named[1] not in _UNITS:
        return None
    start += len(text[: named.start(1)].encode())
    harms = [(2, _UNITS[named[1]], "A figure has the wrong unit.")]
    return found.offer(harms, place=(start, start + len(named[1].encode())))


def decimals(found: Code) -> Offer | None:
    """A figure has too few digits, too many, or the tail that binary fractions have.

    `0.1 + 0.2` is the best known fault of scripts that reckon (IEEE 754); too few digits hide the cents.
    """
    value, method, given = found.called
    digits = found.read(given[0]) if len(given) == 1 else ""
    if not value or method != "toFixed" or digits not in ("0", "1", "2", "3") or _is_layout(found.node, found.region):
        return None
    few = "0" if digits != "0" else "1"
    harms = [
        (1, f"{value}.toFixed({int(digits) + 1})", "A figure has a digit too many."),
        (2, f"{value}.toFixed({few})", "A figure is rounded to the wrong digit."),
        (2, f"Math.floor({_inside(value)})", "A figure is cut to a whole number."),
    ]
    return found.offer(harms)


def stale_readout(found: Code) -> Offer | None:
    """A readout is not brought up to date with the rest, so it shows what was true before.

    "Partial implementation" of Interaction2Code's ten kinds of failure (arXiv 2411.03292).
    """
    owner, name, _ = found.called
    if owner or not _WRITES.match(name) or bare_call(found.node, found.region) is not None:
        return None
    return found.left_out("A readout keeps what was true before.", 1.3)


def message_stays(found: Code) -> Offer | None:
    """A message does not go away when what it says no longer holds.

    "Partial implementation" in Interaction2Code: how a message comes is written, how it goes is not.
    """
    owner, member, value = found.assigned
    right, statement = found.part("right"), found.node.parent
    if statement is None or right is None or found.span_without(statement) is None:
        return None
    told = "What should go away stays on the page."
    if member == "hidden" and right.type not in ("true", "false") and len(value) <= LONGEST:
        end = found.region.between(right.end_byte, statement.end_byte)
        shown = f"if ({found.negated(right)}) {owner}.hidden = false{end}"
        return found.offer([(2, shown, told)], 1.3, statement) if _is_free(right) else None
    clears = value in ('""', "''", "``", "null", "false") or (member == "hidden" and value == "true")
    named = _MESSAGES.search(owner + member) is not None and (value != "false" or member not in ("checked", "disabled"))
    return found.left_out(told, 1.3, statement=statement) if clears and named else None


def numbering(found: Code) -> Offer | None:
    """What is counted for people begins with nought, so every number shown is one too low.

    The off-by-one fault between a list's index and what people count.
    """
    sign, left, right = found.operands
    above = found.node.parent
    if sign != "+" or right != "1" or above is None or above.type not in ("template_substitution", "arguments"):
        return None
    if above.type == "arguments" and (above.parent is None or parts_of_call(above.parent, found.region)[0] != "String"):
        return None
    low, high = "A number that people read is one too low.", "A number that people read is one too high."
    return offer(found.node, [(2, left, low), (1, f"{left} + 2", high)], found.region)


def fixed_label(found: Code) -> Offer | None:
    """A text that should follow the state always says the same, or says the opposite.

    "Partial implementation" in Interaction2Code, or "wrong effect": the button that still says Play while it plays.
    """
    tested, yes, no = (found.part(name) for name in ("condition", "consequence", "alternative"))
    texts = ("string", "template_string")
    if tested is None or yes is None or no is None or yes.type not in texts or no.type not in texts:
        return None
    if "template_string" in (yes.type, no.type) and found.guards_missing(found.read(tested)):
        return None
    first, second, between = found.read(yes), found.read(no), found.region.between
    if first[1:2] == "#":
        return None
    always = "A text stays the same where it should follow the state."
    turned = between(found.node.start_byte, yes.start_byte) + second + between(yes.end_byte, no.start_byte) + first
    harms = [(2, second, always), (2, first, always), (3, turned, "A text says the opposite of what holds.")]
    return found.offer([harm for harm in harms if harm[1] not in ('""', "''", "``")], 1.1)


def as_typed(found: Code) -> Offer | None:
    """A text is taken just as it was typed: a space at its end or a capital letter makes it another one.

    Input that is not brought to one form before it is compared: CWE-20 (improper input validation).
    """
    text, method, given = found.called
    if method not in ("trim", "toLowerCase", "toUpperCase") or given or not text or len(text) > LONGEST:
        return None
    told = "A space counts as a letter." if method == "trim" else "Small and capital letters are told apart."
    return found.offer([(2, "", told)], place=_method(found.node))


def list_order(found: Code) -> Offer | None:
    """A list is shown in the wrong order.

    Stryker's method expressions (`sort` and `reverse` left out); `sort()` of numbers goes by their digits.
    """
    items, method, given = found.called
    told, place, above = "A list is in the wrong order.", _method(found.node), found.node.parent
    if not items or above is None or above.type == "expression_statement":
        return None
    if method == "sort" and len(given) == 1:
        plain = found.region.between(place[0], given[0].start_byte) + ")"
        return found.offer([(1, plain, told), (2, "", told)], place=place)
    return found.offer([(2, "", told)], place=place) if method == "reverse" and not given else None


def text_for_number(found: Code) -> Offer | None:
    """What was typed is kept as a text, so that 1 and 2 make 12 when they are added.

    The fault of scripts that read a form; MDN's `valueAsNumber` exists for it.
    """
    told = "What was typed is taken for a text, not for a number."
    if _is_formatted(found.node, found.region):
        return None
    if found.node.type == "member_expression":
        member = found.part("property")
        is_number = member is not None and found.read(member) == "valueAsNumber"
        return found.offer([(2, "value", told)], place=member) if is_number else None
    owner, name, given = found.called
    if owner or name not in ("Number", "parseInt", "parseFloat") or not given or found.may_not_end:
        return None
    text = found.read(given[0])
    return found.offer([(2, text, told)]) if text.endswith(".value") else None


def _is_layout(node: Node, region: Region) -> bool:
    """Whether a text places or paints something, and is not read."""
    at, steps = node, 0
    while at.parent is not None and steps < 5 and at.type not in ("expression_statement", "return_statement"):
        at, steps = at.parent, steps + 1
    return _LAID_OUT.search(region.read(at)) is not None


def _is_formatted(value: Node, region: Region) -> bool:
    """Whether what a value is kept as is written with `toFixed`, which a text does not have."""
    holder = value.parent
    names = [holder.child_by_field_name(of) for of in ("key", "name", "left")] if holder is not None else []
    kept = [region.read(name).rpartition(".")[2] for name in names if name is not None]
    return any(re.search(rf"\b{re.escape(name)}\.to[FP]".encode(), region.text) for name in kept)


def _is_free(value: Node) -> bool:
    """Whether a value is about something's truth and can be asked in an `if`."""
    return is_truth(value) or value.type in ("identifier", "member_expression", "call_expression", "unary_expression")


def _method(call: Node) -> tuple[int, int]:
    """The span of a call's last method, from behind what it is called on."""
    callee = call.child_by_field_name("function")
    owner = callee.child_by_field_name("object") if callee is not None else None
    return (owner.end_byte if owner is not None else call.start_byte), call.end_byte


def _inside(value: str) -> str:
    return value[1:-1] if value.startswith("(") and value.endswith(")") and value.count("(") == 1 else value


CONTENT = (
    script_mutator("unit", unit, "string_fragment", 1.0, 0.5),
    script_mutator("decimals", decimals, "call_expression", 1.0, 0.75),
    script_mutator("stale-readout", stale_readout, "expression_statement", 1.2, 0.6),
    script_mutator("message-stays", message_stays, "assignment_expression", 1.2, 0.02),
    script_mutator("numbering", numbering, "binary_expression", 1.0, 0.9),
    script_mutator("fixed-label", fixed_label, "ternary_expression", 1.2, 0.35),
    script_mutator("as-typed", as_typed, "call_expression", 0.7, 0.03),
    script_mutator("list-order", list_order, "call_expression", 0.8, 0.3),
    script_mutator("text-for-number", text_for_number, "call_expression member_expression", 0.7, 0.25),
)
