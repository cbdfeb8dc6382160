"""Accessibility: who can't see the page, or not well, is told nothing or something wrong.

What moves is axe-core's list of violations. An element of the markup is edited by a statement in the script, so that
what it is told comes from a menu: markup has no other way to refer to a value.
"""

import re

from tree_sitter import Node

from tasks.augment.mutators.markup import TAGS, attribute, found, quoted, tag, text_of, told
from tasks.augment.mutators.mutator import Mutator, Offer, Page
from tasks.augment.syntax import Region
from tasks.record import Family

_ARIA_VALUES = {
    "aria-live": ("polite", "assertive", "off"),
    "aria-atomic": ("true", "false"),
    "aria-pressed": ("true", "false", "mixed"),
    "aria-expanded": ("true", "false"),
    "aria-checked": ("true", "false", "mixed"),
    "aria-selected": ("true", "false"),
    "aria-modal": ("true", "false"),
}
_CONTROLS = ("button", "input", "select", "textarea", "a")
_BLOCKS = ("section", "div", "header", "footer", "aside", "p", "form", "main", "nav")
_PARTS = ("output", "ul", "ol", "h2", "h3", "li", "fieldset")
_SAME = ("node.dir = 'ltr';", "node.translate = true;", "node.lang = document.documentElement.lang;")


def page_language(node: Node, region: Region, page: Page) -> Offer | None:
    """A screen reader speaks the page in the wrong language.

    axe: html-has-lang, html-lang-valid. Twins: regions of the language.
    """
    base = (attribute(node, region, "lang") or "").split("-")[0]
    if tag(node, region) != "html" or not re.fullmatch(r"[a-z]{2}", base):
        return None
    wrong = "A screen reader does not know the page's language."
    return told(
        "html",
        "TONGUES",
        [f"node.lang = '{base}-{land}';" for land in ("US", "GB", "IE", "CA")],
        [
            (1, f"node.lang = '{base}_{base}';", wrong),
            (2, "node.lang = '';", wrong),
            (2, f"node.lang = 'zz-{base.upper()}';", wrong),
        ],
        page,
        0.8,
    )


def page_title(node: Node, region: Region, page: Page) -> Offer | None:
    """The tab and the screen reader have no name for the page.

    axe: document-title. Twins: the title, put slightly otherwise.
    """
    if node.type != "element" or not node.children or tag(node.children[0], region) != "title":
        return None
    text = " ".join(region.read(child) for child in node.named_children if child.type == "text").strip()
    if not 2 <= len(text) <= 90 or "&" in text:
        return None
    none, title = "The page has no title.", quoted(text)
    return told(
        "title",
        "TITLES",
        [
            f"node.textContent = {title};",
            f"node.textContent = {title}.trim();",
            f"document.title = {title};",
        ],
        [(1, "node.textContent = '';", none), (1, "document.title = ' ';", none), (1, "node.remove();", none)],
        page,
        0.3,
    )


def zoom(node: Node, region: Region, page: Page) -> Offer | None:
    """Who needs larger text can't zoom in. axe: meta-viewport. Twins: other spellings of an ordinary viewport."""
    if tag(node, region) != "meta" or attribute(node, region, "name") != "viewport":
        return None
    width = "width=device-width, initial-scale=1"
    locked = "The page can't be enlarged."
    return told(
        'meta[name="viewport"]',
        "VIEWS",
        [
            f"node.content = '{width}, {rest}';"
            for rest in ("maximum-scale=8", "maximum-scale=6", "user-scalable=yes", "maximum-scale=9")
        ],
        [
            (1, f"node.content = '{width}, {rest}';", locked)
            for rest in ("user-scalable=no", "maximum-scale=1", "user-scalable=0")
        ],
        page,
        0.6,
    )


def label_for(node: Node, region: Region, page: Page) -> Offer | None:
    """A field has no name: who does not see the page can't tell what to enter.

    axe: label, select-name. Twins: the same target; the harm is one that exists, but is no field, or none.
    """
    target = attribute(node, region, "for")
    if tag(node, region) != "label" or not target:
        return None
    nameless = "A form field has no name for a screen reader."
    own = quoted(target)
    others = [quoted(other) for other in page.plain_ids if other != target][:2]
    return told(
        f'label[for="{target}"]',
        "FIELDS",
        [f"node.htmlFor = {own};", f"node.setAttribute('for', {own});", f"node.htmlFor = {own}.trim();"],
        [(2, f"node.htmlFor = {other};", nameless) for other in others]
        + [(2, "node.removeAttribute('for');", nameless), (2, "node.htmlFor = '';", nameless)],
        page,
        1.6,
        text_of(node, region),
    )


def spoken_name(node: Node, region: Region, page: Page) -> Offer | None:
    """A control or picture is announced without its name. axe: button-name, label. Twins: the same name."""
    kind, name = tag(node, region), attribute(node, region, "aria-label")
    place = found(node, region, page)
    if not name or place is None or "&" in name:
        return None
    silent, said = "A screen reader does not say what this is.", quoted(name)
    return told(
        place,
        "NAMES",
        [f"node.ariaLabel = {said};", f"node.setAttribute('aria-label', {said});", f"node.ariaLabel = {said}.trim();"],
        [
            (2, "node.ariaLabel = '';", silent),
            (2, "node.removeAttribute('aria-label');", silent),
            (2, "node.setAttribute('aria-label', ' ');", silent),
        ],
        page,
        1.8 if kind in (*_CONTROLS, "img") else 0.9,
        name,
    )


