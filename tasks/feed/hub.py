"""To a folder, whole or not at all; or to the Hub, in one commit."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, get_token
from huggingface_hub.errors import HfHubHTTPError, HFValidationError
from huggingface_hub.utils._validators import validate_repo_id

from tasks.errors import BadInput, BrokenRun, Missing

_MESSAGE = "Publish with dojo-synth"


@contextmanager
def folder_whole(target: str) -> Iterator[Path]:
    """A folder aside to write into; it becomes the target when the block ends well, and is gone when it does not.

    Raises:
        BadInput: the target holds something already.
    """
    place = Path(target).resolve()
    check_target(target)
    place.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    try:
        yield aside
        aside.chmod(0o755)
        aside.replace(place)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def check_target(target: str) -> None:
    """Refuse a folder that can't be the target.

    Raises:
        BadInput: it is a file, or not empty.
    """
    place = Path(target)
    if place.is_dir() and not any(place.iterdir()):
        return
    if place.exists():
        raise BadInput(f"{target} is not an empty folder; choose one that is not there yet.")


def check_repo(repo: str) -> str:
    """The token to push with, when the name will do.

    Raises:
        BadInput: the name is not `organisation/name`.
        Missing: there is no token.
    """
    try:
        validate_repo_id(repo)
    except HFValidationError as error:
        raise BadInput(f"{repo} is no name of a dataset on the Hub; write it as organisation/name.") from error
    if repo.count("/") != 1:
        raise BadInput(f"{repo} is no name of a dataset on the Hub; write it as organisation/name.")
    token = get_token()
    if not token:
        raise Missing("There is no token for the Hub; set HF_TOKEN, or log in with `hf auth login`.")
    return token


def push_folder(folder: Path, repo: str) -> str:
    """Make the dataset on the Hub hold what the folder holds, in one commit; gives the commit's address.

    Data files of an earlier publication that the folder no longer has are deleted in the same commit. The endpoint is
    that of `HF_ENDPOINT`, else the Hub's.

    Raises:
        BadInput, Missing: as `check_repo`, or the Hub refuses the token.
        BrokenRun: the Hub can't be reached or fails.
    """
    api = HfApi(endpoint=os.environ.get("HF_ENDPOINT") or None, token=check_repo(repo))
    try:
        api.create_repo(repo, repo_type="dataset", exist_ok=True)
        commit = api.create_commit(
            repo,
            _changes(folder, api.list_repo_files(repo, repo_type="dataset")),
            commit_message=_MESSAGE,
            repo_type="dataset",
        )
    except HfHubHTTPError as error:
        status = error.response.status_code
        if status in (401, 403):
            raise BadInput(
                f"The Hub does not let this token write to {repo}; use one with write access to that name."
            ) from error
        raise BrokenRun(
            f"The Hub answered with status {status} when {repo} was pushed; nothing is published."
        ) from error
    except (httpx.HTTPError, OSError, RuntimeError, ValueError) as error:
        # httpx for the Hub, OSError and RuntimeError for its storage, ValueError for an answer that makes no sense
        raise BrokenRun(f"The push to the Hub failed ({type(error).__name__}); {repo} is not published.") from error
    return str(commit.commit_url)


def _changes(folder: Path, present: list[str]) -> list[CommitOperationAdd | CommitOperationDelete]:
    """Everything in the folder, and away with the data that it does not have.

    One commit, and not `upload_folder`, which may make several: between them a reader would see half a dataset.
    """
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    stale = [name for name in sorted(present) if name.endswith(".parquet") and name not in paths]
    return [
        *(CommitOperationAdd(path_in_repo=name, path_or_fileobj=path) for name, path in paths.items()),
        *(CommitOperationDelete(path_in_repo=name) for name in stale),
    ]
