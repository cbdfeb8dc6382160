"""Accessibility: who can't see the page, or not well, is told nothing or something wrong. What moves is axe-core's list
of violations.

Most twins add an attribute that says what is so anyway (`dir`, `translate`, `lang`); the harm carries the same one, and
a wrong word.
"""

import re

from tree_sitter import Node

from tasks.augment.mutators.mutator import Mutator, Offer, Page, offer
from tasks.augment.syntax import Region

_SAID_ANYWAY = ('dir="ltr"', 'translate="yes"', 'dir="ltr" translate="yes"', 'translate="yes" dir="ltr"')
_ARIA_VALUES = {
    "aria-live": ("polite", "assertive", "off"),
    "aria-atomic": ("true", "false"),
    "aria-pressed": ("true", "false", "mixed"),
    "aria-expanded": ("true", "false"),
    "aria-hidden": ("true", "false"),
    "aria-checked": ("true", "false", "mixed"),
    "aria-selected": ("true", "false"),
    "aria-modal": ("true", "false"),
}


def page_language(node: Node, region: Region, page: Page) -> Offer | None:
    """A screen reader speaks the page in the wrong language.

    axe: html-has-lang, html-lang-valid. Twins: regions of the language.
    """
    if _tag(node, region) != "html" or node.type != "start_tag":
        return None
    lang = _attribute(node, region, "lang")
    if lang is None:
        return None
    value = _value(lang, region)
    base = value.split("-")[0]
    if not re.fullmatch(r"[a-z]{2}", base):
        return None
    wrong = "A screen reader does not know the page's language."
    return offer(
        lang,
        [f'lang="{base}-{land}"' for land in ("US", "GB", "IE", "CA", "AU") if f"{base}-{land}" != value][:4],
        [(1, f'lang="{base}_{base}"', wrong), (2, f'land="{base}-IE"', wrong), (2, f'lang="zz-{base.upper()}"', wrong)],
        region,
        worth=0.8,
    )


def page_title(node: Node, region: Region, page: Page) -> Offer | None:
    """The tab and the screen reader have no name for the page.

    axe: document-title. Twins: the title, put slightly otherwise.
    """
    if node.type != "element" or not node.children or _tag(node.children[0], region) != "title":
        return None
    text = " ".join(region.read(child) for child in node.named_children if child.type == "text").strip()
    if not 2 <= len(text) <= 90 or "&" in text:
        return None
    none = "The page has no title."
    return offer(
        node,
        [
            f'<title lang="en">{text}</title>',
            f'<title dir="ltr">{text}</title>',
            f'<title translate="yes">{text}</title>',
        ],
        [
            (1, f'<meta name="title" content="{text.replace(chr(34), "")}">', none),
            (1, f'<title dir="ltr"></title><!-- {text.replace("--", "")} -->', none),
            (1, f'<meta name="page-title" content="{text.replace(chr(34), "")}">', none),
        ],
        region,
        worth=0.3,
    )


def zoom(node: Node, region: Region, page: Page) -> Offer | None:
    """Who needs larger text can't zoom in. axe: meta-viewport. Twins: other spellings of an ordinary viewport."""
    if node.type != "start_tag" or _tag(node, region) != "meta":
        return None
    name, content = _attribute(node, region, "name"), _attribute(node, region, "content")
    if name is None or content is None or _value(name, region) != "viewport":
        return None
    width = "width=device-width"
    locked = "The page can't be enlarged."
    return offer(
        content,
        [
            f'content="{width}, initial-scale=1, {rest}"'
            for rest in ("maximum-scale=8", "maximum-scale=6", "user-scalable=yes", "maximum-scale=9")
        ],
        [
            (1, f'content="{width}, initial-scale=1, user-scalable=no"', locked),
            (1, f'content="{width}, initial-scale=1, maximum-scale=1"', locked),
            (1, f'content="{width}, initial-scale=1, user-scalable=0"', locked),
        ],
        region,
        worth=0.6,
    )


def label_for(node: Node, region: Region, page: Page) -> Offer | None:
    """A field has no name: who does not see the page can't tell what to enter.

    axe: label, select-name. Twins: the same target; the harm is one that exists, but is no field.
    """
    if node.type != "start_tag" or _tag(node, region) != "label":
        return None
    target = _attribute(node, region, "for")
    if target is None:
        return None
    value = _value(target, region)
    nameless = "A form field has no name for a screen reader."
    return offer(
        target,
        [f'for="{value}" {said}' for said in _SAID_ANYWAY],
        [
            (2, f'for="{other}" {said}', nameless)
            for other, said in zip((i for i in page.plain_ids if i != value), _SAID_ANYWAY, strict=False)
        ],
        region,
        worth=1.6,
    )


def spoken_name(node: Node, region: Region, page: Page) -> Offer | None:
    """A control or picture is announced without its name. axe: button-name, label, image-alt. Twins: the same name."""
    if node.type not in ("start_tag", "self_closing_tag"):
        return None
    tag = _tag(node, region)
    label = _attribute(node, region, "aria-label") or (_attribute(node, region, "alt") if tag == "img" else None)
    if label is None or not _value(label, region):
        return None
    text = region.read(label)
    name, _, value = text.partition("=")
    silent = "A screen reader does not say what this is."
    wrong = {"aria-label": ("aria-lable", "aria-name", "aria-title"), "alt": ("alr", "atl", "aria-alt")}[name.lower()]
    return offer(
        label,
        [f"{name}={value} {said}" for said in _SAID_ANYWAY],
        [(2, f"{word}={value} {said}", silent) for word, said in zip(wrong, _SAID_ANYWAY, strict=False)],
        region,
        worth=1.8 if tag in ("button", "input", "select", "textarea", "img") else 0.9,
    )


