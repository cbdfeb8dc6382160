"""The problem for a page that is there already: its own pages are known again, of others only what can be seen is told.

An archetype's page follows from its title and its setting, and the title stands in the page; so the page's setting is
the one of all settings that gives the same files.
"""

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

from tasks.model.offline.archetype import FILES, Brief, archetype, pose, render, rng_of, slugs
from tasks.model.offline.author import some_checks
from tasks.model.offline.flavour import lexicon, setting_of, themes

_TELLING = {"index.html", "script.js"}
"""Files of which one that is the same tells a page, also where it stands in the other; many share a style sheet."""
_LEAST, _MOST = 5, 10
"""Checks that a problem may have."""
_WIDTHS = (360, 480, 640, 768, 1024)
"""CSS pixels, for checks of a page that shows too little else."""
_LONGEST = 80
"""Characters of a name that is told."""


def describe_page(files: Mapping[str, str], key: tuple[str, ...]) -> dict[str, Any]:
    """A problem with checks for a page, by the names and texts of its files; `key` draws what is left open."""
    brief = _known(files)
    if brief is None:
        return _told(next((text for name, text in files.items() if name.endswith(".html")), ""))
    posed = pose(brief)
    return posed | {"checks": some_checks(posed["checks"], rng_of("page", *key))}


def _known(files: Mapping[str, str]) -> Brief | None:
    """The brief of a page of its own, mistakes in some of its files or not; None if the page is somebody else's."""
    texts = [*files.values()]
    best, most = None, 0
    for brief in _briefs(_Seen.of(files.get("index.html", "")).title):
        clean = render(brief)
        same = {name for name in FILES if any(clean[name].strip() in text for text in texts)}
        if same & _TELLING and len(same) > most:
            best, most = brief, len(same)
        if most == len(FILES):
            break
    return best


def _briefs(title: str) -> Iterator[Brief]:
    """Every brief that a page with this title can have; some two thousand, or none."""
    kinds = [slug for slug in slugs() if any(title.endswith(f" {noun}") for noun in archetype(slug).nouns)]
    places = {
        place: None
        for theme in themes().values()
        if any(re.search(rf"\b{re.escape(word)}\b", title) for word in theme.words)
        for place in theme.places
    }
    for slug in kinds:
        for place in places:
            for town in lexicon().towns:
                for mood in lexicon().moods:
                    yield Brief(slug, title, setting_of(mood, place, town))


class _Seen(HTMLParser):
    """What a person sees of a page's markup, scripts aside: title, first heading, buttons, labels."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.heading = ""
        self.buttons: list[str] = []
        self.labels: list[str] = []
        self._open: list[tuple[str, str, list[str]]] = []
        """Tag, `aria-label`, text so far."""

    @classmethod
    def of(cls, page: str) -> "_Seen":
        seen = cls()
        seen.feed(page)
        seen.close()
        return seen

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("title", "h1", "button", "label"):
            self._open.append((tag, dict(attrs).get("aria-label") or "", []))

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[-1][2].append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            _, label, parts = self._open.pop()
            text = " ".join(((label if tag == "button" else "") or "".join(parts)).split())
            if not 0 < len(text) <= _LONGEST:
                return
            if tag == "title":
                self.title = self.title or text
            elif tag == "h1":
                self.heading = self.heading or text
            else:
                names = self.buttons if tag == "button" else self.labels
                if text not in names:
                    names.append(text)


def _told(page: str) -> dict[str, Any]:
    """A problem made of what is to be seen: a stand-in follows no code, so that it can't say what the page does."""
    seen = _Seen.of(page)
    name = (seen.heading or seen.title or "Untitled page")[:_LONGEST].ljust(3, ".")
    buttons = seen.buttons[: _MOST - _LEAST]
    labels = seen.labels[: _MOST - len(buttons)]
    checks = [_click(text) for text in buttons] + [_shown(text) for text in labels]
    checks += [_fits(width) for width in _WIDTHS[: max(0, _LEAST - len(checks))]]
    quoted = [f'the button "{text}"' for text in buttons] + [f'the label "{text}"' for text in labels]
    listed = f"It shows {', '.join(quoted)}." if quoted else "It shows one heading and its content."
    answer = "Each button changes what the page shows. " if buttons else ""
    deeds = [f'Press "{text}" and see the page answer.' for text in buttons]
    filler = ["Open the page and read its heading.", "Make the window narrow and go on reading."]
    features = [f"Has {one}, spelled so." for one in quoted]
    more = ["Works as one page without a network.", "Keeps its content in view in a narrow window.",
            "Has a heading that names it."]  # fmt: skip
    return {
        "title": name,
        "statement": f"{name} is an interactive page. {listed} {answer}The page is "
        "readable in windows from 360 to 1024 pixels wide.",
        "features": [*features[:5], *more][:8],
        "user_actions": [*deeds[:6], *filler],
        "checks": [check | {"id": f"seen-{at}"} for at, check in enumerate(checks, start=1)],
    }


def _click(text: str) -> dict[str, Any]:
    return {
        "title": f'Pressing "{text}" changes what is shown.',
        "severity": "major",
        "steps": [{"do": "click", "target": {"role": "button", "name": text}}],
        "expect": [{"see": "text", "target": {"css": "body"}, "how": "changed"}],
    }


def _shown(text: str) -> dict[str, Any]:
    return {
        "title": f'There is a field labelled "{text}".',
        "severity": "minor",
        "expect": [{"see": "visible", "target": {"label": text}}],
    }


def _fits(width: int) -> dict[str, Any]:
    return {
        "title": f"The page can be read in a window {width} pixels wide.",
        "severity": "minor",
        "steps": [{"do": "resize", "width": width, "height": 768}],
        "expect": [{"see": "visible", "target": {"css": "body"}}],
    }
