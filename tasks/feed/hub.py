"""A dataset on the Hub to publish to, in one commit on top of what was looked at; another commit in between is seen."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import httpx
from huggingface_hub import CommitOperationAdd, CommitOperationCopy, CommitOperationDelete, HfApi, constants, get_token
from huggingface_hub.errors import (
    BadRequestError,
    DisabledRepoError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    OfflineModeIsEnabled,
)
from huggingface_hub.hf_api import RepoFile
from huggingface_hub.utils._validators import validate_repo_id

from tasks.errors import BadInput, BrokenRun, Missing
from tasks.feed.endpoint import check_endpoint
from tasks.feed.manifest import CARD, MANIFEST, Purpose, is_data
from tasks.feed.plan import LARGEST_TEXT, Change, Found, Held, Laid, Outcome, check_owner, plan_change

Visibility = Literal["private", "public"]

_MESSAGE = "Publish with dojo-synth"
"""Title of every commit; by it the files of a dojo before the manifest are known."""
_TRIES = 4
"""How often a commit is tried when others commit at the same time."""
_BUSY_S = 2.0
"""Pause before another try when the Hub is still writing somebody's commit: it has no way to tell when that is done."""
_MOVED, _BUSY = 412, 409


class HubPlace:
    """A dataset on the Hub, there or not. The endpoint is that of `HF_ENDPOINT`, else the Hub's.

    Raises:
        BadInput, Missing: as `check_repo`.
    """

    def __init__(self, repo: str, visibility: Visibility | None) -> None:
        self.where = self.name = repo
        self._visibility = visibility
        self._api = HfApi(endpoint=check_endpoint(), token=check_repo(repo))

    def check(self, dataset: str, purpose: Purpose, take_over: bool) -> None:
        """Refuse a dataset that is not this publication's.

        Raises:
            BadInput: as `plan.check_owner`, or it is public and is to be private, or the Hub refuses the token.
            BrokenRun: the Hub can't be reached or fails.
        """
        with _hub_errors(self.where):
            seen = self._look()
        if seen is not None:
            self._check_visibility(seen, self._visibility)
            check_owner(seen[0], dataset, purpose, self.where, take_over)

    @contextmanager
    def aside(self) -> Iterator[Path]:
        """A folder to lay the dataset out in; gone at the end of the block."""
        with tempfile.TemporaryDirectory() as aside:
            yield Path(aside)

    def publish(self, laid: Laid, take_over: bool) -> Outcome:
        """Bring the dataset to hold what was laid out, in one commit; make it first if it is not there.

        A new dataset of training rows is private unless it was asked for as public.

        Raises:
            BadInput: as `check`, or as `plan.plan_change`.
            BrokenRun: the Hub can't be reached or fails, or others commit all the time.
        """
        with _hub_errors(self.where):
            wanted = self._visibility
            if self._look() is None:
                wanted = wanted or ("private" if laid.purpose == "training" else None)
                self._create(wanted)
            for _ in range(_TRIES):
                seen = self._look()
                if seen is None:
                    break
                found, info = seen
                notes = self._check_visibility(seen, wanted)
                if laid.purpose == "training" and found.manifest is None and not info.private and wanted is None:
                    notes = (f"{self.where} is public: everyone can see the order of these tasks.",)
                change = plan_change(found, laid, self.where, take_over)
                if change.empty:
                    return Outcome(where=self._address(), changed=False, notes=(*notes, *change.notes))
                address = self._commit(change, laid, info.sha)
                if address is not None:
                    return Outcome(where=address, changed=True, notes=(*notes, *change.notes))
        raise BrokenRun(f"{self.where} was changed by others during each of {_TRIES} tries; nothing is published.")

    def _look(self) -> tuple[Found, Any] | None:
        """What the dataset holds, and the Hub's word on it; None if there is none."""
        try:
            info = self._api.dataset_info(self.where)
        except HfHubHTTPError as error:
            if error.response.status_code != httpx.codes.NOT_FOUND:
                raise
            return None
        files = [f for f in self._tree(info.sha) if isinstance(f, RepoFile)]
        sizes = {f.path: f.size for f in files}
        texts = {path: self._read(path, sizes[path], info.sha) for path in (CARD, MANIFEST) if path in sizes}
        held = tuple(Held(path=f.path, hash=f.lfs.sha256 if f.lfs else f.blob_id) for f in files)
        unsigned = frozenset() if MANIFEST in sizes or not any(map(is_data, sizes)) else self._unsigned(info.sha)
        return Found(files=held, manifest=texts.get(MANIFEST), card=texts.get(CARD), unsigned=unsigned), info

    def _tree(self, revision: str | None, expand: bool = False) -> Iterator[Any]:
        return iter(
            self._api.list_repo_tree(self.where, recursive=True, expand=expand, revision=revision, repo_type="dataset")
        )

    def _unsigned(self, revision: str | None) -> frozenset[str]:
        """Files whose last commit is one of ours: what a dojo before the manifest wrote and nobody changed."""
        return frozenset(
            f.path
            for f in self._tree(revision, expand=True)
            if isinstance(f, RepoFile)
            and (f.path == CARD or is_data(f.path))
            and f.last_commit is not None
            and f.last_commit.title == _MESSAGE
        )

    def _read(self, path: str, size: int, revision: str | None) -> bytes:
        if size > LARGEST_TEXT:
            raise BadInput(f"{path} in {self.where} has more than {LARGEST_TEXT:,} bytes; make it smaller.")
        with tempfile.TemporaryDirectory() as aside:
            got = self._api.hf_hub_download(self.where, path, repo_type="dataset", revision=revision, local_dir=aside)
            return Path(got).read_bytes()

    def _create(self, visibility: Visibility | None) -> None:
        private = None if visibility is None else visibility == "private"
        try:
            self._api.create_repo(self.where, repo_type="dataset", private=private)
        except HfHubHTTPError as error:
            status = error.response.status_code
            if status in (401, 403, 404):
                owner = self.where.split("/")[0]
                raise BadInput(
                    f"The Hub does not let this token write to {self.where}: there is no {owner}, or the token may not "
                    f"make datasets there; use one with write access to that name.{_said(error.server_message)}"
                ) from error
            if status != _BUSY:  # somebody made it a moment ago
                raise

    def _check_visibility(self, seen: tuple[Found, Any], wanted: Visibility | None) -> tuple[str, ...]:
        private = bool(seen[1].private)
        if wanted == "private" and not private:
            raise BadInput(
                f"{self.where} is public and is to be private; a dataset keeps its visibility here, so make it private "
                "in its settings on the Hub, or publish without --private."
            )
        if wanted == "public" and private:
            return (f"{self.where} stays private: a dataset keeps its visibility; its settings on the Hub change it.",)
        return ()

    def _commit(self, change: Change, laid: Laid, parent: str | None) -> str | None:
        """The commit's address; None if another commit was faster."""
        operations: list[CommitOperationAdd | CommitOperationCopy | CommitOperationDelete] = [
            *(CommitOperationAdd(path_in_repo=e.path, path_or_fileobj=laid.folder / e.path) for e in change.put),
            *(CommitOperationAdd(path_in_repo=path, path_or_fileobj=data) for path, data in change.texts),
            *(CommitOperationDelete(path_in_repo=path, is_folder=False) for path in change.drop),
        ]
        additions = [operation for operation in operations if isinstance(operation, CommitOperationAdd)]
        try:
            self._api.preupload_lfs_files(self.where, additions, repo_type="dataset", free_memory=False)
            # the library leaves out what the dataset's .gitignore names, and says nothing
            if ignored := [a.path_in_repo for a in additions if getattr(a, "_should_ignore", False)]:
                raise BadInput(
                    f"The .gitignore of {self.where} leaves out {ignored[0]}; take that line out of it. Nothing is "
                    "published."
                )
            commit = self._api.create_commit(
                self.where, operations, commit_message=_MESSAGE, repo_type="dataset", parent_commit=parent
            )
        except HfHubHTTPError as error:
            if error.response.status_code not in (_MOVED, _BUSY):
                raise
            if error.response.status_code == _BUSY:
                time.sleep(_BUSY_S)
            return None
        return str(commit.commit_url)

    def _address(self) -> str:
        return f"{self._api.endpoint}/datasets/{self.where}"