def region_role(node: Node, region: Region, page: Page) -> Offer | None:
    """A part of the page claims to be what it is not, and keyboard and screen reader users are led astray. axe: aria-
    roles,
    aria-required-children, aria-required-parent. Twins: an attribute that says what is so anyway."""
    if node.type != "start_tag" or _tag(node, region) not in (
        "section",
        "div",
        "header",
        "footer",
        "aside",
        "p",
        "form",
    ):
        return None
    if _attribute(node, region, "role") is not None or _attribute(node, region, "dir") is not None:
        return None
    name = node.named_children[0]
    tag = region.read(name)
    misled = "A screen reader announces a part of the page as something it is not."
    return offer(
        name,
        [f"{tag} {said}" for said in _SAID_ANYWAY],
        [
            (2, f'{tag} role="tablist" dir="ltr"', misled),
            (2, f'{tag} role="option" dir="ltr"', misled),
            (2, f'{tag} role="grup" dir="ltr"', misled),
            (2, f'{tag} role="radiogroop" dir="ltr"', misled),
        ],
        region,
        worth=1.0 if tag in ("section", "div") else 0.6,
    )


def state_value(node: Node, region: Region, page: Page) -> Offer | None:
    """News or a state is not announced. axe: aria-valid-attr, aria-valid-attr-value. Twins: the same value."""
    if node.type not in ("start_tag", "self_closing_tag"):
        return None
    for attribute, values in _ARIA_VALUES.items():
        held = _attribute(node, region, attribute)
        if held is not None and _value(held, region) in values:
            value = _value(held, region)
            unheard = "A change on the page is not announced."
            typo = value[0] + value[2:] if len(value) > 3 else value + "s"
            return offer(
                held,
                [f'{attribute}="{value}" {said}' for said in _SAID_ANYWAY],
                [
                    (2, f'{attribute}="{typo}" {_SAID_ANYWAY[0]}', unheard),
                    (2, f'{attribute[:-1]}="{value}" {_SAID_ANYWAY[1]}', unheard),
                    (2, f'{attribute}="{value[::-1]}" {_SAID_ANYWAY[1]}', unheard),
                ],
                region,
                worth=1.4,
            )
    return None


def control_role(node: Node, region: Region, page: Page) -> Offer | None:
    """A control is announced as something that can't be operated. axe: aria-allowed-role, aria-roles, required
    attributes.
    Twins: an attribute that says what is so anyway."""
    if node.type not in ("start_tag", "self_closing_tag") or _tag(node, region) not in (
        "button",
        "output",
        "ul",
        "h2",
        "h3",
    ):
        return None
    if _attribute(node, region, "role") is not None or _attribute(node, region, "dir") is not None:
        return None
    name = node.named_children[0]
    tag = region.read(name)
    misled = "A control is announced as something it is not."
    return offer(
        name,
        [f"{tag} {said}" for said in _SAID_ANYWAY],
        [
            (2, f'{tag} aria-checkd="true" dir="ltr"', misled),
            (2, f'{tag} aria-activ="true" translate="yes"', misled),
            (2, f'{tag} aria-presed="true" dir="ltr" translate="yes"', misled),
            (2, f'{tag} aria-expanded="yes" dir="ltr"', misled),
        ],
        region,
        worth=1.2,
    )


def _tag(node: Node, region: Region) -> str:
    name = next((child for child in node.named_children if child.type == "tag_name"), None)
    return region.read(name).lower() if name is not None else ""


def _attribute(node: Node, region: Region, name: str) -> Node | None:
    for child in node.named_children:
        if (
            child.type == "attribute"
            and region.read(child.named_children[0]).lower() == name
            and len(child.named_children) > 1
        ):
            return child
    return None


def _value(attribute: Node, region: Region) -> str:
    return region.read(attribute).partition("=")[2].strip().strip("'\"")


_TAGS = ("start_tag", "self_closing_tag")
ACCESSIBILITY = (
    Mutator("page-language", "accessibility", "markup", _TAGS, ("accessibility",), 0.8, page_language),
    Mutator("page-title", "accessibility", "markup", ("element",), ("accessibility",), 0.3, page_title),
    Mutator("zoom", "accessibility", "markup", _TAGS, ("accessibility",), 0.6, zoom),
    Mutator("label-for", "accessibility", "markup", _TAGS, ("accessibility", "function"), 1.3, label_for),
    Mutator("spoken-name", "accessibility", "markup", _TAGS, ("accessibility", "function"), 1.3, spoken_name),
    Mutator("region-role", "accessibility", "markup", _TAGS, ("accessibility",), 1.1, region_role),
    Mutator("state-value", "accessibility", "markup", _TAGS, ("accessibility", "function"), 1.2, state_value),
    Mutator("control-role", "accessibility", "markup", _TAGS, ("accessibility", "function"), 1.2, control_role),
)
