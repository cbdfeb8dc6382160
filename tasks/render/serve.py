"""The page as it is served: one document at a host that does not exist, under a policy that forbids everything else."""

import base64
import json
from pathlib import Path

from tasks.bundle import bundle
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
    "sandbox allow-scripts allow-forms; default-src 'none'; script-src {script}; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:; media-src data: blob:; "
    f"form-action 'none'; base-uri 'none'; frame-ancestors {DESK_URL}; webrtc 'block'"
)
_HERE = Path(__file__).parent
_MODULES = _HERE.parent.parent / "setup" / "node_modules"


def page_headers(inert: bool) -> list[dict[str, str]]:
    """Response headers of the program's page.

    The sandbox gives it an origin of its own that has no storage, and refuses popups, dialogs, downloads and leaving.
    `inert` forbids the page's scripts and inline handlers; the probe, which lives in another world, still runs.
    """
    return _headers(_PAGE_POLICY.format(script="'none'" if inert else "'unsafe-inline'"))


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
        (_HERE / f"{name}.js").read_text("utf-8") for name in ("find", "hands", "eyes", "watch", "layout", "probe")
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
        self.page = bundle(program)
        self._program = program
        self._lines = self.page.split("\n")

    def own(self, error: PageError) -> PageError:
        """The same error with the author's file and line, where they can be told.

        Files that the bundle put in carry their name, and the browser counts their lines by themselves; only what
        stands in the document itself has moved.
        """
        if not error.file.startswith(PAGE_URL):
            return error
        text = self._program.text("index.html") or ""
        return error.model_copy(update={"file": "index.html", "line": self._line(text, error.line)})

    def _line(self, text: str, line: int) -> int:
        if not 1 <= line <= len(self._lines):
            return 0
        # files put into the page pushed its lines down: look for the same line, the nearest one above
        wanted = self._lines[line - 1]
        at = [n for n, own in enumerate(text.split("\n"), 1) if own == wanted and n <= line]
        return at[-1] if at else 0
