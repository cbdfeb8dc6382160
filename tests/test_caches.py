"""Caches where the checkout or the home is closed: a real process in a home that can't be used. A file in a folder's
place stops root, too, whom rights don't stop."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.settings import ROOT

PLACES = """
import json, os
from tasks.caches import cache_folder, lead_libraries
before = dict(os.environ)
lead_libraries()
changed = {key: value for key, value in os.environ.items() if before.get(key) != value}
print(json.dumps([str(cache_folder("data", "replies")), changed]))
"""


def places(code_root: Path, **environment: str) -> tuple[str, dict[str, str]]:
    """Where replies are kept, and what the libraries are told, in a checkout of that path."""
    passed = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
    env = passed | {"PYTHONPATH": str(code_root), "PYTHONDONTWRITEBYTECODE": "1"} | environment
    command = [sys.executable, "-c", PLACES]
    done = subprocess.run(command, env=env, cwd="/", capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    folder, changed = json.loads(done.stdout)
    return folder, changed


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A checkout in which nothing can be made: a file is where its data/ and its .cache/ would be."""
    root = tmp_path / "closed"
    root.mkdir()
    for name in ("data", ".cache"):
        (root / name).touch()
    copied = root / "tasks"
    copied.mkdir()
    for path in (ROOT / "tasks").glob("*.py"):
        (copied / path.name).write_bytes(path.read_bytes())
    return root


def test_replies_are_kept_in_the_checkout_if_that_can_be_written(tmp_path: Path) -> None:
    folder, changed = places(ROOT, HOME=str(tmp_path))
    assert folder == str(ROOT / "data" / "replies")
    assert changed == {}


def test_a_closed_checkout_takes_the_users_cache(closed: Path, tmp_path: Path) -> None:
    assert places(closed, HOME=str(tmp_path))[0] == str(tmp_path / ".cache" / "dojo-synth" / "data" / "replies")
    named = places(closed, HOME=str(tmp_path), XDG_CACHE_HOME=str(tmp_path / "xdg"))
    assert named[0] == str(tmp_path / "xdg" / "dojo-synth" / "data" / "replies")
    relative = places(closed, HOME=str(tmp_path), XDG_CACHE_HOME="xdg")
    assert relative[0] == str(tmp_path / ".cache" / "dojo-synth" / "data" / "replies")


@pytest.mark.parametrize("home", ["/dev/null", "/dev/null/x", "/proc/nonexistent"])
def test_a_closed_checkout_and_home_take_a_folder_of_the_users_own_in_the_temporary_one(
    closed: Path, tmp_path: Path, home: str
) -> None:
    folder, changed = places(closed, HOME=home, TMPDIR=str(tmp_path))
    own = tmp_path / f"dojo-synth-{os.getuid()}"
    assert Path(folder).is_dir() and Path(folder).is_relative_to(own)
    assert own.stat().st_mode & 0o777 == 0o700
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR", "PREFECT_HOME", "npm_config_cache"):
        assert Path(changed[name]).is_relative_to(own)


def test_a_folder_that_somebody_else_has_prepared_is_not_taken(closed: Path, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / f"dojo-synth-{os.getuid()}").symlink_to(tmp_path / "theirs")
    folder, _ = places(closed, HOME="/dev/null", TMPDIR=str(tmp_path))
    assert Path(folder).is_dir()
    assert list((tmp_path / "theirs").iterdir()) == []


def test_what_can_only_be_read_is_still_read(tmp_path: Path) -> None:
    """A browser and a token in a cache that can't be written."""
    cache = tmp_path / "cache"
    (cache / "ms-playwright").mkdir(parents=True)
    (cache / "huggingface").mkdir()
    (cache / "huggingface" / "token").write_text("t")
    script = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@"'
    works = ["unshare", "-m", "sh", "-c", script, "sh", str(cache)]
    if os.geteuid() or subprocess.run([*works, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no folder can be made read-only here")
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([*works, sys.executable, "-c", PLACES], env=env, capture_output=True, text=True, check=True)
    changed = json.loads(done.stdout)[1]
    assert changed["PLAYWRIGHT_BROWSERS_PATH"] == str(cache / "ms-playwright")
    assert changed["HF_TOKEN_PATH"] == str(cache / "huggingface" / "token")
    assert changed["XDG_CACHE_HOME"] != str(cache)


def test_no_place_at_all_is_a_sentence(closed: Path) -> None:
    script = PLACES.replace("import json", "import tempfile; tempfile.tempdir = '/dev/null/x'; import json")
    env = {"PATH": os.environ["PATH"], "HOME": "/dev/null", "PYTHONPATH": str(closed)}
    done = subprocess.run([sys.executable, "-c", script], env=env, cwd="/", capture_output=True, text=True, check=False)
    assert "BadInput: There is no place for caches:" in done.stderr.splitlines()[-1]
    assert "XDG_CACHE_HOME or TMPDIR" in done.stderr.splitlines()[-1]


def test_a_run_goes_through_without_a_home(tmp_path: Path) -> None:
    env = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "HF_"))}
    env |= {"HOME": "/dev/null/x", "PYTHONPATH": str(ROOT)}
    words = ["generate", "--tasks", "1", "--seed", "1", "--no-reuse", "--out", str(tmp_path / "d")]
    command = [sys.executable, "-m", "flows.cli", *words]
    done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "1 of 1 tasks accepted" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["d"]
