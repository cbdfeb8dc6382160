"""Archetypes: folders of templates that become problems and programs.

python -m tasks.model.offline.archetype SLUG --seed 3 --out FOLDER     writes one page, its checks and its problem
"""

import argparse
import hashlib
import importlib
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tasks.check import Check
from tasks.model.offline.flavour import Flavour, find_theme, flavour_of, name_page
from tasks.output import print_anything

ARCHETYPES = Path(__file__).parent / "archetypes"
FILES = ("index.html", "style.css", "script.js")


@dataclass(frozen=True)
class Archetype:
    """One kind of page, as its folder's `page.py` describes it."""

    slug: str
    topic: str
    nouns: tuple[str, ...]
    draw: Callable[[random.Random, Flavour], dict[str, Any]]
    pose: Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Brief:
    """What a page is to be: everything else follows from these three by hashing."""

    slug: str
    title: str
    setting: str


@cache
def slugs() -> tuple[str, ...]:
    """The folders that hold an archetype, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in ARCHETYPES.glob("*/page.py")))


@cache
def archetype(slug: str) -> Archetype:
    """The archetype in the named folder."""
    module = importlib.import_module(f"tasks.model.offline.archetypes.{slug}.page")
    return Archetype(slug, module.TOPIC, tuple(module.NOUNS), module.draw, module.pose)


def rng_of(*parts: str) -> random.Random:
    """A generator that only the parts decide."""
    digest = hashlib.sha256(json.dumps(parts).encode()).digest()
    return random.Random(int.from_bytes(digest[:16], "big"))


def draw_brief(rng: random.Random, slug: str) -> Brief:
    """A page of the archetype that nobody has asked for yet: its title and its setting."""
    title, setting = name_page(rng, archetype(slug).nouns)
    return Brief(slug, title, setting)


def parameters(brief: Brief) -> dict[str, Any]:
    """What templates and `pose` may use: what `draw` gave, `title`, `flavour` and the short names for its parts."""
    theme = find_theme(brief.title, brief.setting)
    flavour = flavour_of(rng_of("flavour", brief.title, brief.setting), theme, brief.setting)
    drawn = archetype(brief.slug).draw(rng_of(brief.slug, brief.title, brief.setting), flavour)
    return {
        **json.loads(json.dumps(drawn)),
        "title": brief.title,
        "flavour": asdict(flavour),
        "c": asdict(flavour.palette),
        "font": flavour.font,
        "display": flavour.display,
        "radius": flavour.radius,
        "shadow": flavour.shadow,
    }


def pose(brief: Brief) -> dict[str, Any]:
    """The problem: title, statement with the setting at its end, features, user_actions, checks."""
    posed = archetype(brief.slug).pose(parameters(brief))
    return {"title": brief.title, **posed, "statement": f"{posed['statement'].strip()} {brief.setting}"}


def render(brief: Brief) -> dict[str, str]:
    """The clean program: file name to content."""
    values = parameters(brief)
    return {name: _templates(brief.slug).get_template(name).render(values) for name in FILES}


@cache
def _templates(slug: str) -> Environment:
    return Environment(
        loader=FileSystemLoader(ARCHETYPES / slug),
        variable_start_string="[[",
        variable_end_string="]]",
        block_start_string="[%",
        block_end_string="%]",
        comment_start_string="[#",
        comment_end_string="#]",
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def untold(posed: dict[str, Any]) -> list[str]:
    """Names that a check's steps use and the problem's words do not tell: the problem would be refused."""
    told = " ".join((posed["statement"], *posed["features"], *posed["user_actions"])).casefold()
    faults = []
    for check in posed["checks"]:
        for step in Check.model_validate(check).steps:
            for target in (getattr(step, "target", None), getattr(step, "to", None)):
                for name in (target.name, target.label, target.text) if target else ():
                    if name and name.casefold() not in told:
                        faults.append(f"check {check['id']!r} relies on {name!r}, which the problem does not name")
    return faults


def main(arguments: Sequence[str] | None = None) -> None:
    """Write one page of an archetype into a folder, to look at it; prints what is wrong with its problem."""
    parser = argparse.ArgumentParser(description="Write one page of an archetype, with its problem and its checks.")
    parser.add_argument("slug", choices=slugs())
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    brief = draw_brief(rng_of("try", str(options.seed)), options.slug)
    posed = pose(brief)
    options.out.mkdir(parents=True, exist_ok=True)
    for name, content in render(brief).items():
        (options.out / name).write_text(content, "utf-8")
    (options.out / "checks.json").write_text(json.dumps(posed["checks"], indent=2, ensure_ascii=False), "utf-8")
    for problem in untold(posed):
        print(problem)
    lines = [f"# {posed['title']}", "", posed["statement"], "", "## Features", *(f"- {x}" for x in posed["features"])]
    lines += ["", "## User Actions", *(f"- {x}" for x in posed["user_actions"]), ""]
    (options.out / "problem.md").write_text("\n".join(lines), "utf-8")


if __name__ == "__main__":
    print_anything()
    main()
