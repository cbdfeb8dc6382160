"""What is printed, whatever the terminal can show."""

import sys
from io import TextIOWrapper


def print_anything() -> None:
    """From now on a character that the standard output or error can't encode becomes `?`, and raises nothing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
