"""What a publication changes in its place: decided from what the place holds, before anything is written."""

from collections.abc import Iterable
from pathlib import Path

from tasks.errors import BadInput
from tasks.feed.card import Said
from tasks.feed.manifest import CARD, MANIFEST, Entry, Manifest, OwnPart, Purpose, read_manifest
from tasks.feed.merge import merge_card
from tasks.feed.training import TRAINING
from tasks.record import Record

LARGEST_TEXT = 5_000_000
"""Bytes of a card or a manifest that is read."""

_INITIAL = frozenset({CARD, ".gitattributes", ".git/"})
"""What the Hub puts into a new dataset, and its clone."""


class Held(Record):
    """A file that a place holds."""

    path: str
    hash: str
    """SHA-256 of its content or its Git blob id, in hexadecimal, or `-` for a file that can't be a data file of ours;
    empty for what is no file: a link, a folder, a pipe."""


class Found(Record):
    """What a place holds now."""

    files: tuple[Held, ...] = ()
    manifest: bytes | None = None
    card: bytes | None = None
    unsigned: frozenset[str] = frozenset()
    """Files that a dojo before the manifest wrote and nobody changed since."""

    def hash_of(self, path: str) -> str | None:
        """None for a file that is not there."""
        return next((held.hash for held in self.files if held.path == path), None)


class Laid(Record):
    """A dataset as it is to be published."""

    dataset: str
    """Its id."""
    purpose: Purpose
    files: tuple[Entry, ...]
    folder: Path
    """With those files in it."""
    said: Said


class Change(Record):
    """What is to be done to a place, all of it or nothing."""

    put: tuple[Entry, ...]
    """Data files to write, from the folder of the dataset."""
    drop: tuple[str, ...]
    """Files to delete."""
    texts: tuple[tuple[str, bytes], ...]
    """Paths and contents of the card and the manifest, where they change."""
    manifest: bytes
    """As it is to be."""
    notes: tuple[str, ...]
    """Sentences for people."""

    @property
    def empty(self) -> bool:
        """Whether the place already is as it should be."""
        return not (self.put or self.drop or self.texts)


class Outcome(Record):
    """How a publication ended."""

    where: str
    """The folder, or the address of the commit or the dataset."""
    changed: bool
    notes: tuple[str, ...]
    """Sentences for people."""


def check_owner(found: Found, dataset: str, purpose: Purpose, where: str, take_over: bool) -> Manifest | None:
    """The manifest of the earlier publication that this one goes on with; None for a first one.

    Raises:
        BadInput: the place is not this publication's, and nobody said that it may be taken over; or its manifest is
            broken.
    """
    if found.manifest is None:
        if found.unsigned:
            return _unsigned(found, purpose, where, take_over)
        if {held.path for held in found.files} - _INITIAL and not take_over:
            raise BadInput(
                f"{where} holds files and no dojo published it; choose another place, or give --take-over to publish "
                "into it (what it holds stays, but for files that are in the way)."
            )
        return None
    manifest = read_manifest(found.manifest, where)
    if manifest.purpose != purpose:
        _refuse_other(where, f"is published for {manifest.purpose}, not {purpose}", take_over)
    if manifest.dataset != dataset:
        _refuse_other(where, "is published from another dataset", take_over)
    return manifest


def plan_change(found: Found, laid: Laid, where: str, take_over: bool) -> Change:
    """What brings a place to hold the dataset, and leaves alone what no publication of ours wrote.

    Raises:
        BadInput: as `check_owner`; a file that is to be written was changed by people; or the card can't be edited.
    """
    manifest = check_owner(found, laid.dataset, laid.purpose, where, take_over)
    notes: list[str] = []
    put = [entry for entry in laid.files if found.hash_of(entry.path) not in (entry.sha256, entry.git)]
    foreign = [entry.path for entry in put if _is_foreign(found, manifest, entry.path)]
    if foreign and not take_over:
        raise BadInput(
            f"{_listed(foreign)} in {where} was changed since it was published, and is to be written again; move it "
            "away, or give --take-over to write over it."
        )
    if foreign:
        notes.append(f"Written over, though no publication of ours wrote them: {_listed(foreign)}.")
    _check_room(found, laid, where)
    wanted = {entry.path for entry in laid.files}
    old = [entry.path for entry in manifest.files if entry.path not in wanted] if manifest else []
    there = sorted({path for path in old if found.hash_of(path) is not None})
    drop = [path for path in there if not _is_foreign(found, manifest, path)]
    if kept := [path for path in there if path not in drop]:
        notes.append(f"Kept, because somebody changed them since they were published: {_listed(kept)}.")
    card = None if CARD in found.unsigned or found.card == laid.said.whole.encode() else found.card
    earlier = manifest.card if manifest else None
    if found.unsigned:
        earlier = OwnPart(front=laid.said.front)
    merged = merge_card(card, laid.said, earlier, where)
    now = Manifest(dataset=laid.dataset, purpose=laid.purpose, files=laid.files, card=merged.own)
    texts = [(CARD, merged.data, found.card), (MANIFEST, now.text(), found.manifest)]
    return Change(
        put=tuple(put),
        drop=tuple(drop),
        texts=tuple((path, data) for path, data, held in texts if data != held),
        manifest=now.text(),
        notes=(*notes, *merged.notes),
    )


def _unsigned(found: Found, purpose: Purpose, where: str, take_over: bool) -> Manifest:
    """The manifest that a dojo before the manifest would have written."""
    paths = sorted(found.unsigned - {CARD})
    other = {path.split("/")[0] for path in paths} & (set(TRAINING) if purpose == "labelling" else {"default"})
    if other:
        _refuse_other(where, f"is not published for {purpose} (it holds {_listed(paths)})", take_over)
    hashes = {path: found.hash_of(path) or "" for path in paths}
    entries = tuple(
        Entry.model_construct(path=path, sha256=hashes[path], git=hashes[path]) for path in paths if hashes[path]
    )
    return Manifest.model_construct(version=1, dataset="", purpose=purpose, files=entries, card=OwnPart())


def _refuse_other(where: str, what: str, take_over: bool) -> None:
    if not take_over:
        raise BadInput(
            f"{where} {what}; choose another place, or give --take-over to replace that publication (its own files go, "
            "what people added stays)."
        )


def _is_foreign(found: Found, manifest: Manifest | None, path: str) -> bool:
    """Whether a file is there that no publication of ours wrote as it is."""
    held = found.hash_of(path)
    return held is not None and not (manifest is not None and held and manifest.wrote(path, [held]))


def _check_room(found: Found, laid: Laid, where: str) -> None:
    """Refuse to write below a file, or where a folder or a link is.

    Raises:
        BadInput: something that is no file is in the way.
    """
    wanted = {CARD, MANIFEST, *(entry.path for entry in laid.files)}
    parents = {path.rsplit("/", 1)[0] for path in wanted if "/" in path}
    for held in found.files:
        if (
            held.path in parents
            or any(held.path.startswith(f"{path}/") for path in wanted)
            or (held.path in wanted and not held.hash)
        ):
            raise BadInput(f"{held.path} in {where} is in the way of what is to be published; move it away.")


def _listed(paths: Iterable[str]) -> str:
    names = ["".join(c if c.isprintable() else "?" for c in path)[:100] for path in paths]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
