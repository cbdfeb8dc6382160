"""The page as it is served: one document at a host that does not exist, under a policy that forbids everything else."""

import base64
import json
import re
from pathlib import Path

from tasks.document.assembly import assemble
from tasks.document.parts import Parts
from tasks.record import PageError, Program

DESK_URL = "https://desk.invalid/"
"""Our own page, which holds the frame. `.invalid` is reserved and never resolves (RFC 2606)."""
PAGE_URL = "https://page.invalid/"
"""The program's page, in the frame."""
BINDING = "dojoSays"
"""What the probe calls; it exists in the probe's world only."""
DESK = (
    "<!doctype html><title>Desk</title><style>html,body{margin:0;overflow:hidden}"
    "iframe{position:fixed;inset:0;width:100%;height:100%;border:0}</style>"
    '<iframe sandbox="allow-scripts allow-forms"></iframe>'
)
_DESK_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src http: https:"
"""Every host is let through to where it is refused, and noted: what this policy refuses would put an error page in the
place of the program's."""
_PAGE_POLICY = (
    "sandbox allow-scripts allow-forms; default-src 'none'; script-src {script}; style-src 'unsafe-inline' "
    "data:; img-src data: blob:; font-src data:; media-src data: blob:; connect-src data:; worker-src 'none'; "
    f"form-action 'none'; base-uri {PAGE_URL}; frame-ancestors {DESK_URL}; webrtc 'block'"
)
_LINE_END = re.compile(r"\r\n?|\n")
_OF_STARTER = "Failed to execute 'append' on 'Element': "
"""What Chromium puts before the message of a syntax error in a script that the bundle's starter begins."""
_AT_COMPILING = re.compile(r"SyntaxError: (?!.*\bJSON\b|Invalid regular expression flags)")
"""Errors that V8 places by the lines of the document, also in a script that has a name of its own."""
_HERE = Path(__file__).parent
_MODULES = _HERE.parent.parent / "setup" / "node_modules"


def page_headers(inert: bool) -> list[dict[str, str]]:
    """Response headers of the program's page.

    The sandbox gives it an origin of its own that has no storage, and refuses popups, dialogs, downloads and leaving.
    `inert` forbids the page's scripts and inline handlers; the probe, which lives in another world, still runs.
    """
    return _headers(_PAGE_POLICY.format(script="'none'" if inert else "'unsafe-inline' data:"))


def _headers(policy: str) -> list[dict[str, str]]:
    return [
        {"name": "Content-Type", "value": "text/html; charset=utf-8"},
        {"name": "Content-Security-Policy", "value": policy},
        {"name": "Cache-Control", "value": "no-store"},
        {"name": "Referrer-Policy", "value": "no-referrer"},
        {"name": "X-DNS-Prefetch-Control", "value": "off"},
    ]


DESK_HEADERS = _headers(_DESK_POLICY)


def body(page: str) -> str:
    """The document in the form in which the browser's protocol takes it."""
    return base64.b64encode(page.encode("utf-8", "replace")).decode()


def shim_source(secret: str, *, counts: bool = False) -> str:
    """The script that runs in the page's world before the page; `counts`: and adds up the browser's functions that the
    page calls."""
    code = (_HERE / "shim.js").read_text("utf-8").replace("%SECRET%", secret)
    if counts:
        code = code.replace("const COUNTS = false;", "const COUNTS = true;")
        code = code.replace("/*TALLY*/", (_HERE / "tally.js").read_text("utf-8"))
    return f"if (window !== window.top) {{\n{code}\n}}"


def probe_source(secret: str) -> str:
    """The script that makes the probe, for a world of its own, in the frame of our page and in no other.

    It is evaluated from a string: V8 keeps what it compiled of an `eval`, and compiles anything else for every load.
    """
    aria = (_MODULES / "aria-api" / "dist" / "aria.js").read_text("utf-8")
    parts = [
        (_HERE / f"{name}.js").read_text("utf-8")
        for name in ("find", "hands", "eyes", "watch", "layout", "explore", "probe")
    ]
    code = "\n".join(parts).replace("%SECRET%", secret).replace("%BINDING%", BINDING)
    code = f"(() => {{\n{aria}\n}}).call(globalThis);\n(() => {{\n{code}\nglobalThis.probe = probe;\n}})();"
    return (
        f"if (window !== window.top && window.parent === window.top && location.href.startsWith('{PAGE_URL}')) {{\n"
        f"(0, eval)({json.dumps(code, ensure_ascii=False)});\n{BINDING}('begun');\n"
        f"addEventListener('load', () => {BINDING}('load'), {{ capture: true, once: true }});\n}}"
    )


def desk_source(secret: str) -> str:
    """The script of our page, in a world of its own: it lends axe-core to the probe, which asks by the secret."""
    axe = (_MODULES / "axe-core" / "axe.min.js").read_text("utf-8")
    return (
        f"{{ const axe = {json.dumps(axe, ensure_ascii=False)};\naddEventListener('message', (event) => {{\n"
        f"if (event.data === '{secret}') event.ports[0].postMessage(axe); }}); }}"
    )


class Places:
    """Turns the browser's places in the bundle into places in the author's files."""

    def __init__(self, program: Program) -> None:
        whole = assemble(program)
        self.page = whole.text
        self._program = program
        self._addresses = {unit.url: unit.name for unit in whole.units if unit.url}
        self._held = [unit.name for unit in whole.units if unit.held]
        self._lines = _lines(whole.parts, program)
        self._begins = _beginnings(whole.parts)

    def own(self, error: PageError) -> PageError:
        """The same error with the author's file and line, where they can be told.

        Scripts of files carry their name, and the browser counts their lines by themselves; what it places in the
        document or at a `data:` address is looked up.
        """
        message = error.message.replace(_OF_STARTER, "")
        file, line = error.file, error.line
        if file.startswith(PAGE_URL) and message != error.message:
            # V8 counts the held script's own lines and names the document; of several it can't be told which one
            file, line = (self._held[0], line) if len(self._held) == 1 else ("", 0)
        elif file.startswith(PAGE_URL):
            file, line = self._lines[line - 1] if 1 <= line <= len(self._lines) else ("index.html", 0)
        elif file.startswith("data:"):
            file = self._addresses.get(file, "")
        elif _AT_COMPILING.search(message) and line >= self._begins.get(file, line + 1):
            line -= self._begins[file] - 1
        return error.model_copy(update={"message": message, "file": file, "line": line})


def _beginnings(parts: Parts) -> dict[str, int]:
    """Of each file the line of the bundle in which its first text stands."""
    found: dict[str, int] = {}
    line = 1
    for part in parts:
        if part.file:
            found.setdefault(part.file, line)
        line += part.text.count("\n")
    return found


def _lines(parts: Parts, program: Program) -> list[tuple[str, int]]:
    """Of each line of the bundle the author's file and line; line 0 if nothing of it is the author's."""
    texts = {file.filename: file.content for file in program.files}
    found: list[tuple[str, int]] = [("index.html", 0)]
    for part in parts:
        line = 1 + len(_LINE_END.findall(texts[part.file], 0, part.at)) if part.file else 0
        for number, text in enumerate(part.text.split("\n")):
            if number:
                found.append(("index.html", 0))
            if text.strip() and part.file and not found[-1][1]:
                found[-1] = (part.file, line + number)
    return found