def check_repo(repo: str) -> str:
    """The token to push with, when the name will do.

    Raises:
        BadInput: the name is not `organisation/name`.
        Missing: there is no token, or the Hub's libraries are told to stay offline.
    """
    try:
        validate_repo_id(repo)
    except HFValidationError as error:
        raise BadInput(f"{repo!r} is no name of a dataset on the Hub; write it as organisation/name.") from error
    if repo.count("/") != 1:
        raise BadInput(f"{repo!r} is no name of a dataset on the Hub; write it as organisation/name.")
    if constants.is_offline_mode():
        raise Missing("HF_HUB_OFFLINE is set, so that the Hub can't be reached; unset it, or publish --to a folder.")
    token = get_token()
    if not token:
        raise Missing("There is no token for the Hub; set HF_TOKEN, or log in with `hf auth login`.")
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise BadInput("The token for the Hub has characters that no token has; set HF_TOKEN again.")
    return token


@contextmanager
def _hub_errors(repo: str) -> Iterator[None]:
    """What the Hub and its libraries raise, as one sentence each."""
    try:
        yield
    except GatedRepoError as error:
        raise BadInput(f"{repo} is gated, and this token has no access to it; ask for it on the Hub.") from error
    except DisabledRepoError as error:
        raise BadInput(f"{repo} is disabled on the Hub; choose another name.") from error
    except OfflineModeIsEnabled as error:
        raise Missing("HF_HUB_OFFLINE is set, so that the Hub can't be reached; unset it.") from error
    except HfHubHTTPError as error:
        status = error.response.status_code
        if status in (401, 403):
            raise BadInput(
                f"The Hub does not let this token write to {repo}; use one with write access to that name."
                f"{_said(error.server_message)}"
            ) from error
        raise BrokenRun(
            f"The Hub answered with status {status} when {repo} was pushed; nothing is published."
            f"{_said(error.server_message)}"
        ) from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError, RuntimeError, ValueError, KeyError, TypeError) as error:
        if isinstance(error.__cause__, BadRequestError):
            _, _, why = str(error).partition("\n")
            raise BadInput(
                f"The Hub refuses the front matter of README.md in {repo}; mend it. Nothing is published.{_said(why)}"
            ) from error
        # httpx for the Hub, OSError and RuntimeError for its storage, the others for an answer that makes no sense
        raise BrokenRun(f"The push to the Hub failed ({type(error).__name__}); {repo} is not published.") from error


def _said(message: str | None) -> str:
    """The Hub's own words, in one line."""
    words = " ".join("".join(c if c.isprintable() else " " for c in message or "").split())[:200]
    return f" The Hub says: {words}" if words else ""
