"""The room that writes what was made and reads it back: ranked and rejected in, Parquet and WebP out.

- `schema.py`: the columns, their types, and the version
- `write.py`: one batch as one shard, whole or not at all, truth before public
- `read.py`: shards back as tables, one task, counts, the check of the version
- `task.py`: the Prefect task
"""
