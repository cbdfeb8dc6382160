"""What can be read off a program without running it: lines, a syntax tree, where a text occurs, an outline.

All are functions of the program alone and answer in words, also to what can't be answered: their answers are evidence
for a model. Lines and columns count from 1, in the file as its author wrote it, as in diagnostics.
"""

from collections.abc import Iterator
from itertools import islice

from tree_sitter import Node

from tasks.diagnose.page import PAGE, read
from tasks.diagnose.syntax import FUNCTIONS, Source, Tongue, walk
from tasks.record import Program, SourceFile

MOST_LINES = 80
"""Shown at once."""

MOST_NODES = 60
"""Of a syntax tree."""

MOST_HITS = 20
"""Of a search."""

MOST_MARKS = 60
"""Of one file in an outline."""

WIDEST = 160
"""Characters of a line that are shown."""

MOST_PARSED = 200_000
"""Characters of a program of which trees are made; a page written by a model has a tenth."""

_QUOTED = 60
"""Characters of a node's text that are quoted."""

_MOST_STUMBLES = 5

_TONGUES: dict[str, Tongue] = {"html": "html", "htm": "html", "css": "css", "js": "javascript", "mjs": "javascript"}


def lines(program: Program, file: str, first: int, last: int) -> str:
    """The lines `first` to `last` of a file, numbered; those that there are, `MOST_LINES` at the most."""
    text = program.text(file)
    if text is None:
        return _no_file(program, file)
    all_ = text.split("\n")
    first, last = sorted((max(first, 1), max(last, 1)))
    if first > len(all_):
        return f"{file} has {_counted(len(all_), 'line')}."
    shown = all_[first - 1 : min(last, first - 1 + MOST_LINES)]
    told = [f"{number} | {_clipped(line)}" for number, line in enumerate(shown, first)]
    if len(shown) == MOST_LINES < last - first + 1:
        told.append(f"… at most {MOST_LINES} lines are shown at once; {file} has {len(all_)}.")
    return "\n".join(told)


def syntax(program: Program, file: str, line: int) -> str:
    """The syntax tree round a line: what the line lies in, outermost first, and the nodes that lie on it; then where
    the parser found no sense in the file. A line of a script or style in the page is shown in that language's tree."""
    text = program.text(file)
    if text is None:
        return _no_file(program, file)
    if not 1 <= line <= text.count("\n") + 1:
        return f"{file} has {_counted(text.count(chr(10)) + 1, 'line')}."
    if _too_long(program):
        return f"The program is too long for a syntax tree: it has more than {MOST_PARSED:,} characters."
    source = _source_at(program, file, text, line)
    if source is None:
        return f"There is no grammar for {file}; there are those of HTML, CSS and JavaScript."
    told: list[str] = []
    for depth, node in _round(source, line):
        if len(told) == MOST_NODES:
            told.append(f"… at most {MOST_NODES} nodes are shown.")
            break
        told.append("  " * min(depth, 20) + _described(source, node))
    stumbles = [node for node in walk(source.root) if node.is_error or node.is_missing]
    if stumbles:
        told.append("The parser found no sense in the file at:")
        told += ["  " + _described(source, node) for node in stumbles[:_MOST_STUMBLES]]
        if len(stumbles) > _MOST_STUMBLES:
            told.append(f"  … and {len(stumbles) - _MOST_STUMBLES} more.")
    return "\n".join(told)


def search(program: Program, text: str) -> str:
    """The lines of the program's files that hold a text; if there are none, those that do when case is ignored."""
    if not text:
        return "There is no text to search for."
    hits = list(_hits(program, text))
    told = [f"In {_counted(len(hits), 'line')}:"]
    if not hits:
        hits = list(_hits(program, text.lower(), lower=True))
        told = [f"Nowhere; if case is ignored, in {_counted(len(hits), 'line')}:" if hits else "Nowhere."]
    told += [f"{file}:{number}: {excerpt}" for file, number, excerpt in hits[:MOST_HITS]]
    if len(hits) > MOST_HITS:
        told.append(f"… the first {MOST_HITS} of {len(hits)}.")
    return "\n".join(told)


def outline(program: Program) -> str:
    """What stands where, file by file: elements with an id, rules, functions and statements of the top level; enough to
    say what one wants to read, at a part of the files' length. No more than the files' lengths of a program that is too
    long to be parsed."""
    told: list[str] = []
    for file in program.files:
        told.append(f"{file.filename}, {_counted(file.content.count(chr(10)) + 1, 'line')}:")
        marks = list(islice(_marks(program, file), MOST_MARKS + 1))
        told += [f"  {mark}" for mark in marks[:MOST_MARKS]]
        if len(marks) > MOST_MARKS:
            told.append("  … and more.")
    return "\n".join(told)


def _no_file(program: Program, file: str) -> str:
    names = ", ".join(one.filename for one in program.files)
    return f"There is no file {file[:80]!r}; the files are {names}."


