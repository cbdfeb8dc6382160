"""What labellers may see: the public columns and nothing else."""

from pathlib import Path

import pyarrow as pa
from datasets import Dataset, Features, List, Value

from tasks.feed.part import Part, write_part

FEATURES = Features(
    {
        "task_id": Value("string"),
        "schema_version": Value("int32"),
        "topic": Value("string"),
        "title": Value("string"),
        "prompt": Value("string"),
        "completions": List(
            {
                "completion_id": Value("string"),
                "files": List({"filename": Value("string"), "content": Value("string")}),
            }
        ),
    }
)
"""The public shard's columns; completions stay in the random order of the shard."""


def write_labelling(public: pa.Table, folder: Path) -> list[Part]:
    """Write the config `default` with its one split into the folder."""
    rows = Dataset.from_list(public.select(list(FEATURES)).to_pylist(), features=FEATURES)
    return [write_part(rows, folder, "default", "train")]
