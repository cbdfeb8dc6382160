"""What labellers may see: the public columns and nothing else."""

from typing import Any

from datasets import Features, List, Value

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


def labelling_row(public: dict[str, Any]) -> dict[str, Any]:
    """A task without any column that is not meant for labellers."""
    return {name: public[name] for name in FEATURES}
