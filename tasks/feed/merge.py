"""Our part of a dataset card into the card as people have it; everything else of it stays byte for byte.

Of the text ours is what stands between two markers. Of the front matter ours is a key, or an entry of `configs`, whose
value is the one that an earlier publication wrote; what people set, changed or took out stays so.
"""

import hashlib
import re
from typing import Any

import yaml

from tasks.errors import BadInput
from tasks.feed.card import Said
from tasks.feed.front import Front, dumped, items_of, plain_of, replaced, split_front
from tasks.feed.manifest import DATA_FOLDERS, OwnPart
from tasks.record import Record

BEGIN, END = "<!-- dojo:begin -->", "<!-- dojo:end -->"
_HINT = "<!-- Each publication writes this part anew. What stands above or below it stays. -->"
_MARKER = re.compile(r"<!--\s*dojo:(begin|end)\s*-->")
_BOM = "\ufeff"
_CONFIGS = "configs"
_PEOPLES = ("license", "pretty_name")
"""Keys that a card which people wrote does not get from us: they speak for all that the place holds."""


class Merged(Record):
    """A card with our part in it."""

    data: bytes
    own: OwnPart
    """What of it is ours, for the manifest."""
    notes: tuple[str, ...]
    """Sentences on what was kept or given up, for people."""


def merge_card(card: bytes | None, said: Said, earlier: OwnPart | None, where: str) -> Merged:
    """The card with what is to be said now.

    Args:
        card: as the place holds it; None if it has none, or one that is ours as a whole.
        said: what to say.
        earlier: what the last publication wrote into it; None for the first one.
        where: the place, for sentences.

    Raises:
        BadInput: the card can't be edited safely: its markers or its front matter are broken.
    """
    earlier = earlier if card is not None else None
    written = earlier.front if earlier else {key: said.front[key] for key in _PEOPLES if card and key in said.front}
    text = _decoded(card or b"", where)
    bom = text[: text.startswith(_BOM)]
    text = text[len(bom) :]
    newline = "\r\n" if 2 * text.count("\r\n") > text.count("\n") else "\n"
    begin, front, end, body = split_front(text) or (f"---{newline}", "", f"---{newline}", text)
    if body is text and text:
        end += newline
    head, record, notes = _merge_front(Front(front, where), said.front, written, newline)
    own = f"{_HINT}\n\n{said.text}"
    rest, more = _merge_body(body, own, earlier.body if earlier else "", newline, where)
    data = (bom + begin + head + end + rest).encode()
    return Merged(data=data, own=OwnPart(front=record, body=_digest(own)), notes=(*notes, *more))


def _merge_front(
    front: Front, own: dict[str, Any], written: dict[str, Any], newline: str
) -> tuple[str, dict[str, Any], list[str]]:
    changes: dict[str, Any] = {}
    record: dict[str, Any] = {}
    kept = []
    for key in [*own, *(key for key in written if key not in own)]:
        value, here = own.get(key), front.plain.get(key)
        ours = key in written and here == plain_of(written[key])
        if here is None and key not in written:
            changes[key] = record[key] = value
        elif ours:
            if here != plain_of(value):
                changes[key] = value
            if value is not None:
                record[key] = value
        else:
            if key in written:
                record[key] = written[key]
            if here != plain_of(value) and key in own and key != _CONFIGS:
                kept.append(key)
    notes: list[str] = []
    if _CONFIGS not in changes and _CONFIGS in front.plain and _CONFIGS in own:
        front, notes = _merge_configs(front, own[_CONFIGS], written.get(_CONFIGS), newline)
        record[_CONFIGS] = own[_CONFIGS]
    elif _CONFIGS in own and _CONFIGS not in front.plain and _CONFIGS not in changes:
        kept.append(_CONFIGS)
    if kept:
        notes.append(f"The front matter of the card stays as people set it: {', '.join(kept)}.")
    return (front.edited(changes, newline).text if changes else front.text), record, notes


def _merge_configs(front: Front, own: Any, written: Any, newline: str) -> tuple[Front, list[str]]:
    """The entries of people beside ours; an entry of ours that people changed or took out stays so."""
    before = {entry["config_name"]: entry for entry in _entries(written)}
    wanted = {entry["config_name"]: entry for entry in own}
    if front.plain[_CONFIGS] in (plain_of(own), plain_of(written)):
        return (front if front.plain[_CONFIGS] == plain_of(own) else front.edited({_CONFIGS: own}, newline)), []
    cuts, kept, seen, indent, last = [], [], [], "", front.spans[_CONFIGS][1]
    for begin, last, node, plain in items_of(front, _CONFIGS):
        name = _name_of(node)
        indent = front.text[begin : front.text.index("-", begin)]
        seen.append(name)
        if name in before and plain == plain_of(before[name]):
            if name not in wanted:
                cuts.append((begin, last, ""))
            elif before[name] != wanted[name]:
                cuts.append((begin, last, _indented(wanted[name], indent, newline)))
        elif name in wanted and name not in before:
            raise front.fault(f"has a config {name!r} of its own, and ours has the same name; rename it")
        elif name in before:
            kept.append(name)
    kept += [name for name in wanted if name in before and name not in seen]
    added = [_indented(entry, indent, newline) for name, entry in wanted.items() if name not in {*before, *seen}]
    text = replaced(front.text, [*cuts, (last, last, "".join(added))])
    others = {key: plain for key, plain in front.plain.items() if key != _CONFIGS}
    after = Front(text, front.where)
    if _CONFIGS in after.plain:
        others[_CONFIGS] = after.plain[_CONFIGS]
    note = f"The card's configs stay as people changed them: {', '.join(kept)}."
    return after.proven(others), [note] if kept else []


def _name_of(node: Any) -> str:
    """Of a config's entry; `default` is what the Hub takes for one without."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((str(v.value) for k, v in pairs if k.value == "config_name"), "default")


def _entries(value: Any) -> list[dict[str, Any]]:
    entries = value if isinstance(value, list) else []
    return [entry for entry in entries if isinstance(entry, dict) and entry.get("config_name") in DATA_FOLDERS]


def _indented(entry: Any, indent: str, newline: str) -> str:
    return "".join(f"{indent}{line}{newline}" for line in dumped([entry]).splitlines())


def _merge_body(body: str, own: str, earlier: str, newline: str, where: str) -> tuple[str, list[str]]:
    found = list(_MARKER.finditer(body))
    part = f"{BEGIN}\n{own}{END}".replace("\n", newline)
    if not found:
        if earlier:
            return body, [f"The card has no part of ours any more; put {BEGIN} and {END} where it is to be written."]
        if not body.strip():
            return newline + part + newline, []
        return body + ("" if body[-1] in "\r\n" else newline) + newline + part + newline, []
    if [marker[1] for marker in found] != ["begin", "end"]:
        raise BadInput(
            f"README.md in {where} has not one {BEGIN} with one {END} behind it; mend or remove the markers. "
            "Nothing is published."
        )
    between = body[found[0].end() : found[1].start()].replace("\r\n", "\n").removeprefix("\n")
    notes = []
    if earlier and between.strip() and _digest(between) != earlier:
        notes = ["The part of the card between our markers was edited and is written anew; write outside of them."]
    return body[: found[0].start()] + part + body[found[1].end() :], notes


def _decoded(card: bytes, where: str) -> str:
    try:
        return card.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"README.md in {where} is not UTF-8; save it as UTF-8. Nothing is published.") from error


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
