"""Accessibility: who can't see the page, or not well, is told nothing or something wrong.

What moves is axe-core's list of violations, and the checks that look for an element by what it is called.
"""

import re

from tree_sitter import Node

from tasks.augment.mutators.markup import (
    CONTROLS,
    TAGS,
    attribute,
    attribute_of,
    behind_last,
    holds_control,
    is_typed_in,
    left_out,
    renamed,
    start_of,
    tag,
    text_of,
)
from tasks.augment.mutators.mutator import Mutator, Offer, Page, offer, whole_lines
from tasks.augment.syntax import Region
from tasks.record import Family

_STATES = ("aria-pressed", "aria-expanded", "aria-checked", "aria-selected", "aria-live", "aria-modal", "aria-atomic")
_TYPOS = {"aria-labelledby": "aria-labeledby", "aria-describedby": "aria-describeby", "aria-label": "aria-lable"}
_NAMES = re.compile(r"[\w.$]+\.(?:setAttribute\(\s*['\"`](?:role|aria-\w+)['\"`]|(?:ariaLabel|role)\s*=)")
_UNNAMED = "A form field has no name for a screen reader."


def page_language(node: Node, region: Region, page: Page) -> Offer | None:
    """A screen reader speaks the page in the wrong language.

    WCAG 3.1.1, axe html-has-lang and html-lang-valid; one of the six commonest faults in WebAIM's yearly million pages.
    """
    found = attribute_of(node, region, "lang")
    if tag(node, region) != "html" or found is None:
        return None
    wrong = "A screen reader does not know the page's language."
    return offer(left_out(found, region), [(1, ' lang="english"', wrong), (2, "", wrong)], region, 0.8)


def page_title(node: Node, region: Region, page: Page) -> Offer | None:
    """The tab and the screen reader have no name for the page. WCAG 2.4.2, failure F25; axe document-title."""
    if not node.named_children or tag(start_of(node), region) != "title":
        return None
    none = "The page has no title."
    return offer(whole_lines(node, region), [(1, "", none)], region, 0.3)


def zoom(node: Node, region: Region, page: Page) -> Offer | None:
    """Who needs larger text can't zoom in. WCAG 1.4.4, axe meta-viewport; copied from templates for years."""
    if tag(node, region) != "meta" or attribute(node, region, "name") != "viewport":
        return None
    content = attribute_of(node, region, "content")
    if content is None or "scal" in region.read(content).replace("initial-scale", ""):
        return None
    text = region.read(content)
    locked = "The page can't be enlarged."
    return offer(
        content,
        [
            (1, f"{text[:-1]}, maximum-scale=1{text[-1]}", locked),
            (1, f"{text[:-1]}, user-scalable=no{text[-1]}", locked),
        ],
        region,
        0.6,
    )


def label_for(node: Node, region: Region, page: Page) -> Offer | None:
    """A field has no name: who does not see the page can't tell what to enter, and a click on the label does nothing.

    WCAG 1.3.1 and 3.3.2, failure F68; axe label, select-name. The label's `for` is forgotten, or copied from another.
    """
    found = attribute_of(node, region, "for")
    if tag(node, region) != "label" or found is None:
        return None
    others = [one for one in page.plain_ids if f'"{one}"' not in region.read(found)][:1]
    harms = [(2, "", _UNNAMED), *((2, f' for="{other}"', _UNNAMED) for other in others)]
    return offer(left_out(found, region), harms, region, 1.6, spoken=text_of(node, region))


def label_as_text(node: Node, region: Region, page: Page) -> Offer | None:
    """The name of a field stands beside it and is not its label.

    WCAG failure F68; the commonest fault of forms in WebAIM's million pages. The text is a span, or is left out.
    """
    start = start_of(node)
    if tag(start, region) != "label" or attribute(start, region, "for") is None or holds_control(node, region):
        return None
    plain = renamed(node, region, "span", without=("for",))
    if plain is None:
        return None
    return offer(node, [(2, plain, _UNNAMED)], region, 1.2, spoken=text_of(start, region))


