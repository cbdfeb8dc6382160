"""One stage of one shard: rows are handed in one at a time, and a single Prefect task run works on all of them.

A task run of its own for each row would cost about 10 ms and a row in the server's database; a task run for a whole
batch would let every row wait for the slowest. A service has the cost of the second and the waiting of neither.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from tasks.gather import drop

In = TypeVar("In")
Out = TypeVar("Out")


class Service(Generic[In, Out]):
    """A queue of requests with their answers. All of it lives on one event loop."""

    def __init__(self) -> None:
        """Requests may come before anyone serves them."""
        self._requests: asyncio.Queue[tuple[In, asyncio.Future[Out]] | None] = asyncio.Queue()

    async def ask(self, row: In) -> Out:
        """Hand a row in and wait for what comes of it. If the caller is cancelled, so is the work.

        Raises:
            Whatever the work raises.
        """
        answer: asyncio.Future[Out] = asyncio.get_running_loop().create_future()
        self._requests.put_nowait((row, answer))
        return await answer

    def close(self) -> None:
        """Say that no more rows will come."""
        self._requests.put_nowait(None)

    async def serve(self, work: Callable[[In], Awaitable[Out]]) -> int:
        """Work on rows as they come, all at once, until the service is closed; gives how many there were."""
        running: set[asyncio.Task[Out]] = set()
        served = 0
        try:
            while (request := await self._requests.get()) is not None:
                row, answer = request
                if not answer.cancelled():
                    running.add(_begin(work(row), answer, running))
                    served += 1
            await asyncio.gather(*running, return_exceptions=True)
        finally:
            await drop(tuple(running))
        return served

    async def serve_together(self, work: Callable[[Sequence[In]], Awaitable[Sequence[Out]]]) -> int:
        """Work on all rows that have come since the last call at once, in one call; gives how many there were.

        `work` gives as many answers as it is given rows, in their order; what it raises, each of the askers gets.
        """
        served, closed = 0, False
        while not closed:
            requests = [await self._requests.get()]
            while not self._requests.empty():
                requests.append(self._requests.get_nowait())
            closed = None in requests
            asked = [request for request in requests if request is not None and not request[1].cancelled()]
            if not asked:
                continue
            (answers,) = await asyncio.gather(work([row for row, _ in asked]), return_exceptions=True)
            for at, (_, answer) in enumerate(asked):
                if answer.cancelled():
                    continue
                if isinstance(answers, BaseException):
                    answer.set_exception(answers)
                else:
                    answer.set_result(answers[at])
            served += len(asked)
        return served


def _begin(work: Awaitable[Out], answer: asyncio.Future[Out], running: set[asyncio.Task[Out]]) -> asyncio.Task[Out]:
    """The work as a task whose end is the answer's, and which ends if nobody waits for the answer any more."""

    async def worked() -> Out:
        return await work

    task = asyncio.create_task(worked())

    def ended(task: asyncio.Task[Out]) -> None:
        running.discard(task)
        error = None if task.cancelled() else task.exception()
        if answer.done():
            return
        if task.cancelled():
            answer.cancel()
        elif error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(task.result())

    task.add_done_callback(ended)
    answer.add_done_callback(lambda answer: task.cancel() if answer.cancelled() else None)
    return task
