"""The Milvus collection `tasks`: one row for the problem and one for the program of every accepted task.

Fields: `row_id` (primary, a hash of dataset, task and kind, because a task has two rows and a server may serve several
datasets), `task_id`, `dataset`, `run_id`, `kind`, `text_hash`, `vector`. One more row, of the kind `embedding`, names
the way of embedding, so that vectors of two ways never meet (Milvus Lite keeps no description of a collection). Nothing
is kept here alone: whenever the index does not match the shards it is rebuilt.
"""

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from pymilvus import DataType, MilvusClient
from pymilvus.exceptions import MilvusException

from tasks.address import local_folder, spelled
from tasks.caches import cache_folder
from tasks.content import content_id
from tasks.dedupe.accepted import Row, count_accepted, read_accepted, rows_of
from tasks.dedupe.embed import Embedder, Kind, LexicalEmbedder, Vectors
from tasks.errors import BadInput, BrokenRun
from tasks.record import Neighbour, Ranked
from tasks.settings import DedupeSettings

COLLECTION = "tasks"
BATCH = 256
"""Vectors in one search or upsert: 2.7 ms a search, one by one 100 to 500 ms (Milvus Lite 3.2, 20,000 x 384)."""
_NEAREST = 4
"""Hits asked for, so that equal ones are told apart by task id and not by their place in memory."""
_DIGITS = 6
"""Of a similarity: float32 has no more."""

_MARKER = "embedding"

T = TypeVar("T")


