"""Where this project keeps what is its own and what other libraries cache, also where the checkout or the home is
closed: in the checkout, else in `dojo-synth` of the user's cache (XDG_CACHE_HOME, else ~/.cache), else in a folder of
the user's own below the temporary one."""

import os
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tasks.address import home_expanded, local_folder
from tasks.content import content_id
from tasks.errors import BadInput
from tasks.settings import ROOT

_NAME = "dojo-synth"


def cache_folder(*parts: str) -> Path:
    """A folder of ours that can be written: `ROOT/parts`, or the next place that takes it; it is there afterwards.

    Raises:
        BadInput: no place takes it.
    """
    for home in _homes():
        folder = home.joinpath(*parts)
        if is_writable(folder):
            return folder
    raise BadInput(
        f"There is no place for caches: {ROOT}, {_xdg()} and the temporary folder can't be written to; "
        "set XDG_CACHE_HOME or TMPDIR to a folder that can."
    )


def work_folder(dataset: str) -> Path:
    """Where the runs of a dataset keep their work on this machine: in the dataset itself, if that is a folder. It is
    only named here, and need not be there."""
    folder = local_folder(dataset)
    return folder if folder is not None else cache_folder("data", "remote") / content_id(dataset.rstrip("/"))


def lead_libraries() -> None:
    """Tell the libraries and programs that cache in the user's home where they can, if they can't there; to be called
    before they are imported. What the environment says already stays."""
    home = home_expanded("~")
    if not is_writable(_xdg()):
        kept = {
            "PLAYWRIGHT_BROWSERS_PATH": _xdg() / "ms-playwright",
            "HF_TOKEN_PATH": home_expanded(os.environ.get("HF_HOME") or str(_xdg() / "huggingface")) / "token",
        }
        for name, path in kept.items():  # what can only be read is still read
            if _is_there(path):
                os.environ.setdefault(name, str(path))
        os.environ["XDG_CACHE_HOME"] = str(cache_folder(".cache", "xdg"))
    profiles = home_expanded("~/.prefect/profiles.toml")
    if not (_is_there(home) and home.is_dir() and os.access(home, os.W_OK | os.X_OK)):
        for name in ("XDG_CONFIG_HOME", "MPLCONFIGDIR", "PREFECT_HOME", "npm_config_cache"):
            if not os.environ.get(name):
                os.environ[name] = str(cache_folder(".cache", name.lower()))
        if _is_there(profiles):
            os.environ.setdefault("PREFECT_PROFILES_PATH", str(profiles))
    for name in ("HF_HOME", "MPLCONFIGDIR"):
        if os.environ.get(name) and not is_writable(home_expanded(os.environ[name])):
            os.environ[name] = str(cache_folder(".cache", name.lower()))


def is_writable(folder: Path) -> bool:
    """Whether files can be made in a folder, which is made if it is not there. Rights alone do not tell: root has
    them in /proc and on a read-only disk."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError):
        return False
    return os.access(folder, os.W_OK | os.X_OK)


def _homes() -> Iterator[Path]:
    yield ROOT
    yield _xdg() / _NAME
    own = _temporary()
    if own is not None:
        yield own


def _xdg() -> Path:
    """The user's cache; a relative path in XDG_CACHE_HOME is to be ignored, says the specification."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    return Path(named) if named.startswith("/") else home_expanded("~/.cache").absolute()


@cache
def _temporary() -> Path | None:
    """A folder below the temporary one that nobody else can have prepared."""
    try:
        folder = Path(tempfile.gettempdir()) / f"{_NAME}-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    if found.st_uid == os.getuid() and folder.is_dir() and not folder.is_symlink() and not found.st_mode & 0o022:
        return folder
    return Path(tempfile.mkdtemp(prefix=f"{_NAME}-"))


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False
