"""The bank as it is stored, and its programs."""

from pathlib import Path

from evals.faults.fault import Fault
from evals.faults.page import CleanPage, clean_page
from evals.lines import read_lines
from tasks.errors import BadInput
from tasks.record import Program

BANK = Path(__file__).parent / "bank.jsonl"


def read_bank(path: Path = BANK) -> tuple[Fault, ...]:
    """All faults; the first N are of as many kinds as there are, and as even as N allows.

    Raises:
        BadInput: there are none.
    """
    found = tuple(read_lines(path, Fault))
    if not found:
        raise BadInput(f"There is no bank of faults in {path.name}; `python -m evals.faults.make` makes it.")
    return found


def page_of(fault: Fault) -> CleanPage:
    """The clean program that a fault was planted in.

    Raises:
        BadInput: the archetype gives another program today than it did when the bank was made.
    """
    page = clean_page(fault.slug, fault.seed)
    if page.program.program_id != fault.clean_id:
        raise BadInput(
            f"The archetype {fault.slug} has changed since the bank of faults was made; "
            "`python -m evals.faults.make` makes it anew."
        )
    return page


def program_of(fault: Fault) -> Program:
    """The faulty program.

    Raises:
        BadInput: see `page_of`.
    """
    return page_of(fault).edited(fault.cuts)