class Index:
    """Every task that a dataset has accepted, searchable by nearness; an async context manager.

    Milvus Lite in the folder `index` of a local dataset (in `data/index/` for a remote one), or any Milvus server by
    `settings.uri`. Milvus Lite lets one process at a time have the index.

    Raises:
        BadInput: on entering, if Milvus can't be reached, another process has the index, or it holds vectors of another
            dimension or embedding than the settings ask for.
        BrokenRun: later, if Milvus fails.
    """

    def __init__(self, dataset: str, settings: DedupeSettings, embedder: Embedder | None = None) -> None:
        self.dataset = dataset
        self.embedder = embedder or LexicalEmbedder(settings.dimension)
        self.uri = settings.uri or str(_lite_path(dataset))
        self._lite = "://" not in self.uri
        self._name = "." if self._lite else spelled(dataset)
        self._lock = threading.Lock()
        self._client: MilvusClient | None = None

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._open)
        try:
            if await self.count() != await asyncio.to_thread(count_accepted, self.dataset):
                await self.rebuild()
        except BaseException:
            await asyncio.to_thread(self._close)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._close)

    async def count(self) -> int:
        """How many tasks of this dataset the index holds."""
        where = self._where("problem", None)
        answer = await self._ask(
            lambda client: client.query(
                COLLECTION, filter=where, output_fields=["count(*)"], consistency_level="Strong"
            )
        )
        return int(answer[0]["count(*)"])

    async def nearest(self, kind: Kind, vectors: Vectors, not_run: str | None = None) -> list[Neighbour | None]:
        """The nearest accepted task for each vector, by cosine; None where there is none.

        Args:
            kind: compare problems or programs.
            vectors: shape (n, dimension), as the embedder gives them.
            not_run: leave out what this run has accepted itself.
        """
        where = self._where(kind, not_run)
        found: list[Neighbour | None] = []
        for at in range(0, len(vectors), BATCH):
            part = vectors[at : at + BATCH]
            hits = await self._ask(partial(_search, vectors=part, where=where))
            found.extend(_nearest_of(row) for row in hits)
        return found

    async def add(self, tasks: Sequence[Ranked], run_id: str) -> None:
        """Put accepted tasks in, after their shard is written; a task that is there already is replaced."""
        await self._upsert(rows_of(tasks, run_id))

    async def rebuild(self) -> int:
        """Empty this dataset's part of the index and fill it from the shards; gives the number of tasks."""
        await self._ask(self._empty)
        shards = read_accepted(self.dataset)
        while rows := await asyncio.to_thread(next, shards, None):
            await self._upsert(rows)
        return await self.count()

    async def _upsert(self, rows: Sequence[Row]) -> None:
        for at in range(0, len(rows), BATCH):
            part = rows[at : at + BATCH]
            vectors = await self.embedder.embed([row.text for row in part])
            data = [
                {
                    "row_id": content_id(self._name, row.task_id, row.kind),
                    "task_id": row.task_id,
                    "dataset": self._name,
                    "run_id": row.run_id,
                    "kind": row.kind,
                    "text_hash": content_id(row.text),
                    "vector": vector,
                }
                for row, vector in zip(part, vectors, strict=True)
            ]
            await self._ask(partial(_put, rows=data))
        await self._ask(lambda client: client.flush(COLLECTION))

    def _where(self, kind: Kind, not_run: str | None) -> str:
        where = f'dataset == {json.dumps(self._name)} and kind == "{kind}"'
        return where if not_run is None else f"{where} and run_id != {json.dumps(not_run)}"

    async def _ask(self, question: Callable[[MilvusClient], T]) -> T:
        """Milvus's answer, from a thread; one question at a time."""

        def asked() -> T:
            with self._lock:
                if self._client is None:
                    raise BrokenRun("The index is not open.")
                return question(self._client)

        try:
            return await asyncio.to_thread(asked)
        except MilvusException as error:
            raise BrokenRun(f"The Milvus index at {_shown(self.uri)} failed: {error.message}") from error

    def _open(self) -> None:
        if self._lite:
            # it logs a traceback where it also raises
            logging.getLogger("milvus_lite.server_manager").setLevel(logging.CRITICAL)
        try:
            if self._lite:
                Path(self.uri).parent.mkdir(parents=True, exist_ok=True)
            self._client = MilvusClient(self.uri, dedicated=True)
            if not self._client.has_collection(COLLECTION):
                self._create(self._client)
            found = self._client.describe_collection(COLLECTION)
            self._client.load_collection(COLLECTION)
            marker = self._client.query(
                COLLECTION,
                filter=f'kind == "{_MARKER}"',
                output_fields=["task_id"],
                consistency_level="Strong",
            )
        except (MilvusException, OSError) as error:
            self._close()
            way_out = (
                "if another process has it open, wait for it to end, else remove it to have it built again"
                if self._lite
                else "start that server, or leave `dedupe.uri` out to use Milvus Lite"
            )
            raise BadInput(f"The Milvus index at {_shown(self.uri)} can't be opened; {way_out}.") from error
        self._check_same_vectors(found, marker[0]["task_id"] if marker else "unknown")

    def _check_same_vectors(self, found: dict[str, Any], embedding: str) -> None:
        vector = next(field for field in found["fields"] if field["name"] == "vector")
        dimension, name = int(vector["params"]["dim"]), embedding
        if dimension == self.embedder.dimension and name == self.embedder.name:
            return
        self._close()
        way_out = f"remove {self.uri} to have it built again from the shards" if self._lite else "use another server"
        raise BadInput(
            f"The index at {_shown(self.uri)} holds vectors of {dimension} dimensions ({name}), the settings ask for "
            f"{self.embedder.dimension} ({self.embedder.name}): set `dedupe.dimension` back, or {way_out}."
        )

    def _empty(self, client: MilvusClient) -> None:
        if self._lite:
            client.drop_collection(COLLECTION)
            self._create(client)
        else:
            client.delete(COLLECTION, filter=f"dataset == {json.dumps(self._name)}")

    def _create(self, client: MilvusClient) -> None:
        schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("row_id", DataType.VARCHAR, is_primary=True, max_length=64)
        schema.add_field("task_id", DataType.VARCHAR, max_length=256)
        schema.add_field("dataset", DataType.VARCHAR, max_length=2048)
        schema.add_field("run_id", DataType.VARCHAR, max_length=256)
        schema.add_field("kind", DataType.VARCHAR, max_length=16)
        schema.add_field("text_hash", DataType.VARCHAR, max_length=64)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=self.embedder.dimension)
        index = client.prepare_index_params()
        index.add_index("vector", index_type="FLAT", metric_type="COSINE")
        client.create_collection(COLLECTION, schema=schema, consistency_level="Strong")
        # waiting for the index asks Milvus Lite for a timestamp, which it does not have and says so on the terminal
        client.create_index(COLLECTION, index, sync=False)
        marker = {"row_id": _MARKER, "task_id": self.embedder.name, "dataset": "", "run_id": "", "kind": _MARKER}
        somewhere = [1.0] + [0.0] * (self.embedder.dimension - 1)
        client.upsert(COLLECTION, data=[{**marker, "text_hash": "", "vector": somewhere}])
        client.flush(COLLECTION)

    def _close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
        if self._lite:
            # pymilvus keeps its in-process server, and so the lock on the folder, until the process ends
            from milvus_lite.server_manager import server_manager_instance

            server_manager_instance.release_server(self.uri)


def _search(client: MilvusClient, vectors: Vectors, where: str) -> list[list[dict[str, Any]]]:
    found: list[list[dict[str, Any]]] = client.search(
        COLLECTION,
        data=list(vectors),
        filter=where,
        limit=_NEAREST,
        output_fields=["task_id"],
        consistency_level="Strong",
    )
    return found


def _put(client: MilvusClient, rows: list[dict[str, Any]]) -> None:
    client.upsert(COLLECTION, data=rows)


def _nearest_of(hits: Sequence[dict[str, Any]]) -> Neighbour | None:
    near = [
        Neighbour(task_id=hit["entity"]["task_id"], similarity=round(float(hit["distance"]), _DIGITS)) for hit in hits
    ]
    return min(near, key=lambda n: (-n.similarity, n.task_id), default=None)


def _lite_path(dataset: str) -> Path:
    folder = local_folder(dataset)
    if folder is not None:
        return folder / "index" / "tasks.db"
    return cache_folder("data", "index") / content_id(spelled(dataset)) / "tasks.db"


def _shown(uri: str) -> str:
    """A uri without the user and password that it may carry."""
    scheme, mark, rest = uri.rpartition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2]}" if mark else uri
