"""Prompt files: Jinja2 with a front matter, filled in one pass, and versioned by the hash of their content.

A file in `prompts/` reads

    ---
    role: author
    schema: tasks.program.reply.ProgramReply
    version: 3
    ---
    ## system
    ...
    ## user
    ... {{ fence("persona", persona) }} ...

`version` is the number that its author raises, `Prompt.revision`; what goes into records is `Prompt.version`, the hash
of what the file says. A file may include parts, `{% include "_findings.md" %}`: files whose names begin with `_`, from
beside it, or else ours; the hash covers them.

Untrusted text is only ever a value, and stands in a fence whose tag is derived from the text itself: to close its fence
a text would have to hold 16 digits of its own SHA-256, which takes some 2**64 tries to find.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from pathlib import Path
from typing import TypedDict, get_args

import jinja2
import jinja2.meta
import jinja2.nodes
import jinja2.sandbox

from tasks.content import content_id
from tasks.errors import BadInput, BrokenRun
from tasks.model.specimen import FAULTS, SPECIMENS, told
from tasks.settings import ROOT, Role

OURS = ROOT / "prompts"

_FORM = re.compile(r"\A---\n(?P<front>.*?)\n---\n+## system\n(?P<system>.*?)\n## user\n(?P<user>.*)\Z", re.S)
_PART = re.compile(r"_[\w-]+\.md")
_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")
_KEYS = {"role", "schema", "version"}


class Message(TypedDict):
    """A chat message."""

    role: str
    content: str


@dataclass(frozen=True)
class Prompt:
    """A prompt file, parsed."""

    name: str
    role: str
    """Who answers: poser, author, repairer, editor, judge."""
    version: str
    """Hash of what the file and its parts say."""
    system: str
    user: str
    revision: int | None = None
    """The number that its author gave it; None if there is none."""
    schema: str = ""
    """Dotted name of the record that the answer becomes; empty if the file does not say."""
    parts: tuple[tuple[str, str], ...] = ()
    """Name and text of the files that it includes, and those include."""

    def messages(self, data: Mapping[str, object]) -> list[Message]:
        """The filled messages.

        Raises:
            BrokenRun: the template can't make anything of `data`, though it could of the specimens.
        """
        try:
            return self.fill(data)
        except FAULTS as error:
            raise BrokenRun(f"The prompt {self.name} can't be filled: {told(error)}.") from error

    def fill(self, data: Mapping[str, object]) -> list[Message]:
        """The filled messages; raises what the template does."""
        system, user = _templates(self)
        return [
            {"role": "system", "content": system.render(**data).strip()},
            {"role": "user", "content": user.render(**data).strip()},
        ]

    @property
    def values(self) -> frozenset[str]:
        """The names of what it is filled with."""
        environment = _environment()
        trees = [environment.parse(text) for text in (self.system, self.user, *(text for _, text in self.parts))]
        wanted = {name for tree in trees for name in jinja2.meta.find_undeclared_variables(tree)}
        made = {name.name for tree in trees for name in tree.find_all(jinja2.nodes.Name) if name.ctx == "store"}
        return frozenset(wanted - made - set(environment.globals))


class PromptBook:
    """The prompts by name: ours, or what a folder has in their place. Read once, so that a run has one of each."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder`: its files stand in for ours of the same name.

        Raises:
            BadInput: the folder has a file that is none of ours, or not in the form.
        """
        self._own = {} if folder is None else _stand_ins(folder)

    @property
    def names(self) -> tuple[str, ...]:
        """All prompts, by name."""
        return _names()

    @property
    def version(self) -> str:
        """Names what all prompts together say."""
        return content_id(*(part for name in self.names for part in (name, self.load(name).version)))

    def load(self, name: str) -> Prompt:
        """The prompt of that name.

        Raises:
            BadInput: there is no such prompt, or it is not in the form.
        """
        return self._own.get(name) or load_prompt(name)

    def overrides(self, name: str) -> bool:
        """Whether the folder has one of that name."""
        return name in self._own


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
    if name not in _names():
        raise BadInput(f"There is no prompt {name!r}; prompts/{name}.md is missing.")
    return _read(OURS, name)


def _names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in OURS.glob("*.md") if not path.name.startswith("_")))


def _stand_ins(folder: Path) -> dict[str, Prompt]:
    """The prompts of a user's folder, each fit to stand in for ours."""
    if not folder.is_dir():
        raise BadInput(f"--prompts {folder} is no folder; name one with files such as {_names()[0]}.md.")
    there = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    prompts = {name: _read(folder, name) for name in _names() if f"{name}.md" in there}
    used = {f"{name}.md" for name in prompts} | {part for one in prompts.values() for part, _ in one.parts}
    if unknown := [name for name in there if name not in used]:
        what = "is included by none of its prompts" if _PART.fullmatch(unknown[0]) else "stands in for no prompt"
        raise BadInput(f"{folder / unknown[0]} {what}; the prompts are {', '.join(_names())}, each with .md behind.")
    if not prompts:
        raise BadInput(f"--prompts {folder} is empty; the prompts are {', '.join(_names())}, each with .md behind.")
    for name, prompt in prompts.items():
        _check_fit(prompt, load_prompt(name), folder / f"{name}.md")
    return prompts