def wrong_role(node: Node, region: Region, page: Page) -> Offer | None:
    """A part of the page claims to be what it is not, and keyboard and screen reader users are led astray.

    axe: aria-roles, aria-required-children, aria-required-parent. Twins: what is so anyway, said once more.
    """
    place = found(node, region, page)
    if tag(node, region) not in (*_BLOCKS, *_PARTS) or place is None or attribute(node, region, "role"):
        return None
    misled = "A screen reader announces a part of the page as something it is not."
    return told(
        place,
        "ROLES",
        _SAME,
        [
            (2, f"node.role = '{role}';", misled)
            for role in (("grup", "tablist", "option") if tag(node, region) in _BLOCKS else ("radio", "lst", "tree"))
        ],
        page,
        1.0 if tag(node, region) in ("section", "div") else 0.7,
    )


def wrong_state(node: Node, region: Region, page: Page) -> Offer | None:
    """A control is announced in a state that it can't have. axe: aria-valid-attr(-value). Twins: what is so anyway."""
    place = found(node, region, page)
    if tag(node, region) not in ("button", *_PARTS) or place is None:
        return None
    misled = "A control is announced as something it is not."
    return told(
        place,
        "MOODS",
        _SAME,
        [
            (2, f"node.setAttribute('{name}', '{value}');", misled)
            for name, value in (("aria-presed", "true"), ("aria-expanded", "yes"), ("aria-level", "deep"))
        ],
        page,
        1.1,
    )


def state_value(node: Node, region: Region, page: Page) -> Offer | None:
    """News or a state is not announced. axe: aria-valid-attr-value. Twins: the same value."""
    place = found(node, region, page)
    for state, values in _ARIA_VALUES.items():
        value = attribute(node, region, state)
        if place is not None and value in values:
            unheard = "A change on the page is not announced."
            typo = value[0] + value[2:] if len(value) > 3 else value + "s"

            def put(text: str, state: str = state) -> str:
                return f"node.setAttribute('{state}', {text});"

            return told(
                place,
                "NEWS",
                [put(f"'{value}'"), put(f"'{value}'.trim()"), put(f"'{value}' + ''")],
                [(2, put(f"'{word}'"), unheard) for word in (typo, value[::-1], value + "ly")],
                page,
                1.4,
            )
    return None


def focus_order(node: Node, region: Region, page: Page) -> Offer | None:
    """The tab key jumps about. axe: tabindex. Twins: the order of the text, said once more."""
    place = found(node, region, page)
    if tag(node, region) not in _CONTROLS or place is None or attribute(node, region, "tabindex") is not None:
        return None
    jumps = "The tab key jumps to this control out of turn."
    return told(
        place,
        "TURNS",
        ["node.tabIndex = 0;", "node.setAttribute('tabindex', '0');", "node.removeAttribute('tabindex');"],
        [(1, f"node.tabIndex = {n};", jumps) for n in (2, 5, 9)],
        page,
        0.8,
    )


def hidden_part(node: Node, region: Region, page: Page) -> Offer | None:
    """Controls can be reached by keyboard and are not announced. axe: aria-hidden-focus. Twins: not hidden."""
    place = found(node, region, page)
    if tag(node, region) not in _BLOCKS or place is None or attribute(node, region, "aria-hidden") is not None:
        return None
    silent = "Controls that the keyboard reaches are not announced."
    return told(
        place,
        "VEILS",
        [
            "node.ariaHidden = 'false';",
            "node.removeAttribute('aria-hidden');",
            "node.setAttribute('aria-hidden', 'false');",
        ],
        [
            (3, "node.ariaHidden = 'true';", silent),
            (3, "node.setAttribute('aria-hidden', 'true');", silent),
            (3, "node.ariaHidden = true;", silent),
        ],
        page,
        0.8,
    )


def autofill(node: Node, region: Region, page: Page) -> Offer | None:
    """A browser or an aid can't tell what a field is for. axe: autocomplete-valid. Twins: words that it knows."""
    place = found(node, region, page)
    if tag(node, region) not in ("input", "select", "textarea") or place is None:
        return None
    if attribute(node, region, "type") in ("range", "checkbox", "radio", "button", "submit", "color", "file"):
        return None
    unknown = "An aid for filling in forms can't tell what a field is for."
    return told(
        place,
        "FILLS",
        [f"node.setAttribute('autocomplete', '{word}');" for word in ("off", "on")] + ["node.autocomplete = 'off';"],
        [(1, f"node.setAttribute('autocomplete', '{word}');", unknown) for word in ("onn", "of", "yes-please")],
        page,
        0.7,
    )


_SEEN: tuple[Family, ...] = ("accessibility",)
_USED: tuple[Family, ...] = ("accessibility", "function")
ACCESSIBILITY = (
    Mutator("page-language", "accessibility", "markup", TAGS, _SEEN, 0.8, page_language),
    Mutator("page-title", "accessibility", "markup", ("element",), _SEEN, 0.3, page_title),
    Mutator("zoom", "accessibility", "markup", TAGS, _SEEN, 0.6, zoom),
    Mutator("label-for", "accessibility", "markup", TAGS, _USED, 1.3, label_for),
    Mutator("spoken-name", "accessibility", "markup", TAGS, _USED, 1.3, spoken_name),
    Mutator("wrong-role", "accessibility", "markup", TAGS, _USED, 1.1, wrong_role),
    Mutator("wrong-state", "accessibility", "markup", TAGS, _SEEN, 1.2, wrong_state),
    Mutator("state-value", "accessibility", "markup", TAGS, _USED, 1.2, state_value),
    Mutator("focus-order", "accessibility", "markup", TAGS, _SEEN, 0.9, focus_order),
    Mutator("hidden-part", "accessibility", "markup", TAGS, _USED, 0.6, hidden_part),
    Mutator("autofill", "accessibility", "markup", TAGS, _SEEN, 0.7, autofill),
)
