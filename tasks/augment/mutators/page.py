"""What mutators may know of the whole program."""

import re

from tasks.augment.mutators.colour import Rgb, read_colour
from tasks.augment.mutators.mutator import Page
from tasks.augment.mutators.style import GROUNDS, PAGE_SELECTORS, declared, selector
from tasks.augment.syntax import Region, Tongue, walk

_USED_AS_TEXT = re.compile(r"(?<![-\w])color\s*:\s*var\(\s*(--[\w-]+)")
_LISTENED = re.compile(r"""addEventListener\(\s*['"`]\w+['"`]\s*,\s*([A-Za-z_$][\w$]*)\s*[,)]""")
_WITH_ID = re.compile(r"""<([a-z][a-z0-9]*)\b[^<>]*?\sid\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_LABELABLE = frozenset(("button", "input", "meter", "output", "progress", "select", "textarea", "label"))


def read_page(regions: tuple[Region, ...]) -> Page:
    """Read from all regions of a program."""
    variables: dict[str, str] = {}
    text_variables: dict[str, None] = {}
    listeners: dict[str, None] = {}
    plain_ids: dict[str, None] = {}
    markup = _texts(regions, "markup")
    ground: Rgb | None = None
    for region in regions:
        text = region.text.decode("utf-8", "replace")
        if region.tongue == "script":
            listeners.update(dict.fromkeys(_LISTENED.findall(text)))
        if region.tongue == "markup":
            plain_ids.update((name, None) for tag, name in _WITH_ID.findall(text) if tag.lower() not in _LABELABLE)
        if region.tongue != "style":
            continue
        text_variables.update(dict.fromkeys(_USED_AS_TEXT.findall(text)))
        for node in walk(region.root):
            if node.type == "declaration":
                name, value = declared(node, region)
                if name.startswith("--"):
                    variables.setdefault(name, value)
                elif name in GROUNDS and selector(node, region) in PAGE_SELECTORS:
                    ground = read_colour(value, variables) or ground
    return Page(
        ground=ground or (1.0, 1.0, 1.0),
        variables=variables,
        text_variables=frozenset(text_variables),
        listeners=frozenset(listeners),
        plain_ids=tuple(plain_ids),
        markup=markup,
        scripts=_texts(regions, "script"),
    )


def _texts(regions: tuple[Region, ...], tongue: Tongue) -> str:
    return "\n".join(region.text.decode("utf-8", "replace") for region in regions if region.tongue == tongue)
