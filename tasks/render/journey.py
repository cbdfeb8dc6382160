"""A person who tries everything: on the clean program actions are chosen, on its versions they are done again."""

from typing import Any

from tasks.check import Check
from tasks.content import canonical_json
from tasks.record import Action, Effect, Journey
from tasks.render.cell import Baffled, Cell, Hung

MOST_ACTIONS = 40
"""Of a journey."""
ROUNDS = 3
"""Tries of an element in one journey."""
PATIENCE = 12
"""Actions without a new block of script and without effect after which a journey ends."""


class Blocks:
    """The blocks of the page's scripts that have run."""

    def __init__(self, cell: Cell) -> None:
        self._cell = cell
        self._known: set[tuple[str, int, int]] = set()

    async def fresh(self) -> int:
        """How many more ran since the last call."""
        before = len(self._known)
        self._known |= {
            (script["scriptId"], block["startOffset"], block["endOffset"])
            for script in await self._cell.recorded()
            for function in script["functions"]
            for block in function["ranges"]
            if block["count"]
        }
        return len(self._known) - before


async def travel(
    cell: Cell, page: str, *, steps: tuple[Check, ...] | None = None, again: Journey | None = None, scripts: str = ""
) -> Journey:
    """One journey on a fresh load.

    Args:
        cell: where to load it; with its own size.
        page: the document.
        steps: checks whose steps are done first, and then elements from the page's end; without them elements are
            tried in the page's order.
        again: a journey whose actions are to be done again, instead.
        scripts: code that may name keys, besides what stands in the page.

    Raises:
        Crashed
        Hung: in a journey that is made again. A new one ends before the action that did it and has a note; the cell is
            of no more use then.
    """
    options: dict[str, Any] = {"most": MOST_ACTIONS, "rounds": ROUNDS, "patience": PATIENCE, "late": 0}
    if again is not None:
        actions = [action.model_dump(exclude_defaults=True) for action in again.actions]
        options |= {"actions": actions, "most": len(actions), "late": again.late}
    else:
        options["scripts"] = scripts
    if steps is not None:
        options["steps"] = [step.model_dump(mode="json") for check in steps for step in check.steps]
    began: dict[str, Any] = {"begun": {}, "looks": {}, "late": 0}
    done: list[Any] = []
    note = ""
    blocks = None if again else Blocks(cell)
    was_recording = cell.recording
    if blocks:
        await cell.record()
    try:
        await cell.load(page, inert=False)
        answer = await cell.ask(f"probe.journey({canonical_json(options)}, [], false)")
        while "done" not in answer:
            if answer["need"] == "begun":
                began = answer["began"]
            else:
                done.append(answer["did"])
            answer = await cell.ask(f"probe.next({await blocks.fresh() if blocks else 0})")
    except Hung as error:
        if again:
            raise
        note = f"it ended after {len(done)} actions: {error}"
    except Baffled as error:
        note = f"it ended after {len(done)} actions, the probe failed: {error}"
    if blocks and not was_recording and not note:
        await cell.stop_recording()
    return Journey(
        **began,
        actions=tuple(Action(**action) for action, _ in done),
        effects=tuple(Effect(**effect) for _, effect in done),
        note=note,
    )
