"""Which checks are worth something."""

from tasks.check import Check
from tasks.record import Render


def worthy(checks: tuple[Check, ...], live: Render, inert: Render) -> tuple[Check, ...]:
    """The checks that pass on the live page and fail with its scripts forbidden, in their order.

    A check that passes without any script asks for nothing; one that nobody could judge has proved nothing.
    """
    passes = {verdict.check_id for verdict in live.verdicts if verdict.value == "pass"}
    fails = {verdict.check_id for verdict in inert.verdicts if verdict.value == "fail"}
    return tuple(check for check in checks if check.id in passes and check.id in fails)
