"""A place in a script as mutators see it, and what can be offered there."""

from collections.abc import Callable, Iterable
from functools import cached_property, wraps

from tree_sitter import Node

from tasks.augment.mutators.loops import left_out, may_not_end
from tasks.augment.mutators.mutator import Harm, Mutator, Offer, Page, offer
from tasks.augment.mutators.script import (
    Listening,
    assigned,
    enclosing_function,
    guards_missing,
    instead,
    listening,
    listening_with,
    negated,
    operands,
    parts_of_call,
    sole_call,
    text_of,
    weight,
)
from tasks.augment.syntax import Region
from tasks.record import Family


class Code:
    """An expression or a statement, with its script and the page."""

    def __init__(self, node: Node, region: Region, page: Page) -> None:
        self.node, self.region, self.page = node, region, page

    @cached_property
    def text(self) -> str:
        """What stands there."""
        return self.region.read(self.node)

    @cached_property
    def operands(self) -> tuple[str, str, str]:
        """Operator, left and right of a binary or assignment expression; empty where there are none."""
        return operands(self.node, self.region)

    @cached_property
    def assigned(self) -> tuple[str, str, str]:
        """Object, property and value of a statement `object.property = value`; empty if it is none."""
        return assigned(self.node, self.region)

    @cached_property
    def call(self) -> Node | None:
        """The call that it is, or that it consists of as a statement."""
        return sole_call(self.node) if self.node.type == "expression_statement" else self.node

    @cached_property
    def called(self) -> tuple[str, str, list[Node]]:
        """Owner and name of the function or method called, and what is given to it; empty if it is no call."""
        callee, given = parts_of_call(self.call, self.region) if self.call is not None else ("", [])
        owner, _, method = callee.rpartition(".")
        return owner, method, given

    @cached_property
    def heard(self) -> Listening | None:
        """The call `element.addEventListener(event, handler)` that it is the event of."""
        found = listening_with(self.node, self.region)
        return found if found is not None and found.plain and found.event == self.node else None

    @cached_property
    def listening(self) -> Listening | None:
        """The call of `addEventListener` that it is, or consists of as a statement."""
        return listening(self.call, self.region)

    @cached_property
    def function(self) -> Node | None:
        """The innermost function that it is in."""
        return enclosing_function(self.node)

    @cached_property
    def function_text(self) -> bytes:
        """The text of that function; empty if it is in none."""
        return text_of(self.function) if self.function is not None else b""

    @property
    def may_not_end(self) -> bool:
        """Whether an edit here could keep a loop from ending, which hangs the page."""
        return may_not_end(self.node, self.region)

    def part(self, name: str) -> Node | None:
        """The part of the syntax with that name, e.g. `left`."""
        return self.node.child_by_field_name(name)

    def read(self, node: Node) -> str:
        """What stands at another place."""
        return self.region.read(node)

    def negated(self, tested: Node) -> str:
        """The opposite of a condition, as one would write it."""
        return negated(tested, self.region)

    def instead(self, inner: Node, place: Node) -> str:
        """The text of an expression that takes the place of another one round it."""
        return instead(inner, place, self.region)

    def guards_missing(self, *tested: str) -> bool:
        """Whether one of the conditions keeps the code round it from using what isn't there."""
        return any(guards_missing(one, self.node) for one in tested)

    def offer(
        self, harms: Iterable[Harm], worth: float = 1.0, place: Node | tuple[int, int] | None = None
    ) -> Offer | None:
        """Texts in its place or in that of a part of it; worth as much more as the place matters in the script."""
        acts = max(self.node.start_byte, place[0]) if isinstance(place, tuple) else None
        return offer(place or self.node, harms, self.region, worth * weight(self.node, self.region, self.page), acts)

    def offer_to_hear(self, place: Node | tuple[int, int], harms: Iterable[Harm], worth: float) -> Offer | None:
        """Texts in the call that hands a listener over: they act where the listener runs."""
        acts = self.heard.acts(self.region) if self.heard is not None else None
        return offer(place, harms, self.region, worth, acts)

    def span_without(self, statement: Node | None = None) -> tuple[int, int] | None:
        """The span to take out for a statement, itself if none is given, to be missing; None if the syntax or the end
        of a loop needs it."""
        return left_out(statement or self.node, self.region)

    def left_out(self, note: str, worth: float = 1.0, strength: int = 2, statement: Node | None = None) -> Offer | None:
        """Nothing in place of a statement, itself if none is given."""
        span = self.span_without(statement)
        return self.offer([(strength, "", note)], worth, span) if span is not None else None


def script_mutator(
    name: str,
    look: Callable[[Code], Offer | None],
    kinds: str,
    worth: float,
    fails: float,
    moves: tuple[Family, ...] = ("function",),
) -> Mutator:
    """A mutator of scripts; `kinds`: the node types it wants to see, with spaces between them."""

    @wraps(look)
    def look_at(node: Node, region: Region, page: Page) -> Offer | None:
        return look(Code(node, region, page))

    return Mutator(name, moves[0], "script", tuple(kinds.split()), moves, worth, look_at, fails)
