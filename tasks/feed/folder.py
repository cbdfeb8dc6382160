"""A folder to publish to: a new one appears whole or not at all; in one that exists only our files change."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tasks.errors import BadInput
from tasks.feed.manifest import CARD, DATA_FOLDERS, MANIFEST, Purpose, entry_of, is_data, read_manifest
from tasks.feed.plan import LARGEST_TEXT, Change, Found, Held, Laid, Outcome, check_owner, plan_change
from tasks.rows import write_whole, writing

_STAGE = ".dojo/next"
"""Where new files wait in a folder that exists; left behind only by a publication that was killed."""


class FolderPlace:
    """A local folder, there or not.

    Raises:
        BadInput: it is no folder.
    """

    def __init__(self, target: str) -> None:
        if not target.strip() or "://" in target:
            raise BadInput(f"--to is {target!r}; give the path of a local folder.")
        self.where = target
        self.name = _shown(Path(target).expanduser().resolve().name)
        self._place = Path(target).expanduser()
        if os.path.lexists(self._place) and not self._place.is_dir():
            raise BadInput(f"{target} is not a folder; choose one, or a path that is not there yet.")

    def check(self, dataset: str, purpose: Purpose, take_over: bool) -> None:
        """Refuse a folder that is not this publication's.

        Raises:
            BadInput: as `plan.check_owner`.
        """
        check_owner(self._look(), dataset, purpose, self.where, take_over)

    @contextmanager
    def aside(self) -> Iterator[Path]:
        """A folder on the same disk to lay the dataset out in; gone at the end of the block, unless it was renamed."""
        place = self._place.resolve()
        with writing(place.parent):
            if self._is_new():
                place.parent.mkdir(parents=True, exist_ok=True)
                aside = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
            else:
                aside = place / _STAGE
                shutil.rmtree(aside, ignore_errors=True)
                aside.mkdir(parents=True)
        try:
            yield aside
        finally:
            shutil.rmtree(aside, ignore_errors=True)
            with suppress(OSError):
                aside.parent.rmdir() if aside.parent.name == ".dojo" else None

    def publish(self, laid: Laid, take_over: bool) -> Outcome:
        """Bring the folder to hold what was laid out in `aside`.

        Raises:
            BadInput: as `plan.plan_change`.
            BrokenRun: the disk does not take it.
        """
        found = self._look()
        change = plan_change(found, laid, self.where, take_over)
        if not change.empty:
            with writing(self.where):
                if self._is_new():
                    self._appear(change, laid)
                else:
                    self._write(change, laid, found)
        return Outcome(where=self.where, changed=not change.empty, notes=change.notes)

    def _is_new(self) -> bool:
        return not self._place.exists() or not any(self._place.iterdir())

    def _appear(self, change: Change, laid: Laid) -> None:
        for path, data in change.texts:
            write_whole(laid.folder / path, data)
        laid.folder.chmod(0o755)
        laid.folder.replace(self._place.resolve())

    def _write(self, change: Change, laid: Laid, found: Found) -> None:
        """File by file. A manifest of both publications goes first: killed in between, all of it is still ours."""
        now = read_manifest(change.manifest, self.where)
        earlier = read_manifest(found.manifest, self.where) if found.manifest is not None else now
        both = earlier.model_copy(
            update={"files": (*earlier.files, *now.files), "purpose": now.purpose, "dataset": now.dataset}
        )
        write_whole(self._place / MANIFEST, both.text())
        for entry in change.put:
            target = self._place / entry.path
            target.parent.mkdir(exist_ok=True)
            (laid.folder / entry.path).replace(target)
        for path in change.drop:
            (self._place / path).unlink(missing_ok=True)
            with suppress(OSError):
                (self._place / path).parent.rmdir()
        for path, data in change.texts:
            write_whole(self._place / path, data)
        write_whole(self._place / MANIFEST, change.manifest)

    def _look(self) -> Found:
        try:
            files = tuple(self._files()) if self._place.is_dir() else ()
            held = {file.path for file in files if file.hash}
            return Found(
                files=files,
                manifest=self._read(MANIFEST) if MANIFEST in held else None,
                card=self._read(CARD) if CARD in held else None,
            )
        except OSError as error:
            raise BadInput(f"{self.where} can't be read ({error.strerror or error}); mend that.") from error

    def _files(self) -> Iterator[Held]:
        """The folder's own entries, and those of the folders that are ours; links are not followed."""
        for entry in sorted(os.scandir(self._place), key=lambda entry: entry.name):
            name = _shown(entry.name)
            if not entry.is_dir(follow_symlinks=False):
                yield Held(path=name, hash="-" if entry.is_file(follow_symlinks=False) else "")
            elif entry.name not in {*DATA_FOLDERS, ".dojo"}:
                yield Held(path=name if name == CARD else f"{name}/", hash="" if name == CARD else "-")
            else:
                yield from self._inner(entry.name)

    def _inner(self, folder: str) -> Iterator[Held]:
        for entry in sorted(os.scandir(self._place / folder), key=lambda entry: entry.name):
            path = f"{folder}/{_shown(entry.name)}"
            if path == _STAGE:
                continue
            if not entry.is_file(follow_symlinks=False):
                yield Held(path=path, hash="")
            else:
                yield Held(path=path, hash=entry_of(path, Path(entry.path)).sha256 if is_data(path) else "-")

    def _read(self, path: str) -> bytes:
        with (self._place / path).open("rb") as stream:
            data = stream.read(LARGEST_TEXT + 1)
        if len(data) > LARGEST_TEXT:
            raise BadInput(f"{path} in {self.where} has more than {LARGEST_TEXT:,} bytes; make it smaller.")
        return data


def _shown(name: str) -> str:
    """A file's name as text, whatever its bytes are."""
    return os.fsencode(name).decode("utf-8", "replace")
