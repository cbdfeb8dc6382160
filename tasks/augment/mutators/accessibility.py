"""Accessibility: who can't see the page, or not well, is told nothing or something wrong.

What moves is axe-core's list of violations, and the checks that look for an element by what it is called.
"""

import re

from tasks.augment.mutators.code import Code, script_mutator
from tasks.augment.mutators.markup import CONTROLS, Element, attribute_of, markup_mutator
from tasks.augment.mutators.mutator import Offer, degrees, offer, whole_lines
from tasks.record import Family

_STATES = ("aria-pressed", "aria-expanded", "aria-checked", "aria-selected", "aria-live", "aria-modal", "aria-atomic")
_TYPOS = {"aria-labelledby": "aria-labeledby", "aria-describedby": "aria-describeby", "aria-label": "aria-lable"}
_NAMES = re.compile(r"[\w.$]+\.(?:setAttribute\(\s*['\"`](?:role|aria-\w+)['\"`]|(?:ariaLabel|role)\s*=)")
_PARTS = ("div", "section", "form", "fieldset", "nav", "header", "footer", "aside")
_UNNAMED = "A form field has no name for a screen reader."


def page_language(found: Element) -> Offer | None:
    """A screen reader speaks the page in the wrong language.

    WCAG 3.1.1, axe html-has-lang and html-lang-valid; one of the six commonest faults in WebAIM's yearly million pages.
    """
    span = found.attribute_span("lang")
    if found.name != "html" or span is None:
        return None
    wrong = "A screen reader does not know the page's language."
    return found.offer([(1, ' lang="english"', wrong), (2, "", wrong)], 0.8, span)


def page_title(found: Element) -> Offer | None:
    """The tab and the screen reader have no name for the page. WCAG 2.4.2, failure F25; axe document-title."""
    if found.name != "title":
        return None
    return found.offer([(1, "", "The page has no title.")], 0.8, whole_lines(found.node, found.region))


def zoom(found: Element) -> Offer | None:
    """Who needs larger text can't zoom in. WCAG 1.4.4, axe meta-viewport; copied from templates for years."""
    content = attribute_of(found.start, found.region, "content")
    if found.name != "meta" or found.attribute("name") != "viewport" or content is None:
        return None
    text, locked = found.region.read(content), "The page can't be enlarged."
    if "scal" in text.replace("initial-scale", ""):
        return None
    ways = ("maximum-scale=1", "user-scalable=no")
    harms = [(1, f"{text[:-1]}, {way}{text[-1]}", locked) for way in ways]
    return offer(content, harms, found.region, 0.6)


def label_for(found: Element) -> Offer | None:
    """A field has no name: who does not see the page can't tell what to enter, and a click on the label does nothing.

    WCAG 1.3.1 and 3.3.2, failure F68; axe label, select-name. The label's `for` is forgotten, or copied from another.
    """
    span = found.attribute_span("for")
    if found.name != "label" or span is None:
        return None
    others = [one for one in found.page.plain_ids if f'"{one}"' not in found.region.between(*span)][:1]
    harms = [(2, "", _UNNAMED), *((2, f' for="{other}"', _UNNAMED) for other in others)]
    return found.offer(harms, 1.6, span, found.text)


def label_as_text(found: Element) -> Offer | None:
    """The name of a field stands beside it and is not its label.

    WCAG failure F68; the commonest fault of forms in WebAIM's million pages. The text is a span, or is left out.
    """
    if found.name != "label" or found.attribute("for") is None or found.holds_control:
        return None
    return found.offer(degrees(_UNNAMED, *found.renamed("span", without=("for",))), 1.2, spoken=found.text)


def spoken_name(found: Element) -> Offer | None:
    """A control, picture or region is announced without its name.

    WCAG 4.1.2, failures F65 and F89; axe button-name, role-img-alt, aria-dialog-name and others.
    """
    for name in ("aria-label", "aria-labelledby", "alt"):
        value = found.attribute(name)
        if value:
            worth = 1.8 if found.name in (*CONTROLS, "img", "canvas", "svg") else 0.7
            spoken = "" if name == "aria-labelledby" else value
            harms = degrees("A screen reader does not say what this is.", "")
            return found.offer(harms, worth, found.attribute_span(name), spoken)
    return None


def misspelt(found: Element) -> Offer | None:
    """A name or hint is lost by a letter. axe aria-valid-attr; known from lint rules made for it (aria-props)."""
    for name, typo in _TYPOS.items():
        place = attribute_of(found.start, found.region, name)
        if place is not None:
            text = typo + found.region.read(place)[len(name) :]
            spoken = found.attribute(name) or "" if name == "aria-label" else ""
            harms = degrees("A screen reader is not told what was meant for it.", text)
            return offer(place, harms, found.region, spoken=spoken)
    return None


def wrong_role(found: Element) -> Offer | None:
    """A part of the page claims to be what it is not, and keyboard and screen reader users are led astray.

    axe aria-required-children and -parent; WebAIM's million pages count menus and tabs that lack what these need.
    """
    if found.attribute("role") or found.node.parent is None:
        return None
    if found.name in ("ul", "ol"):
        roles = ("menu", "tablist")
    elif found.name in ("div", "section", "nav") and found.holds_control:
        roles = ("tablist", "menubar")
    else:
        return None
    misled = "A screen reader announces a part of the page as something it is not."
    return found.more([(2, f' role="{role}"', misled) for role in roles], 0.9)


