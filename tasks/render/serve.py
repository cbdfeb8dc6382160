"""The page as it is served: one document at a host that does not exist, under a policy that forbids everything else."""

import base64
from pathlib import Path

from tasks.bundle import bundle
from tasks.record import PageError, Program

URL = "https://page.invalid/"
"""`.invalid` is reserved and never resolves (RFC 2606)."""

_POLICY = (
    "sandbox allow-scripts allow-forms; default-src 'none'; script-src {script}; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:; media-src data: blob:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; webrtc 'block'"
)
_HERE = Path(__file__).parent
_MODULES = _HERE.parent.parent / "setup" / "node_modules"


def headers(inert: bool) -> list[dict[str, str]]:
    """Response headers of the document.

    The sandbox gives it an origin of its own that has no storage, and refuses popups, dialogs, downloads and leaving.
    `inert` forbids the page's scripts and inline handlers; the probe, which lives in another world, still runs.
    """
    policy = _POLICY.format(script="'none'" if inert else "'unsafe-inline'")
    return [
        {"name": "Content-Type", "value": "text/html; charset=utf-8"},
        {"name": "Content-Security-Policy", "value": policy},
        {"name": "Cache-Control", "value": "no-store"},
        {"name": "Referrer-Policy", "value": "no-referrer"},
        {"name": "X-DNS-Prefetch-Control", "value": "off"},
    ]


def body(page: str) -> str:
    """The document in the form in which the browser's protocol takes it."""
    return base64.b64encode(page.encode("utf-8", "replace")).decode()


def shim_source(secret: str) -> str:
    """The script that runs in the page's world before the page."""
    return (_HERE / "shim.js").read_text("utf-8").replace("%SECRET%", secret)


def probe_source(secret: str) -> str:
    """The script that makes the probe, for a world of its own."""
    aria = (_MODULES / "aria-api" / "dist" / "aria.js").read_text("utf-8")
    parts = [
        (_HERE / f"{name}.js").read_text("utf-8") for name in ("find", "hands", "eyes", "watch", "layout", "probe")
    ]
    code = "\n".join(parts).replace("%SECRET%", secret)
    # in a function, so that its names are not global and a second run in the same world does no harm
    return f"(() => {{\n{aria}\n}}).call(globalThis);\n(() => {{\n{code}\nglobalThis.probe = probe;\n}})();"


def axe_source() -> str:
    """axe-core."""
    return (_MODULES / "axe-core" / "axe.min.js").read_text("utf-8")


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
        if not error.file.startswith(URL):
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
