"""What is printed, whatever the terminal can show."""

import sys
from io import TextIOWrapper


def print_anything() -> None:
    """From now on a character that the standard output or error can't encode becomes `?`, and raises nothing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def print_line(line: object) -> None:
    """Print a line at once. Typer's `echo` writes UTF-8 into a terminal of plain ASCII, where it shows as rubbish."""
    print(line, flush=True)
