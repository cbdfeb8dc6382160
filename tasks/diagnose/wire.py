"""JSON-RPC over a language server's standard streams: as much of the Language Server Protocol as diagnosis needs.

A client library would bring document stores and type conversion for hundreds of messages; here seven are sent.
"""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tasks.gather import drop

_HEADER_END = b"\r\n\r\n"

Message = tuple[str, Mapping[str, Any]]
"""A method and its parameters."""


class Lost(Exception):
    """The server's process has ended, does not answer in time, or does not speak the protocol."""


class Wire:
    """One server's process, in a process group of its own, and the requests under way."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._ids = 0
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, command: Sequence[str], folder: Path) -> "Wire":
        """Start the server in `folder`, with no more of our environment than it needs to run.

        Raises:
            Lost: the command can't be run.
        """
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR") if key in os.environ}
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                cwd=folder,
                env=kept,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise Lost(f"{command[0]} can't be run: {error.strerror}") from error
        return cls(process)

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return self._process.returncode is None and not self._reader.done()

    async def ask(
        self, method: str, params: Mapping[str, Any], timeout_s: float, *, after: Sequence[Message] = ()
    ) -> Any:
        """Send a request and wait for its result.

        `after`: notifications that go before it, in the same write, as each write wakes the server.

        Raises:
            Lost: no answer within `timeout_s`, an error for an answer, or the server ended.
        """
        self._ids += 1
        number = self._ids
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            notes = ({"method": name, "params": given} for name, given in after)
            await self._send(*notes, {"id": number, "method": method, "params": params})
            async with asyncio.timeout(timeout_s):
                return await answer
        except TimeoutError:
            raise Lost(f"no answer to {method} within {timeout_s:g} s") from None
        finally:
            self._waiting.pop(number, None)

    async def tell(self, method: str, params: Mapping[str, Any]) -> None:
        """Send a notification.

        Raises:
            Lost: the server ended.
        """
        await self._send({"method": method, "params": params})

    async def stop(self) -> None:
        """End the process and all it started; never fails."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()
        await drop([self._reader])

    async def _send(self, *messages: Mapping[str, Any]) -> None:
        if not self.alive:
            raise Lost("the server has ended")
        bodies = [json.dumps({"jsonrpc": "2.0", **message}).encode() for message in messages]
        stream = self._process.stdin
        assert stream is not None
        try:
            stream.write(b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(body), body) for body in bodies))
            await stream.drain()
        except OSError as error:
            raise Lost("the server has ended") from error

    async def _read(self) -> None:
        """Hand answers to who waits for them, until the stream ends; then tell all that still wait."""
        try:
            while True:
                await self._take(await self._message())
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError, ValueError, Lost):
            pass
        finally:
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(Lost("the server has ended"))

    async def _message(self) -> dict[str, Any]:
        stream = self._process.stdout
        assert stream is not None
        header = await stream.readuntil(_HEADER_END)
        fields = dict(line.split(":", 1) for line in header.decode("ascii").lower().split("\r\n") if line)
        message = json.loads(await stream.readexactly(int(fields.get("content-length", ""))))
        if not isinstance(message, dict):
            raise ValueError("no JSON-RPC message")
        return message

    async def _take(self, message: dict[str, Any]) -> None:
        if "method" in message:
            if "id" in message:  # it asks us something: it gets its defaults
                items = (message.get("params") or {}).get("items") or []
                asked = message["method"] == "workspace/configuration"
                await self._send({"id": message["id"], "result": [None] * len(items) if asked else None})
            return
        answer = self._waiting.get(message.get("id", -1))
        if answer is None or answer.done():
            return
        if "error" in message:
            answer.set_exception(Lost(f"the server refused: {message['error'].get('message', '')}"))
        else:
            answer.set_result(message.get("result"))
