"""A Hub on loopback: as much of its protocol as a client needs to create a dataset and commit to it.

It takes every file inline with the commit, as the Hub does with small ones; its storage for large ones is left out.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from tests.loopback import serving


@dataclass
class LocalHub:
    """Its repositories as a client would download them; `token` is the only one with write access."""

    url: str = ""
    token: str = "hf_writer"
    repos: dict[str, dict[str, bytes]] = field(default_factory=dict)
    commits: list[str] = field(default_factory=list)
    broken: bool = False

    def download(self, repo: str, folder: Path) -> Path:
        """Write what a repository holds into a folder."""
        for name, content in self.repos[repo].items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        return folder


@contextmanager
def local_hub() -> Iterator[LocalHub]:
    """The Hub while the block runs."""
    hub = LocalHub()
    handler = type("Handler", (_Handler,), {"hub": hub})
    with serving(handler) as hub.url:
        yield hub


class _Handler(BaseHTTPRequestHandler):
    hub: LocalHub

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        repo = "/".join(path.split("/")[3:5])
        if not path.startswith(f"/api/datasets/{repo}/tree/") or repo not in self.hub.repos:
            return self._answer(404, {"error": "not found"})
        files = self.hub.repos[repo]
        return self._answer(
            200, [{"type": "file", "path": n, "size": len(c), "oid": _sha(c)} for n, c in sorted(files.items())]
        )

    def do_POST(self) -> None:
        body, path = self._body(), self.path.split("?")[0]
        if self.hub.broken:
            return self._answer(500, {"error": "out of order"})
        if path == "/api/validate-yaml":
            return self._answer(200, {"errors": [], "warnings": []})
        if self.headers.get("authorization") != f"Bearer {self.hub.token}":
            return self._answer(403, {"error": "no write access"})
        if path == "/api/repos/create":
            asked = json.loads(body)
            assert asked["type"] == "dataset"
            name = f"{asked['organization']}/{asked['name']}"
            known = name in self.hub.repos
            self.hub.repos.setdefault(name, {})
            return self._answer(409 if known else 200, {"url": f"{self.hub.url}/datasets/{name}"})
        if path.endswith("/preupload/main"):
            files = json.loads(body)["files"]
            modes = [{"path": f["path"], "uploadMode": "regular", "shouldIgnore": False} for f in files]
            return self._answer(200, {"files": modes})
        if path.endswith("/commit/main"):
            return self._commit("/".join(path.split("/")[3:5]), [json.loads(line) for line in body.splitlines()])
        return self._answer(404, {"error": "not found"})

    def _commit(self, repo: str, lines: list[dict[str, Any]]) -> None:
        files = dict(self.hub.repos[repo])
        for line in lines:
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "deletedFile":
                del files[value["path"]]
        self.hub.repos[repo] = files
        self.hub.commits.append(repo)
        at = hashlib.sha1(str(len(self.hub.commits)).encode()).hexdigest()
        url = f"{self.hub.url}/datasets/{repo}/commit/{at}"
        self._answer(200, {"success": True, "commitOid": at, "commitUrl": url, "hookOutput": ""})

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding") == "chunked":
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("content-length", 0)))

    def _answer(self, status: int, value: object) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
