"""The command, called in this process: quick, where a test has many of them."""

import os
import sys

import pytest

from flows.cli import main


@pytest.fixture
def dojo(monkeypatch, capsys):
    """`dojo(*words)` gives exit code, stdout and stderr; no key is in the environment."""
    for name in [name for name in os.environ if name.endswith("_API_KEY")]:
        monkeypatch.delenv(name)
    for name in ("PREFECT_LOGGING_LEVEL", "GRPC_VERBOSITY"):  # `main` sets them; they are to go again
        monkeypatch.setenv(name, os.environ.get(name, "NONE" if name == "GRPC_VERBOSITY" else "CRITICAL"))

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["dojo", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return ended.value.code or 0, said.out, said.err

    return run