def _too_long(program: Program) -> bool:
    return sum(len(file.content) for file in program.files) > MOST_PARSED


def _clipped(line: str) -> str:
    line = line.rstrip("\r")
    return line if len(line) <= WIDEST else f"{line[:WIDEST]}… ({len(line) - WIDEST:,} more characters)"


def _tongue(file: str) -> Tongue | None:
    return _TONGUES.get(file.rpartition(".")[2].lower())


def _source_at(program: Program, file: str, text: str, line: int) -> Source | None:
    """The tree that says most about the line."""
    if file == PAGE:
        for source in _inner(program):
            row = line - 1 - source.line
            rows = source.text.split("\n")
            if 0 <= row < len(rows) and rows[row].strip():
                return source
    tongue = _tongue(file)
    return Source(text, tongue, file) if tongue else None


def _inner(program: Program) -> list[Source]:
    """The scripts and styles that stand in the page itself."""
    page = read(program)
    return [source for source in (*(s.source for s in page.scripts), *page.styles) if source.file == PAGE]


def _round(source: Source, line: int) -> Iterator[tuple[int, Node]]:
    """The named, wrong and missing nodes that touch the line, each with its depth, in the order of the text."""
    stack = [(0, source.root)]
    while stack:
        depth, node = stack.pop()
        yield depth, node
        touching = [
            child
            for child in node.children
            if (child.is_named or child.is_missing) and _rows(source, child)[0] <= line <= _rows(source, child)[1]
        ]
        stack.extend((depth + 1, child) for child in reversed(touching))


def _described(source: Source, node: Node) -> str:
    first, last = source.place(node), source.place_at(node.end_byte)
    if node.is_missing:
        return f"MISSING {node.type} at {first[0]}:{first[1]}"
    place = f"{first[0]}:{first[1]}-{last[0]}:{last[1]}"
    return f"{node.type} {place}  {_cut(' '.join(source.of(node)[: 4 * _QUOTED].split()))}"


def _hits(program: Program, text: str, *, lower: bool = False) -> Iterator[tuple[str, int, str]]:
    """File, number and excerpt of each line that holds the text, or in which it begins."""
    for file in program.files:
        content = file.content.lower() if lower else file.content
        rows = file.content.split("\n")
        at, line, counted = content.find(text), 1, 0
        while at >= 0:
            line, counted = line + content.count("\n", counted, at), at
            yield file.filename, line, _excerpt(rows[line - 1], at - content.rfind("\n", 0, at) - 1)
            after = content.find("\n", at)
            at = content.find(text, after + 1) if after >= 0 else -1


def _excerpt(line: str, column: int) -> str:
    """The line, or of a long one what stands from shortly before the column (from 0)."""
    start = max(0, column - WIDEST // 4) if len(line) > WIDEST else 0
    return ("…" if start else "") + _clipped(line[start:].strip())


def _marks(program: Program, file: SourceFile) -> Iterator[str]:
    """The file's outline, in the order of the text."""
    tongue = _tongue(file.filename)
    if tongue is None or _too_long(program):
        return
    source = Source(file.content, tongue, file.filename)
    if tongue != "html":
        yield from (_mark(source, node) for node in _tops(source))
        return
    tags = [node for node in source.each("start_tag", "self_closing_tag") if _has_id(source, node)]
    parts = [(source, tags)] + [(inner, _tops(inner)) for inner in _inner(program) if file.filename == PAGE]
    placed = [(_rows(part, node)[0], part, node) for part, nodes in parts for node in nodes[: MOST_MARKS + 1]]
    yield from (_mark(part, node) for _, part, node in sorted(placed, key=lambda place: place[0]))


def _has_id(source: Source, tag: Node) -> bool:
    return any(source.of(part).lower() == "id" for child in tag.children for part in child.children[:1])


def _tops(source: Source) -> list[Node]:
    """The top level, and the functions with a name wherever they are, in the order of the text."""
    named = [node for node in source.each(*FUNCTIONS) if node.child_by_field_name("name")]
    tops = [node for node in source.root.named_children if node.type != "comment"]
    return sorted({node.id: node for node in (*tops, *named)}.values(), key=lambda node: node.start_byte)


def _mark(source: Source, node: Node) -> str:
    first, last = _rows(source, node)
    where = str(first) if first == last else f"{first}-{last}"
    return f"{where}: {_cut(source.of(node).split(chr(10), 1)[0].strip())}"


def _rows(source: Source, node: Node) -> tuple[int, int]:
    """First and last line of a node, from 1, in the author's file; found at once, however long the lines are."""
    return source.line + node.start_point.row + 1, source.line + node.end_point.row + 1


def _cut(text: str) -> str:
    return text if len(text) <= _QUOTED else text[:_QUOTED] + "…"


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