def _check_fit(prompt: Prompt, ours: Prompt, path: Path) -> None:
    """A stand-in is asked by the same code: the same role and schema, and no other values, of which it makes
    something."""
    if prompt.role != ours.role:
        raise BadInput(f"{path} is for the role {prompt.role!r}; it stands in for one of the role {ours.role!r}.")
    if prompt.schema not in ("", ours.schema):
        raise BadInput(f"{path} names the schema {prompt.schema!r}; its answer becomes a {ours.schema!r}.")
    if strange := sorted(prompt.values - ours.values):
        raise BadInput(f"{path} wants a value {strange[0]!r}; there are {', '.join(sorted(ours.values))}.")
    try:
        prompt.fill({name: SPECIMENS[name] for name in ours.values})
    except FAULTS as error:
        raise BadInput(f"{path} can't be filled: {told(error)}.") from error


def _read(folder: Path, name: str) -> Prompt:
    """Parse a prompt's file, and the parts that it includes."""
    path = folder / f"{name}.md"
    text = _text(path)
    form = _FORM.match(text)
    if form is None:
        raise BadInput(f"{path} needs a front matter with a role, then '## system' and '## user'.")
    front = _front(path, form["front"])
    parts: dict[str, str] = {}
    for section in ("system", "user"):
        _gather_parts(path, form[section], text.count("\n", 0, form.start(section)), parts, ())
    whole = [text, *(each for part in sorted(parts.items()) for each in part)]
    return Prompt(
        name=name,
        role=front["role"],
        version=content_id(*whole),
        system=form["system"].strip(),
        user=form["user"].strip(),
        revision=int(front["version"]) if "version" in front else None,
        schema=front.get("schema", ""),
        parts=tuple(sorted(parts.items())),
    )


def _front(path: Path, text: str) -> dict[str, str]:
    """The keys of a front matter, checked."""
    pairs = [line.partition(":") for line in text.splitlines() if line.strip()]
    front = {key.strip(): value.strip() for key, _, value in pairs}
    roles = [role for role in get_args(Role) if role != "embedder"]
    if strange := sorted(front.keys() - _KEYS):
        raise BadInput(f"{path} has {strange[0]!r} in its front matter, which knows role, schema and version.")
    if front.get("role") not in roles:
        raise BadInput(f"{path} needs a role in its front matter: {', '.join(roles)}.")
    if "version" in front and not re.fullmatch(r"[1-9][0-9]{0,8}", front["version"]):
        raise BadInput(f"{path} has the version {front['version']!r}; it is a number from 1, raised with each change.")
    if "schema" in front and not _DOTTED.fullmatch(front["schema"]):
        raise BadInput(f"{path} has the schema {front['schema']!r}; it is a dotted name, package.module.Class.")
    return front


def _gather_parts(path: Path, text: str, before: int, parts: dict[str, str], above: tuple[str, ...]) -> None:
    """Add to `parts` what a template's text includes, and what that does.

    Args:
        path: the file that the text is of.
        text: a section of a prompt, or all of a part.
        before: lines of the file that come before it.
        parts: name to text.
        above: the parts that include this one, one through the other, and itself.
    """
    environment = _environment()
    try:
        tree = environment.parse(text)
        environment.compile(tree)  # filters and tests are looked up here
        names = set(jinja2.meta.find_referenced_templates(tree))
    except jinja2.TemplateSyntaxError as error:
        raise BadInput(f"{path}, line {before + error.lineno}, is no Jinja2: {error.message}") from error
    except (RecursionError, SyntaxError) as error:
        raise BadInput(f"{path} is nested too deep: {told(error)}.") from error
    for name in names:
        if name is None or not _PART.fullmatch(name):
            raise BadInput(f"{path} includes {name or 'what a value names'}; it may include '_name.md' from beside it.")
        if name in above:
            raise BadInput(f"{path} includes {name}, which includes it again.")
        if name not in parts:
            places = [place for place in (path.with_name(name), OURS / name) if place.exists()]
            if not places:
                raise BadInput(f"{path} includes {name}, which is neither beside it nor in prompts/.")
            parts[name] = _text(places[0])
            _gather_parts(path.with_name(name), parts[name], 0, parts, (*above, name))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise BadInput(f"The prompt {path} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"The prompt {path} can't be read: it is not in UTF-8 (byte {error.start}).") from error


class _Sandbox(jinja2.sandbox.ImmutableSandboxedEnvironment):
    """Whoever wrote a prompt has nothing to do but fill in values; a power alone can keep Python busy for years."""

    intercepted_binops = frozenset({"**"})

    def call_binop(self, context: jinja2.runtime.Context, operator: str, left: object, right: object) -> object:
        raise jinja2.TemplateRuntimeError(f"{operator} is no operator of prompts")


def _environment(parts: Mapping[str, str] | None = None) -> jinja2.Environment:
    environment = _Sandbox(
        loader=jinja2.DictLoader(dict(parts or {})),
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["fence"] = fence
    return environment


@lru_cache(maxsize=64)
def _templates(prompt: Prompt) -> tuple[jinja2.Template, jinja2.Template]:
    """System and user, compiled once."""
    environment = _environment(dict(prompt.parts))
    return environment.from_string(prompt.system), environment.from_string(prompt.user)