def spoken_name(node: Node, region: Region, page: Page) -> Offer | None:
    """A control, picture or region is announced without its name.

    WCAG 4.1.2, failures F65 and F89; axe button-name, role-img-alt, aria-dialog-name and others.
    """
    for name in ("aria-label", "aria-labelledby", "alt"):
        found = attribute_of(node, region, name)
        if found is not None and attribute(node, region, name):
            silent = "A screen reader does not say what this is."
            worth = 1.8 if tag(node, region) in (*CONTROLS, "img", "canvas", "svg") else 0.7
            spoken = "" if name == "aria-labelledby" else attribute(node, region, name) or ""
            return offer(left_out(found, region), [(2, "", silent)], region, worth, spoken=spoken)
    return None


def misspelt(node: Node, region: Region, page: Page) -> Offer | None:
    """A name or hint is lost by a letter. axe aria-valid-attr; known from lint rules made for it (aria-props)."""
    for name, typo in _TYPOS.items():
        found = attribute_of(node, region, name)
        if found is not None:
            text = region.read(found)
            spoken = attribute(node, region, name) or "" if name == "aria-label" else ""
            return offer(
                found,
                [(2, typo + text[len(name) :], "A screen reader is not told what was meant for it.")],
                region,
                1.0,
                spoken=spoken,
            )
    return None


def wrong_role(node: Node, region: Region, page: Page) -> Offer | None:
    """A part of the page claims to be what it is not, and keyboard and screen reader users are led astray.

    axe aria-required-children and -parent; WebAIM's million pages count menus and tabs that lack what these need.
    """
    kind = tag(node, region)
    if attribute(node, region, "role") or node.parent is None:
        return None
    if kind in ("ul", "ol"):
        roles = ("menu", "tablist")
    elif kind in ("div", "section", "nav") and holds_control(node.parent, region):
        roles = ("tablist", "menubar")
    else:
        return None
    misled = "A screen reader announces a part of the page as something it is not."
    return offer(behind_last(node), [(2, f' role="{role}"', misled) for role in roles], region, 0.9)


def state_value(node: Node, region: Region, page: Page) -> Offer | None:
    """News or a state is not announced, because its value is none that there is.

    WCAG 4.1.2, failure F79; axe aria-valid-attr-value.
    """
    for name in _STATES:
        found = attribute_of(node, region, name)
        if found is None:
            continue
        unheard = "A change on the page is not announced as it should be."
        wrong = "true" if name == "aria-live" else "yes" if attribute(node, region, name) == "true" else "no"
        return offer(left_out(found, region), [(2, f' {name}="{wrong}"', unheard), (1, "", unheard)], region, 1.3)
    return None


def focus_order(node: Node, region: Region, page: Page) -> Offer | None:
    """The tab key jumps about. WCAG 2.4.3, failure F44; axe tabindex."""
    if tag(node, region) not in CONTROLS or attribute(node, region, "tabindex") is not None:
        return None
    jumps = "The tab key jumps to this control out of turn."
    return offer(behind_last(node), [(1, ' tabindex="1"', jumps)], region, 0.7)


def hidden_part(node: Node, region: Region, page: Page) -> Offer | None:
    """Controls can be reached by keyboard and are not announced. axe aria-hidden-focus; WCAG 4.1.2."""
    if node.parent is None or attribute(node, region, "aria-hidden") is not None:
        return None
    if tag(node, region) not in ("div", "section", "form", "fieldset", "nav", "header", "footer", "aside"):
        return None
    if node.parent.type != "element" or not holds_control(node.parent, region):
        return None
    silent = "Controls that the keyboard reaches are not announced."
    return offer(behind_last(node), [(3, ' aria-hidden="true"', silent)], region, 0.6)


def autofill(node: Node, region: Region, page: Page) -> Offer | None:
    """A browser or an aid can't tell what a field is for. WCAG 1.3.5, failure F107; axe autocomplete-valid."""
    if not is_typed_in(node, region):
        return None
    unknown = "An aid for filling in forms can't tell what a field is for."
    harms = [(1, ' autocomplete="nope"', unknown), (1, ' autocomplete="none"', unknown)]
    found = attribute_of(node, region, "autocomplete")
    return offer(left_out(found, region) if found is not None else behind_last(node), harms, region, 0.7)