def state_value(found: Element) -> Offer | None:
    """News or a state is not announced, because its value is none that there is.

    WCAG 4.1.2, failure F79; axe aria-valid-attr-value.
    """
    name = next((name for name in _STATES if found.attribute(name) is not None), None)
    if name is None:
        return None
    unheard = "A change on the page is not announced as it should be."
    wrong = "true" if name == "aria-live" else "yes" if found.attribute(name) == "true" else "no"
    harms = [(2, f' {name}="{wrong}"', unheard), (1, "", unheard)]
    return found.offer(harms, 1.3, found.attribute_span(name))


def focus_order(found: Element) -> Offer | None:
    """The tab key jumps about. WCAG 2.4.3, failure F44; axe tabindex."""
    if found.name not in CONTROLS or found.attribute("tabindex") is not None:
        return None
    return found.more([(1, ' tabindex="1"', "The tab key jumps to this control out of turn.")], 0.7)


def hidden_part(found: Element) -> Offer | None:
    """Controls can be reached by keyboard and are not announced. axe aria-hidden-focus; WCAG 4.1.2."""
    element = found.node.parent
    if element is None or element.type != "element" or found.name not in _PARTS:
        return None
    if found.attribute("aria-hidden") is not None or not found.holds_control:
        return None
    return found.more([(3, ' aria-hidden="true"', "Controls that the keyboard reaches are not announced.")], 0.6)


def autofill(found: Element) -> Offer | None:
    """A browser or an aid can't tell what a field is for. WCAG 1.3.5, failure F107; axe autocomplete-valid."""
    if not found.is_typed_in:
        return None
    unknown = "An aid for filling in forms can't tell what a field is for."
    harms = [(1, ' autocomplete="nope"', unknown), (1, ' autocomplete="none"', unknown)]
    span = found.attribute_span("autocomplete")
    return found.offer(harms, 0.7, span) if span is not None else found.more(harms, 0.7)


def heading(found: Element) -> Offer | None:
    """Who goes from heading to heading misses a part or is lost between levels.

    WCAG 1.3.1, failure F2; axe heading-order, page-has-heading-one. A level is taken for its size.
    """
    if not re.fullmatch(r"h[1-3]", found.name):
        return None
    others = ("div", "h3") if found.name == "h1" else (f"h{int(found.name[1]) + 2}", "div")
    note = "A heading is none, or of another level than it seems."
    harms = [(1, text, note) for other in others for text in found.renamed(other)]
    return found.offer(harms, 0.9, spoken=found.text)


def broken_list(found: Element) -> Offer | None:
    """A list is not announced as one, nor how long it is. WCAG 1.3.1, failure F2; axe listitem."""
    if found.name not in ("ul", "ol"):
        return None
    return found.offer(degrees("A list is not announced as one.", *found.renamed("div")), 0.8)


def button_as_div(found: Element) -> Offer | None:
    """What looks like a button is none: the keyboard does not reach it, and nobody is told that it can be pressed.

    WCAG 2.1.1 and 4.1.2, failures F54 and F59.
    """
    if found.name != "button" or "disabled" in found.region.read(found.start):
        return None
    note = "A button can't be reached by the keyboard."
    harms = [(2, text, note) for other in ("div", "span") for text in found.renamed(other, without=("type",))]
    return found.offer(harms, 0.8, spoken=found.attribute("aria-label") or found.text)


def name_in_script(found: Code) -> Offer | None:
    """What the script makes has no name, or the old one. WCAG 4.1.2; lists that are built in scripts are rarely tested.

    The statement that names it is left out.
    """
    block = found.node.parent
    if block is None or block.type not in ("statement_block", "program") or not _NAMES.match(found.text):
        return None
    harms = degrees("What the page makes is not announced.", "")
    return offer(whole_lines(found.node, found.region), harms, found.region, acts=found.node.start_byte)


_USED: tuple[Family, ...] = ("accessibility", "function")
_LOOKS: tuple[Family, ...] = ("accessibility", "visual", "function")
_WHOLE = ("element",)
ACCESSIBILITY = (
    markup_mutator("page-language", page_language, 0.8),
    markup_mutator("page-title", page_title, 0.8, kinds=_WHOLE),
    markup_mutator("zoom", zoom, 0.6),
    markup_mutator("label-for", label_for, 1.3, _USED),
    markup_mutator("label-as-text", label_as_text, 1.0, _USED, _WHOLE),
    markup_mutator("spoken-name", spoken_name, 1.3, _USED),
    markup_mutator("misspelt", misspelt, 1.0, _USED),
    markup_mutator("wrong-role", wrong_role, 1.0, _USED),
    markup_mutator("state-value", state_value, 1.2, _USED),
    markup_mutator("focus-order", focus_order, 0.8),
    markup_mutator("hidden-part", hidden_part, 0.6, _USED),
    markup_mutator("autofill", autofill, 0.7),
    markup_mutator("heading", heading, 0.9, _LOOKS, _WHOLE),
    markup_mutator("broken-list", broken_list, 0.8, _LOOKS, _WHOLE),
    markup_mutator("button-as-div", button_as_div, 0.5, ("function", "visual"), _WHOLE, 0.95),
    script_mutator("name-in-script", name_in_script, "expression_statement", 0.8, 0.0, _USED),
)
