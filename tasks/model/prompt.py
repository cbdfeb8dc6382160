"""Prompt files: Jinja2 with a front matter, filled in one pass, and versioned by the hash of their content.

A file in `prompts/` reads

    ---
    role: author
    ---
    ## system
    ...
    ## user
    ... {{ fence("persona", persona) }} ...

Untrusted text is only ever a value, and stands in a fence whose tag is derived from the text itself: to close its fence
a text would have to hold 16 digits of its own SHA-256, which takes some 2**64 tries to find.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import TypedDict

import jinja2

from tasks.errors import BadInput
from tasks.record import content_id
from tasks.settings import ROOT

_FORM = re.compile(r"\A---\n(?P<front>.*?)\n---\n+## system\n(?P<system>.*?)\n## user\n(?P<user>.*)\Z", re.S)


class Message(TypedDict):
    """A chat message."""

    role: str
    content: str


@dataclass(frozen=True)
class Prompt:
    """A prompt file, parsed."""

    name: str
    role: str
    """Who answers: author, repairer, editor, judge."""
    version: str
    """Hash of the file's content."""
    system: str
    user: str

    def messages(self, data: Mapping[str, object]) -> list[Message]:
        """The filled messages.

        Raises:
            jinja2.UndefinedError: the template names a value that is not in `data`.
        """
        environment = jinja2.Environment(
            undefined=jinja2.StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
        )
        environment.globals["fence"] = fence
        return [
            {"role": role, "content": environment.from_string(source).render(**data).strip()}
            for role, source in (("system", self.system), ("user", self.user))
        ]


def fence(kind: str, text: str, name: str | None = None) -> str:
    """Untrusted text between tags that it can't forge: `<kind-0123456789abcdef name="…">`, the digits from the text's
    SHA-256."""
    tag = f"{kind}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
    named = f' name="{escape(name, quote=True)}"' if name is not None else ""
    return f"<{tag}{named}>\n{text}\n</{tag}>"


@cache
def load_prompt(name: str) -> Prompt:
    """Read `prompts/<name>.md`.

    Raises:
        BadInput: there is no such prompt, or it is not in the form.
    """
    path = ROOT / "prompts" / f"{name}.md"
    if not path.is_file():
        raise BadInput(f"There is no prompt {name!r}; prompts/{name}.md is missing.")
    text = path.read_text("utf-8")
    form = _FORM.match(text)
    front = dict(line.split(": ", 1) for line in form["front"].splitlines()) if form else {}
    if form is None or "role" not in front:
        raise BadInput(f"prompts/{name}.md needs a front matter with a role, then '## system' and '## user'.")
    return Prompt(name, front["role"], content_id(text), form["system"].strip(), form["user"].strip())
