"""The columns of the three kinds of shard; `SCHEMA_VERSION` changes whenever one of them does."""

from typing import Literal

import pyarrow as pa

SCHEMA_VERSION = 2
"""Of what is written. Shards of version 1 are read (`old.py`), any other is refused."""
OLD_VERSION = 1

Side = Literal["public", "private", "rejected"]
SIDES: tuple[Side, ...] = ("public", "private", "rejected")

PREFIX: dict[Side, str] = {"public": "tasks-", "private": "truth-", "rejected": "rejected-"}
"""How the name of a shard's file begins on each side; the folder is named by the side."""

VERSION_KEY = b"dojo_schema_version"
"""In the metadata of each file's schema: the version, in decimal."""


def _required(name: str, kind: pa.DataType) -> pa.Field:
    return pa.field(name, kind, nullable=False)


_FILES = pa.list_(pa.struct([_required("filename", pa.string()), _required("content", pa.string())]))

_COMPLETIONS = pa.list_(pa.struct([_required("completion_id", pa.string()), _required("files", _FILES)]))

_LADDER = pa.list_(
    pa.struct(
        [
            _required("completion_id", pa.string()),
            _required("rank", pa.int8()),
            _required("q", pa.float64()),
            _required("q_function", pa.float64()),
            _required("q_visual", pa.float64()),
            _required("q_performance", pa.float64()),
            _required("q_accessibility", pa.float64()),
            _required("checks_passed", pa.int32()),
            _required("checks_total", pa.int32()),
            _required("edits", pa.string()),
            pa.field("files", _FILES),
        ]
    )
)


def _schema(side: Side, fields: list[pa.Field]) -> pa.Schema:
    return pa.schema(fields, metadata={VERSION_KEY: str(SCHEMA_VERSION).encode(), b"dojo_side": side.encode()})


PUBLIC = _schema(
    "public",
    [
        _required("task_id", pa.string()),
        _required("schema_version", pa.int32()),
        _required("topic", pa.string()),
        _required("title", pa.string()),
        _required("prompt", pa.string()),
        _required("completions", _COMPLETIONS),
    ],
)
"""What labellers may see; the four completions are in random order, each one sealed page."""

PRIVATE = _schema(
    "private",
    [
        _required("task_id", pa.string()),
        _required("schema_version", pa.int32()),
        _required("run_id", pa.string()),
        _required("persona", pa.string()),
        _required("problem", pa.string()),
        pa.field("clean", _FILES),
        pa.field("clean_q", pa.float64()),
        _required("ladder", _LADDER),
        pa.field("seal_template", pa.string()),
        _required("spread", pa.float64()),
        _required("repairs", pa.string()),
        _required("models", pa.string()),
        _required("prompt_tokens", pa.int64()),
        _required("completion_tokens", pa.int64()),
        _required("usd", pa.float64()),
        _required("repair_rounds", pa.int32()),
        pa.field("nearest_task_id", pa.string()),
        pa.field("nearest_similarity", pa.float64()),
        _required("seed", pa.int64()),
        _required("config_hash", pa.string()),
        _required("trace_id", pa.string()),
        _required("created_at", pa.timestamp("us", tz="UTC")),
    ],
)
"""What only the owner may see; the ladder is in rank order, its files are natural. `problem`, `edits`, `seal_template`,
`repairs` and `models` are JSON. What can be null is null in rows of version 1 only."""

REJECTED = _schema(
    "rejected",
    [
        _required("run_id", pa.string()),
        _required("schema_version", pa.int32()),
        _required("candidate", pa.int64()),
        _required("seed", pa.int64()),
        _required("topic", pa.string()),
        _required("persona", pa.string()),
        _required("stage", pa.string()),
        _required("reason", pa.string()),
        _required("detail", pa.string()),
        pa.field("title", pa.string()),
        pa.field("problem", pa.string()),
        pa.field("files", _FILES),
        _required("prompt_tokens", pa.int64()),
        _required("completion_tokens", pa.int64()),
        _required("usd", pa.float64()),
        _required("created_at", pa.timestamp("us", tz="UTC")),
    ],
)
"""Every candidate that did not make it; `candidate` is its place in the run, what was never made is null."""

SCHEMAS: dict[Side, pa.Schema] = {"public": PUBLIC, "private": PRIVATE, "rejected": REJECTED}
