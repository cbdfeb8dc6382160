"""A Hub on loopback: as much of its protocol as `datasets` needs to stream a dataset from it."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs

from tests.loopback import serving

COMMIT = "c" * 40


@contextmanager
def reading_hub(repos: dict[str, dict[str, bytes]]) -> Iterator[str]:
    """Serve datasets, each its files by name; gives the endpoint's address while the block runs."""
    handler = type("Handler", (_Handler,), {"repos": repos})
    with serving(handler) as url:
        yield url


class _Handler(BaseHTTPRequestHandler):
    repos: dict[str, dict[str, bytes]]

    def do_GET(self) -> None:
        path = self.path.split("?")[0].strip("/").split("/")
        api = path[0] == "api"
        repo = "/".join(path[2:4] if api else path[1:3])
        files = self.repos.get(repo)
        if files is None:
            return self._json(404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})
        rest = path[4:] if api else path[3:]
        if api and rest[:1] == ["tree"]:
            folder = "/".join(rest[2:]).replace("%2F", "/")
            return self._json(200, self._entries(files, folder))
        if api:
            siblings = [{"rfilename": name} for name in files]
            return self._json(200, {"_id": "1", "id": repo, "sha": COMMIT, "siblings": siblings, "tags": []})
        name = "/".join(rest[2:])
        if name not in files:
            return self._json(404, {"error": "Entry not found"}, {"X-Error-Code": "EntryNotFound"})
        return self._file(files[name])

    do_HEAD = do_GET

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        path = self.path.split("/")
        files = self.repos["/".join(path[3:5])]
        wanted = parse_qs(body.decode())["paths"]
        folders = {name.rpartition("/")[0] for name in files} - {""}
        known = self._entries(files, "") + [{"type": "directory", "path": name, "oid": COMMIT} for name in folders]
        self._json(200, [entry for entry in known if entry["path"] in wanted])

    def _entries(self, files: dict[str, bytes], folder: str) -> list[dict[str, object]]:
        under = folder + "/" if folder else ""
        return [
            {"type": "file", "path": name, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}
            for name, data in sorted(files.items())
            if name.startswith(under)
        ]

    def _file(self, data: bytes) -> None:
        start, end = 0, len(data)
        if wanted := self.headers.get("range"):
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            start, end = int(first), min(int(last) + 1 if last else end, end)
        self.send_response(206 if wanted else 200)
        self.send_header("content-length", str(end - start))
        self.send_header("content-range", f"bytes {start}-{end - 1}/{len(data)}")
        self.send_header("accept-ranges", "bytes")
        self.send_header("etag", f'"{hashlib.sha1(data).hexdigest()}"')
        self.send_header("x-repo-commit", COMMIT)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data[start:end])

    def _json(self, status: int, value: object, headers: dict[str, str] | None = None) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        for name, text in {
            "content-type": "application/json",
            "content-length": str(len(data)),
            **(headers or {}),
        }.items():
            self.send_header(name, text)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""
