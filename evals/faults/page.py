"""The clean programs that faults are planted in, and cuts in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from tree_sitter import Node

from evals.faults.fault import Cut
from tasks.augment.syntax import Region, Tongue, read_regions, walk
from tasks.check import Check
from tasks.content import canonical_json, content_id
from tasks.model.offline import archetype as offline
from tasks.model.offline.author import lay_out
from tasks.record import Problem, Program

Cuts = tuple[Cut, ...]


@dataclass(frozen=True)
class CleanPage:
    """A clean program of the offline model's, with its problem and its trees."""

    slug: str
    seed: int
    problem: Problem
    program: Program

    @cached_property
    def regions(self) -> tuple[Region, ...]:
        """Every part in one language, inline ones included."""
        return read_regions(self.program)

    @cached_property
    def files(self) -> dict[str, str]:
        """File name to content."""
        return {file.filename: file.content for file in self.program.files}

    def each(self, tongue: Tongue, *kinds: str) -> Iterator[tuple[Region, Node]]:
        """All nodes of these types in the parts of that language, in the order of the text."""
        for region in self.regions:
            if region.tongue == tongue:
                for node in walk(region.root):
                    if node.type in kinds:
                        yield region, node

    def edited(self, cuts: Sequence[Cut]) -> Program:
        """The program with the cuts made.

        Raises:
            ValueError: a place does not hold what the cut replaces.
        """
        program = self.program
        for cut in sorted(cuts, key=lambda cut: (cut.file, -cut.start)):
            text = (program.text(cut.file) or "").encode()
            end = cut.start + len(cut.before.encode())
            if text[cut.start : end] != cut.before.encode():
                raise ValueError(f"{cut.file} has something else at byte {cut.start}")
            program = program.replaced(cut.file, (text[: cut.start] + cut.after.encode() + text[end:]).decode())
        return program


@cache
def clean_page(slug: str, seed: int) -> CleanPage:
    """The archetype's page of this number: always the same, as long as the archetype is."""
    brief = offline.draw_brief(offline.rng_of("bank", slug, str(seed)), slug)
    posed = offline.pose(brief)
    problem = Problem(
        problem_id=content_id(canonical_json(posed)),
        topic=offline.archetype(slug).topic,
        title=posed["title"],
        statement=posed["statement"],
        features=tuple(posed["features"]),
        user_actions=tuple(posed["user_actions"]),
        checks=tuple(Check.model_validate(check) for check in posed["checks"]),
    )
    return CleanPage(slug, seed, problem, Program.of(lay_out(brief, offline.render(brief)).items()))


def cut(region: Region, start: int, end: int, after: str) -> Cut:
    """The bytes of a region from `start` to `end`, replaced."""
    return Cut(file=region.file, start=region.offset + start, before=region.between(start, end), after=after)


def cut_node(region: Region, node: Node, after: str) -> Cut:
    """A node, replaced."""
    return cut(region, node.start_byte, node.end_byte, after)


def cut_lines(region: Region, node: Node) -> Cut:
    """A node taken out, with the lines that it leaves empty."""
    start = region.text.rfind(b"\n", 0, node.start_byte) + 1
    end = region.text.find(b"\n", node.end_byte) + 1
    alone = not region.text[start : node.start_byte].strip() and not region.text[node.end_byte : end].strip()
    return cut(region, start, end, "") if alone and end else cut_node(region, node, "")


def differing(file: str, before: str, after: str) -> Cuts:
    """The one cut that makes the second text of the first; none if they are the same."""
    old, new = before.encode(), after.encode()
    if old == new:
        return ()
    least = min(len(old), len(new))
    start = next((at for at in range(least) if old[at] != new[at]), least)
    tail = next((at for at in range(least - start) if old[-1 - at] != new[-1 - at]), least - start)
    while start and (old[start] & 0xC0 == 0x80 if start < len(old) else False):
        start -= 1
    while tail and old[len(old) - tail] & 0xC0 == 0x80:
        tail -= 1
    return (
        Cut(
            file=file,
            start=start,
            before=old[start : len(old) - tail].decode(),
            after=new[start : len(new) - tail].decode(),
        ),
    )


def slipped(word: str, known: frozenset[str] | set[str] = frozenset()) -> str:
    """The word as a hurried hand types it: two letters of its middle exchanged, or one left out; never a known one."""
    middle = len(word) // 2
    for at in sorted(range(1, len(word) - 1), key=lambda at: abs(at - middle)):
        swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        if swapped != word and swapped not in known and word[at : at + 2].isalpha():
            return swapped
    return word[:-1] if len(word) > 2 and word[:-1] not in known else word + word[-1]


def top_level(region: Region) -> dict[str, Node]:
    """The variables that a script declares for all of it: name to first value."""
    found: dict[str, Node] = {}
    for statement in region.root.named_children:
        if statement.type == "lexical_declaration":
            for one in statement.named_children:
                name, value = one.child_by_field_name("name"), one.child_by_field_name("value")
                if name is not None and value is not None and name.type == "identifier":
                    found[region.read(name)] = value
    return found


_USES = ("member_expression", "arguments", "binary_expression", "subscript_expression", "template_substitution")


def uses(region: Region, names: frozenset[str] | set[str]) -> Iterator[Node]:
    """Where a script reads one of these names as part of an expression."""
    for node in walk(region.root):
        outer = node.parent
        if node.type != "identifier" or outer is None or outer.type not in _USES or _written(outer):
            continue
        if region.read(node) in names:
            yield node


def _written(node: Node) -> bool:
    outer = node.parent
    return (
        outer is not None and outer.type.endswith("assignment_expression") and outer.child_by_field_name("left") == node
    )
