"""What is printed where the terminal can't show it: a `?`, and no traceback; real processes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.settings import ROOT

NAME = "Zoë's 資料 – ½"


def printed(*words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))}
    env |= {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.run([sys.executable, *words], env=env, cwd=ROOT, capture_output=True, timeout=120, check=False)


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
        {"PYTHONIOENCODING": "ascii:strict", "LANG": "C"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "utf-8"},
    ],
)
@pytest.mark.parametrize("command", [("report",), ("show", "0123", "--dataset")])
def test_a_sentence_with_any_name_in_it(tmp_path: Path, command: tuple[str, ...], environment: dict[str, str]) -> None:
    name = os.fsencode(tmp_path) + b"/" + NAME.encode() + b" caf\xe9"  # not all of it is UTF-8
    done = printed("-m", "flows.cli", *command, os.fsdecode(name), **environment)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith(b"dojo: ") and done.stderr.count(b"\n") == 1


def test_tables_and_lines_of_the_command_in_ascii(tmp_path: Path) -> None:
    for words in (("prompts",), ("estimate", "--dataset", str(tmp_path / NAME)), ("--help",)):
        done = printed("-m", "flows.cli", *words, PYTHONIOENCODING="ascii")
        assert done.returncode in (0, 1) and b"Traceback" not in done.stderr, done.stderr
        assert done.stdout.decode("ascii")
    assert (
        b"?"
        in printed("-m", "flows.cli", "estimate", "--dataset", str(tmp_path / NAME), PYTHONIOENCODING="ascii").stdout
    )


def test_personas_of_any_script_that_are_left_out_are_told(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.jsonl").write_text(json.dumps({"persona": " "}) + "\n", "utf-8")
    words = ("generate", "--personas", str(tmp_path / f"{NAME}.jsonl"), "--out", str(tmp_path / "d"))
    done = printed("-m", "flows.cli", *words, PYTHONIOENCODING="ascii")
    assert done.returncode == 2
    assert done.stderr.decode("ascii").startswith("dojo: Zo?'s ?? ? ?.jsonl holds no personas")


@pytest.mark.parametrize(
    "module", ["tasks.render", "tasks.model.offline.archetype", "evals.dedupe", "evals.faults.make"]
)
def test_the_other_commands_say_how_they_are_called(module: str) -> None:
    done = printed("-m", module, "--help", PYTHONIOENCODING="ascii")
    assert b"Traceback" not in done.stderr and b"usage" in done.stdout + done.stderr


def test_set_up_in_ascii(tmp_path: Path) -> None:
    script = f"import runpy; runpy.run_path('setup/install.py')['say']({NAME!r})"
    done = printed("-c", script, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout) == (0, b"Zo?'s ?? ? ?\n"), done.stderr
