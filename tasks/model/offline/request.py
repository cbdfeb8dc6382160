"""What a chat request asks for: the fenced blocks of its user message, told apart by kind."""

import html
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from tasks.errors import BadInput

Kind = Literal["problem", "program", "repair", "plan", "solve", "edits", "page"]

_FENCE = re.compile(
    r'<(?P<tag>(?P<kind>[a-z_]+)-[0-9a-f]{8,16})(?: name="(?P<name>[^"\n]*)")?>\n(?P<text>.*?)\n</(?P=tag)>', re.S
)
_ROUND = re.compile(r"\bRound (\d{1,2}) of (\d{1,2})\b")

_WANTED = re.compile(r"\bGive (\d{1,2}) places\b")
_MOST_CALLS = re.compile(r"\bGive (\d{1,2}) calls at the most\b")
_BARE = re.compile(r"\bGive patches only\b")

_MOST_TEXT = 4_000_000
"""Characters of all messages together: a context no model has."""


@dataclass(frozen=True)
class Block:
    """One fenced block."""

    kind: str
    name: str
    text: str


@dataclass(frozen=True)
class Request:
    """A request, read."""

    blocks: tuple[Block, ...]
    seed: int
    round: int
    """Of repair, from 1; 1 if it is not said."""
    places: int
    """Of edits, that are asked for; 6 if it is not said."""
    calls: int
    """Of a plan, that may be made; 8 if it is not said."""
    bare: bool
    """Whether patches are wanted without the reasoning that led to them."""
    reasked: bool
    """Whether a user message followed the blocks, as one does when a reply was refused."""
    max_tokens: int | None
    tool: str | None
    """The function to call, if tools were given."""
    stream: bool
    stream_usage: bool
    prompt: str
    """All messages, joined."""

    @cached_property
    def kind(self) -> Kind:
        """What is asked for.

        Raises:
            BadInput: no kind of request has these blocks.
        """
        there = {block.kind for block in self.blocks}
        if {"problem", "findings", "tools"} <= there:
            return "plan"
        if {"problem", "file", "findings", "evidence"} <= there:
            return "solve"
        if {"problem", "file", "findings"} <= there:
            return "repair"
        if {"problem", "checks", "file"} <= there:
            return "edits"
        if {"problem", "checks"} <= there:
            return "program"
        if {"persona", "topic"} <= there:
            return "problem"
        if there == {"file"}:
            return "page"
        raise BadInput(
            "The offline model answers seven kinds of request, told by fenced blocks such as <persona-0a1b2c3d>: "
            "persona and topic (a problem), problem and checks (a program), problem, file and findings (a repair), "
            "the same and evidence (a repair as planned), problem, findings and tools (the plan), "
            "problem, checks and file (edits), file alone (the problem that a page solves); "
            f"this one has {', '.join(sorted(there)) or 'no such blocks'}."
        )

    def text(self, kind: str) -> str:
        """What the first block of the kind holds; empty if there is none."""
        return next((block.text for block in self.blocks if block.kind == kind), "")

    @cached_property
    def key(self) -> tuple[str, ...]:
        """All that choices are drawn from: the blocks and the seed, without the round and what came after."""
        parts = [part for block in self.blocks for part in (block.kind, block.name, block.text)]
        return (*parts, str(self.seed))


def read_request(body: Any) -> Request:
    """A request from the JSON of `POST /v1/chat/completions`.

    Raises:
        BadInput: it is not a chat request, or wants what a stand-in does not offer.
    """
    if not isinstance(body, dict):
        raise BadInput("The body of a chat request is a JSON object.")
    if not isinstance(body.get("model"), str):
        raise BadInput("A chat request names its `model`, a string.")
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise BadInput("A chat request needs `messages`, a list with at least one message.")
    if body.get("n") not in (None, 1):
        raise BadInput("The offline model gives one choice: leave `n` out or set it to 1.")
    texts = [_content(message) for message in messages]
    chars = sum(len(text) for _, text in texts)
    if chars > _MOST_TEXT:
        raise BadInput(f"The messages hold {chars:,} characters; {_MOST_TEXT:,} are the most.")
    asked = [index for index, (role, text) in enumerate(texts) if role == "user" and _FENCE.search(text)]
    first = asked[0] if asked else len(texts)
    user = texts[first][1] if asked else ""
    around = _FENCE.sub("", user)
    rounds, wanted, most = (said.search(around) for said in (_ROUND, _WANTED, _MOST_CALLS))
    options = body.get("stream_options")
    return Request(
        blocks=tuple(Block(m["kind"], html.unescape(m["name"] or ""), m["text"]) for m in _FENCE.finditer(user)),
        seed=_whole(body, "seed") or 0,
        round=int(rounds[1]) if rounds else 1,
        places=int(wanted[1]) if wanted else 6,
        calls=int(most[1]) if most else 8,
        bare=bool(_BARE.search(around)),
        reasked=any(role in ("user", "tool") for role, _ in texts[first + 1 :]),
        max_tokens=_whole(body, "max_completion_tokens") or _whole(body, "max_tokens"),
        tool=_tool(body),
        stream=body.get("stream") is True,
        stream_usage=isinstance(options, dict) and options.get("include_usage") is True,
        prompt="\n\n".join(text for _, text in texts),
    )


def _content(message: Any) -> tuple[str, str]:
    """Role and text of a message; the text parts of a content in parts are joined."""
    if not isinstance(message, dict) or not isinstance(message.get("role"), str):
        raise BadInput("Each of `messages` is an object with a `role`.")
    content = message.get("content")
    if isinstance(content, list):
        content = "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    if content is not None and not isinstance(content, str):
        raise BadInput("The `content` of a message is a string or a list of parts.")
    return message["role"], content or ""


def _whole(body: dict[str, Any], key: str) -> int | None:
    value = body.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadInput(f"`{key}` is a whole number.")
    return value


def _tool(body: dict[str, Any]) -> str | None:
    tools, choice = body.get("tools"), body.get("tool_choice")
    if not tools or choice == "none":
        return None
    wanted = choice if isinstance(choice, dict) else tools[0] if isinstance(tools, list) else None
    function = wanted.get("function") if isinstance(wanted, dict) else None
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise BadInput("`tools` are a list of objects with a `function` that has a `name`.")
    return str(function["name"])
