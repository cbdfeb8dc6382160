"""Faults that only a browser sees: the text is sound, and it throws, or does not end, when it runs.

Where a fault throws, on load or in use, is found out when it is proven.
"""

from collections.abc import Iterator

from evals.faults.naming import drawn
from evals.faults.page import CleanPage, Cuts, cut, cut_node, slipped, top_level, uses
from tasks.augment.mutators.script import bare_call, enclosing_function, parts_of_call
from tasks.augment.syntax import walk
from tasks.model.offline import mistakes


def past_end(page: CleanPage) -> Iterator[Cuts]:
    """A list of the page's data is read one place behind its end."""
    for region, node in page.each("script", "subscript_expression"):
        owner, index = node.child_by_field_name("object"), node.child_by_field_name("index")
        lists = {name for name, value in top_level(region).items() if value.type == "array"}
        if owner is not None and index is not None and region.read(owner) in lists:
            yield (cut_node(region, index, f"{region.read(owner)}.length"),)


def other_key(page: CleanPage) -> Iterator[Cuts]:
    """One row of the page's data has another key than the others."""
    for region in (one for one in page.regions if one.tongue == "script"):
        for value in top_level(region).values():
            rows = [row for row in value.named_children if row.type == "object"] if value.type == "array" else []
            for row in rows if len(rows) > 1 else ():
                for pair in row.named_children:
                    key = pair.child_by_field_name("key")
                    if key is not None and key.type == "property_identifier":
                        yield (cut_node(region, key, slipped(region.read(key))),)


def null_state(page: CleanPage) -> Iterator[Cuts]:
    """A list or an object that the page keeps is nothing to begin with."""
    for region in (one for one in page.regions if one.tongue == "script"):
        for node in walk(region.root):
            value = node.child_by_field_name("value") if node.type in ("pair", "variable_declarator") else None
            if value is not None and value.type in ("array", "object", "new_expression"):
                yield (cut_node(region, value, "null"),)
            elif node.type == "assignment_expression":
                right = node.child_by_field_name("right")
                if right is not None and region.read(right) in ("[]", "{}"):
                    yield (cut_node(region, right, "null"),)


def no_context(page: CleanPage) -> Iterator[Cuts]:
    """A canvas is asked for a context that there is not."""
    for region, node in page.each("script", "call_expression"):
        callee, given = parts_of_call(node, region)
        if callee.endswith(".getContext") and given and region.read(given[0]).strip("'\"") == "2d":
            yield (cut(region, given[0].start_byte + 1, given[0].end_byte - 1, "2D"),)


def out_of_range(page: CleanPage) -> Iterator[Cuts]:
    """A number is to be written with fewer than no digits."""
    for region, node in page.each("script", "call_expression"):
        callee, given = parts_of_call(node, region)
        if callee.endswith((".toFixed", ".toPrecision")) and len(given) == 1:
            yield (cut(region, given[0].start_byte, given[0].start_byte, "-1 - "),)


def not_found(page: CleanPage) -> Iterator[Cuts]:
    """What is searched for by a property that the rows do not have is never found."""
    for region, node in page.each("script", "call_expression"):
        callee, given = parts_of_call(node, region)
        if not callee.endswith(".find") or len(given) != 1:
            continue
        for inner in walk(given[0]):
            key = inner.child_by_field_name("property") if inner.type == "member_expression" else None
            if key is not None:
                yield (cut_node(region, key, slipped(region.read(key))),)


def wrong_target(page: CleanPage) -> Iterator[Cuts]:
    """A handler asks the event for an element that it does not have."""
    for region, node in page.each("script", "member_expression"):
        key = node.child_by_field_name("property")
        owner = node.child_by_field_name("object")
        if key is None or owner is None or region.read(owner) not in ("event", "e"):
            continue
        if region.read(key) in ("target", "currentTarget"):
            yield (cut_node(region, key, "relatedTarget"),)


def lost_method(page: CleanPage) -> Iterator[Cuts]:
    """A method is misspelt, of a parameter whose type the text does not say."""
    for region, node in page.each("script", "call_expression"):
        callee = node.child_by_field_name("function")
        owner = callee.child_by_field_name("object") if callee is not None else None
        key = callee.child_by_field_name("property") if callee is not None else None
        function = enclosing_function(node)
        given = function.child_by_field_name("parameters") if function is not None else None
        if owner is None or key is None or given is None or owner.type != "identifier":
            continue
        if region.read(owner) in {region.read(one) for one in given.named_children}:
            yield (cut_node(region, key, slipped(region.read(key))),)


def absent_element(page: CleanPage) -> Iterator[Cuts]:
    """A handler first touches what is not there."""
    yield from drawn(page, mistakes.throwing_handler)


def off_state(page: CleanPage) -> Iterator[Cuts]:
    """A property of the page's state is read under another name, and something is done with what is not there."""
    for region in (one for one in page.regions if one.tongue == "script"):
        kept = {name for name, value in top_level(region).items() if value.type == "object"}
        for node in uses(region, kept):
            member = node.parent
            key = member.child_by_field_name("property") if member is not None else None
            outer = member.parent if member is not None else None
            if key is not None and outer is not None and outer.type in ("member_expression", "subscript_expression"):
                yield (cut_node(region, key, slipped(region.read(key))),)


def endless_loop(page: CleanPage) -> Iterator[Cuts]:
    """A loop does not get on."""
    for region, node in page.each("script", "for_statement"):
        step = node.child_by_field_name("increment")
        if step is not None and step.type in ("update_expression", "augmented_assignment_expression"):
            yield (cut_node(region, step, ""),)


def endless_recursion(page: CleanPage) -> Iterator[Cuts]:
    """A function calls itself where it should call another."""
    for region, node in page.each("script", "expression_statement"):
        call = bare_call(node, region)
        function = enclosing_function(node)
        name = function.child_by_field_name("name") if function is not None else None
        if call is None or name is None or function is None or call[1] == region.read(name):
            continue
        given = function.child_by_field_name("parameters")
        if given is not None and not given.named_children:
            callee = call[0].child_by_field_name("function")
            assert callee is not None
            yield (cut_node(region, callee, region.read(name)),)
