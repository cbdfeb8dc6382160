"""The offline model as a child process of a run."""

import asyncio
import contextlib
import re
import sys
from types import TracebackType
from typing import Self

from tasks.errors import ModelDown
from tasks.settings import ROOT

_LINE = re.compile(rb"offline model on (http://127\.0\.0\.1:\d+/v1)\s*\Z")

START_S = 60
"""Longest wait for the line that says where it listens; it takes about a second."""
_STOP_S = 5
"""Longest wait for it to go by itself, then after SIGTERM."""


class OfflineServer:
    """`async with OfflineServer() as server:` runs the model on a free port of loopback; `server.base_url` says where.

    The child holds the read end of a pipe from us and goes when that closes, so it never outlives a run, not even one
    that is killed.
    """

    base_url: str

    def __init__(self, *, mistakes: float = 0.35, lapses: float = 0.03, latency: tuple[float, float] = (0, 0)) -> None:
        """Rates as in `reply.Rates`: shares of programs with mistakes, and of broken replies of each kind; `latency`:
        median and 95th percentile of a reply's seconds, 0 for replies that come at once."""
        self._options = ("--mistakes", str(mistakes), "--lapses", str(lapses), "--latency", "{},{}".format(*latency))
        self._process: asyncio.subprocess.Process | None = None
        self._errors: asyncio.Task[bytes] | None = None

    async def __aenter__(self) -> Self:
        """Start the server.

        Raises:
            ModelDown: it did not start.
        """
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", __package__ or "", "--port", "0", *self._options,
            stdin=pipe, stdout=pipe, stderr=pipe, cwd=ROOT,
        )  # fmt: skip
        assert self._process.stdout and self._process.stderr
        self._errors = asyncio.create_task(_last_line(self._process.stderr))
        try:
            line = await asyncio.wait_for(self._process.stdout.readline(), START_S)
        except TimeoutError:
            line = b""
        except BaseException:
            await self._stop()
            raise
        told = _LINE.match(line)
        if told is None:
            said = (await self._stop()).decode(errors="replace").strip()
            raise ModelDown(f"The offline model did not start: {said or 'it said nothing'}")
        self.base_url = told[1].decode()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the server."""
        await self._stop()

    @property
    def pid(self) -> int | None:
        """The child's process id, once started."""
        return self._process.pid if self._process else None

    async def _stop(self) -> bytes:
        """End the child, with rising force; its last words are what it wrote last on standard error."""
        process, errors = self._process, self._errors
        if process is None or errors is None:
            return b""
        if process.stdin:
            process.stdin.close()
        for force in (process.terminate, process.kill, None):
            try:
                await asyncio.wait_for(process.wait(), _STOP_S)
                break
            except TimeoutError:
                if force:
                    with contextlib.suppress(ProcessLookupError):
                        force()
        return await errors


async def _last_line(stream: asyncio.StreamReader) -> bytes:
    """Read to the end, so that the child never blocks on a full pipe."""
    last = b""
    while line := await stream.readline():
        last = line
    return last
