"""A Hub on loopback: as much of its protocol as a client needs to create a dataset, read it and commit to it.

It takes every file inline with the commit, as the Hub does with small ones; its storage for large ones is left out, but
Parquet files are listed as being in it, with their SHA-256.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tests.loopback import serving

DAY = "2026-11-30T03:00:00.000Z"


@dataclass
class Repo:
    """A dataset: its files, and the commits that made them, oldest first."""

    private: bool = False
    files: dict[str, bytes] = field(default_factory=dict)
    commits: list[str] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    """Title of the commit that touched a file last."""

    def commit(self, title: str, put: dict[str, bytes], drop: tuple[str, ...] = ()) -> str:
        """Somebody's commit; gives its id."""
        for name in drop:
            del self.files[name]
        self.files |= put
        self.titles |= dict.fromkeys(put, title)
        self.commits.append(hashlib.sha1(f"{title} {len(self.commits)}".encode()).hexdigest())
        return self.commits[-1]


@dataclass
class LocalHub:
    """`token` is the only one with write access, in `owners` alone; a gated dataset lets nobody in."""

    url: str = ""
    token: str = "hf_writer"
    owners: tuple[str, ...] = ("lab",)
    private_by_default: bool = False
    repos: dict[str, Repo] = field(default_factory=dict)
    gated: set[str] = field(default_factory=set)
    broken: bool = False
    before_commit: Callable[[Repo], int | None] = lambda repo: None
    """Called with a dataset before each commit to it: others may commit, or a status is given that refuses this one."""

    def make(self, name: str, private: bool = False, **files: str) -> Repo:
        """A dataset as the Hub's pages make it, with further files."""
        repo = self.repos[name] = Repo(private=private)
        repo.commit("initial commit", {".gitattributes": b"*.parquet filter=lfs\n"})
        if files:
            repo.commit("Upload", {n: text.encode() for n, text in files.items()})
        return repo

    def download(self, repo: str, folder: Path) -> Path:
        """Write what a dataset holds into a folder."""
        for name, content in self.repos[repo].files.items():
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

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if self.hub.broken:
            return self._answer(500, {"error": "out of order"})
        parts = [unquote(part) for part in path.strip("/").split("/")]
        start = 2 if parts[0] == "api" else 1
        name = "/".join(parts[start : start + 2])
        if name not in self.hub.repos:
            return self._answer(404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})
        if name in self.hub.gated:
            return self._answer(403, {"error": "gated"}, {"X-Error-Code": "GatedRepo"})
        repo, rest = self.hub.repos[name], parts[start + 2 :]
        if rest[:1] == ["tree"] and rest[1] in ("main", repo.commits[-1]):
            return self._answer(
                200, [_listed(repo, path, "expand=true" in query.lower()) for path in sorted(repo.files)]
            )
        if rest[:1] == ["resolve"] and "/".join(rest[2:]) in repo.files:
            content = repo.files["/".join(rest[2:])]
            headers = {"ETag": f'"{_git(content)}"', "X-Repo-Commit": repo.commits[-1]}
            return self._send(200, content, headers)
        if not rest:
            return self._answer(200, {"id": name, "sha": repo.commits[-1], "private": repo.private})
        return self._answer(404, {"error": "Entry not found"}, {"X-Error-Code": "EntryNotFound"})

    def do_POST(self) -> None:
        body, path = self._body(), self.path.split("?")[0]
        if self.hub.broken:
            return self._answer(500, {"error": "out of order"})
        if path == "/api/validate-yaml":
            wrong = (
                [{"message": '"license" must be one of [mit]'}] if "license: odd" in json.loads(body)["content"] else []
            )
            return self._answer(400 if wrong else 200, {"errors": wrong, "warnings": []})
        name = "/".join(path.split("/")[3:5])
        if path == "/api/repos/create":
            asked = json.loads(body)
            assert asked["type"] == "dataset"
            name = f"{asked['organization']}/{asked['name']}"
        if self.headers.get("authorization") != f"Bearer {self.hub.token}" or name.split("/")[0] not in self.hub.owners:
            return self._answer(
                403, {"error": "You have no rights here"}, {"X-Error-Message": "You have no rights here"}
            )
        if path == "/api/repos/create":
            if name in self.hub.repos:
                return self._answer(
                    409, {"error": "You already created this dataset repo", "url": f"{self.hub.url}/datasets/{name}"}
                )
            hidden = {"private": True, "public": False, None: self.hub.private_by_default}[asked.get("visibility")]
            self.hub.make(name, private=hidden)
            return self._answer(200, {"url": f"{self.hub.url}/datasets/{name}"})
        if path.endswith("/preupload/main"):
            files = json.loads(body)["files"]
            ignore = self.hub.repos[name].files.get(".gitignore", b"").decode().splitlines()
            modes = [
                {
                    "path": f["path"],
                    "uploadMode": "regular",
                    "shouldIgnore": any(fnmatch(f["path"], line) for line in ignore),
                }
                for f in files
            ]
            return self._answer(200, {"files": modes})
        if path.endswith("/commit/main"):
            return self._commit(name, [json.loads(line) for line in body.splitlines()])
        return self._answer(404, {"error": "not found"})

    def _commit(self, name: str, lines: list[dict[str, Any]]) -> None:
        repo, header = self.hub.repos[name], lines[0]["value"]
        if status := self.hub.before_commit(repo):
            return self._answer(status, {"error": "not now"})
        if header.get("parentCommit", repo.commits[-1]) != repo.commits[-1]:
            return self._answer(412, {"error": "A commit has happened since. Please refresh and try again."})
        put = {v["path"]: base64.b64decode(v["content"]) for v in (li["value"] for li in lines if li["key"] == "file")}
        drop = tuple(line["value"]["path"] for line in lines if line["key"] == "deletedFile")
        if any(path not in repo.files for path in drop):
            return self._answer(404, {"error": "A file with this name doesn't exist"})
        at = repo.commit(header["summary"], put, drop)
        url = f"{self.hub.url}/datasets/{name}/commit/{at}"
        return self._answer(200, {"success": True, "commitOid": at, "commitUrl": url, "hookOutput": ""})

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding") == "chunked":
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("content-length", 0)))

    def _answer(self, status: int, value: object, headers: dict[str, str] | None = None) -> None:
        self._send(status, json.dumps(value).encode(), {"content-type": "application/json", **(headers or {})})

    def _send(self, status: int, data: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"content-length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def _listed(repo: Repo, path: str, expand: bool) -> dict[str, Any]:
    content = repo.files[path]
    entry: dict[str, Any] = {"type": "file", "path": path, "size": len(content), "oid": _git(content)}
    if path.endswith(".parquet"):
        pointer = (
            f"version https://git-lfs.github.com/spec/v1\noid sha256:{hashlib.sha256(content).hexdigest()}\n".encode()
        )
        entry |= {
            "oid": _git(pointer),
            "lfs": {"oid": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": len(pointer)},
        }
    if expand:
        entry["lastCommit"] = {"id": repo.commits[-1], "title": repo.titles[path], "date": DAY}
    return entry


def _git(content: bytes) -> str:
    """The id of a Git blob."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
