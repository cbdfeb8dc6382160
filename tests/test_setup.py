"""The parts of set-up that can be tried without doing it again; `make demo` from a bare clone tries the rest."""

import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def install() -> ModuleType:
    spec = importlib.util.spec_from_file_location("install", ROOT / "setup" / "install.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_failing_command_becomes_a_sentence_with_its_last_words(install: ModuleType) -> None:
    with pytest.raises(install.Unable, match=r"(?s)it would not \(exit code 3\):.*no room left"):
        install.run(
            [sys.executable, "-c", "import sys; print('no room left', file=sys.stderr); sys.exit(3)"], "it would not"
        )
    with pytest.raises(install.Unable, match="it would not"):
        install.run(["/no/such/program"], "it would not")


def test_a_command_that_hangs_is_ended_with_its_children(install: ModuleType, tmp_path: Path) -> None:
    note = tmp_path / "child"
    hang = ["sh", "-c", 'sleep 60 & echo $! > "$1"; wait', "sh", str(note)]
    started = time.monotonic()
    with pytest.raises(install.Unable, match="no end after 3 s"):
        install.run(hang, "it hung", seconds=3)
    assert time.monotonic() - started < 30
    state = Path(f"/proc/{note.read_text().strip()}/stat")
    while time.monotonic() - started < 30 and state.exists() and state.read_text().split()[2] != "Z":
        time.sleep(0.01)
    assert not state.exists() or state.read_text().split()[2] == "Z"


def test_a_changed_lock_changes_the_stamp(install: ModuleType, tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.write_text("a==1\n")
    before = install.fingerprint(lock)
    lock.write_text("a==2\n")
    assert install.fingerprint(lock) != before
    assert install.read(tmp_path / "never written") is None


def test_a_browser_that_is_named_and_does_not_start_is_refused(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOJO_BROWSER", "/no/such/browser")
    with pytest.raises(install.Unable, match="DOJO_BROWSER names /no/such/browser"):
        install.find_browser()


def plan(target: str) -> list[str]:
    """What make would run for a target."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "--no-print-directory", "-n", target]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout.splitlines()


def test_every_target_is_there_and_sets_itself_up() -> None:
    for target in ("demo", "test", "check", "bench"):
        assert plan(target)[0].endswith("setup/install.py"), target
    removed = next(line for line in plan("clean") if line.startswith("rm -rf")).split()
    assert ".venv" in removed and not any(name.startswith("data") for name in removed)


@pytest.fixture
def set_up_project(tmp_path: Path) -> Path:
    """A project that was set up before, by its stamps; nothing of it is real."""
    root = tmp_path / "project"
    for name in ("setup", "setup/node_modules", ".venv/bin", ".cache"):
        (root / name).mkdir(parents=True, exist_ok=True)
    (root / "setup" / "install.py").write_bytes((ROOT / "setup" / "install.py").read_bytes())
    for name in ("requirements.lock", "pyproject.toml", *(f"setup/{one}" for one in
                 ("bootstrap.lock", "package-lock.json", "package.json"))):  # fmt: skip
        (root / name).touch()
    (root / ".venv" / "bin" / "python").symlink_to(sys.executable)
    stamps = """
import runpy, sys
own = runpy.run_path("setup/install.py")
root, stamped = own["ROOT"], own["fingerprint"]
names = ("requirements.lock", "setup/bootstrap.lock", "pyproject.toml")
packages = stamped(*(root / name for name in names), extra=f"{root} {sys.version_info[:2]}")
(root / ".venv" / ".stamp").write_text(packages)
servers = stamped(root / "setup/package-lock.json", root / "setup/package.json")
(root / "setup" / "node_modules" / ".stamp").write_text(servers)
(root / ".cache" / "browser").write_text(sys.executable)
"""
    subprocess.run([sys.executable, "-c", stamps], cwd=root, check=True, timeout=60)
    return root


def set_up(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "setup/install.py"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=False)


def test_a_closed_checkout_in_which_everything_is_there_needs_nothing(set_up_project: Path) -> None:
    (set_up_project / ".cache" / "setup.lock").mkdir()  # no file can be made of that name
    done = set_up(set_up_project)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_closed_checkout_in_which_something_is_missing_is_a_sentence(set_up_project: Path) -> None:
    cache = set_up_project / ".cache"
    (cache / "browser").unlink()
    cache.rmdir()
    cache.touch()
    done = set_up(set_up_project)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(f"set-up: {cache}/browser can't be written (Not a directory): set up from a copy")
