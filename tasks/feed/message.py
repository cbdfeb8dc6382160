"""A program as the text of one message: each file under its name, in a fenced block, as models write it."""

import re
from collections.abc import Iterable

_LANGUAGE = {"html": "html", "htm": "html", "css": "css", "js": "javascript"}
_BLOCK = re.compile(r"^`([^`\n]+)`\n\n(`{3,})[a-z]*\n(.*?)^\2$", re.S | re.M)


def message_of(files: Iterable[tuple[str, str]]) -> str:
    """The text for (name, content) pairs; a fence is longer than any backticks in its file, a last line is ended."""
    return "\n\n".join(_block(name, content) for name, content in files)


def files_of(message: str) -> list[tuple[str, str]]:
    """The (name, content) pairs of a text that `message_of` wrote."""
    return [(match[1], match[3]) for match in _BLOCK.finditer(message)]


def _block(name: str, content: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", content)), default=0)
    fence = "`" * max(3, longest + 1)
    language = _LANGUAGE.get(name.rpartition(".")[2].lower(), "")
    body = content if content.endswith("\n") or not content else content + "\n"
    return f"`{name}`\n\n{fence}{language}\n{body}{fence}"