def heading(node: Node, region: Region, page: Page) -> Offer | None:
    """Who goes from heading to heading misses a part or is lost between levels.

    WCAG 1.3.1, failure F2; axe heading-order, page-has-heading-one. A level is taken for its size.
    """
    kind = tag(start_of(node), region)
    if not re.fullmatch(r"h[1-3]", kind):
        return None
    others = ("div", "h3") if kind == "h1" else (f"h{int(kind[1]) + 2}", "div")
    harms = [
        (1, text, "A heading is none, or of another level than it seems.")
        for other in others
        if (text := renamed(node, region, other)) is not None
    ]
    return offer(node, harms, region, 0.9, spoken=text_of(start_of(node), region)) if harms else None


def broken_list(node: Node, region: Region, page: Page) -> Offer | None:
    """A list is not announced as one, nor how long it is. WCAG 1.3.1, failure F2; axe listitem."""
    if tag(start_of(node), region) not in ("ul", "ol"):
        return None
    text = renamed(node, region, "div")
    told = "A list is not announced as one."
    return offer(node, [(2, text, told)], region, 0.8) if text is not None else None


def button_as_div(node: Node, region: Region, page: Page) -> Offer | None:
    """What looks like a button is none: the keyboard does not reach it, and nobody is told that it can be pressed.

    WCAG 2.1.1 and 4.1.2, failures F54 and F59.
    """
    start = start_of(node)
    if tag(start, region) != "button" or "disabled" in region.read(start):
        return None
    name = attribute(start, region, "aria-label") or text_of(start, region)
    harms = [
        (2, text, "A button can't be reached by the keyboard.")
        for other in ("div", "span")
        if (text := renamed(node, region, other, without=("type",))) is not None
    ]
    return offer(node, harms, region, 0.8, spoken=name) if harms else None


def name_in_script(node: Node, region: Region, page: Page) -> Offer | None:
    """What the script makes has no name, or the old one. WCAG 4.1.2; lists that are built in scripts are rarely tested.

    The statement that names it is left out.
    """
    text = region.read(node)
    if node.parent is None or node.parent.type not in ("statement_block", "program"):
        return None
    if not re.match(
        r"[\w.$]+\.(?:setAttribute\(\s*['\"`](?:aria-label|role|aria-\w+)['\"`]|(?:ariaLabel|role)\s*=)", text
    ):
        return None
    return offer(
        whole_lines(node, region), [(2, "", "What the page makes is not announced.")], region, 1.0, acts=node.start_byte
    )


_SEEN: tuple[Family, ...] = ("accessibility",)
_USED: tuple[Family, ...] = ("accessibility", "function")
_LOOKS: tuple[Family, ...] = ("accessibility", "visual", "function")
_ELEMENT = ("element",)
ACCESSIBILITY = (
    Mutator("page-language", "accessibility", "markup", TAGS, _SEEN, 0.8, page_language),
    Mutator("page-title", "accessibility", "markup", _ELEMENT, _SEEN, 0.3, page_title),
    Mutator("zoom", "accessibility", "markup", TAGS, _SEEN, 0.6, zoom),
    Mutator("label-for", "accessibility", "markup", TAGS, _USED, 1.3, label_for),
    Mutator("label-as-text", "accessibility", "markup", _ELEMENT, _USED, 1.0, label_as_text),
    Mutator("spoken-name", "accessibility", "markup", TAGS, _USED, 1.3, spoken_name),
    Mutator("misspelt", "accessibility", "markup", TAGS, _USED, 1.0, misspelt),
    Mutator("wrong-role", "accessibility", "markup", TAGS, _USED, 1.0, wrong_role),
    Mutator("state-value", "accessibility", "markup", TAGS, _USED, 1.2, state_value),
    Mutator("focus-order", "accessibility", "markup", TAGS, _SEEN, 0.8, focus_order),
    Mutator("hidden-part", "accessibility", "markup", TAGS, _USED, 0.6, hidden_part),
    Mutator("autofill", "accessibility", "markup", TAGS, _SEEN, 0.7, autofill),
    Mutator("heading", "accessibility", "markup", _ELEMENT, _LOOKS, 0.9, heading),
    Mutator("broken-list", "accessibility", "markup", _ELEMENT, _LOOKS, 0.8, broken_list),
    Mutator("button-as-div", "accessibility", "markup", _ELEMENT, ("function", "visual"), 0.5, button_as_div, 0.5),
    Mutator("name-in-script", "accessibility", "script", ("expression_statement",), _USED, 0.8, name_in_script),
)
