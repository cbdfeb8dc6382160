"""The room that hands shards on: takes their rows one at a time, gives datasets as the Hub and trainers want them.

- `labelling.py`: what labellers may see, as it is in the public shards
- `training.py`: rows for trainers, which reveal the order
- `versions.py`: a task's natural programs, what is wrong with each, and what mended the drafts
- `message.py`: a program as the text of one message, and back
- `part.py`: one split of one config, written as Parquet row by row
- `card.py` with `card.md.jinja`: what the dataset card says, from the data
- `front.py`, `merge.py`: our keys and our part into a card that people may have edited
- `manifest.py`: what a publication wrote, kept beside it
- `plan.py`: what is written and deleted, and what is refused
- `endpoint.py`: where the Hub is
- `folder.py`, `hub.py`: a folder, or a dataset on the Hub in one commit
- `publish.py`: all of it, from a checked request
- `task.py`: the Prefect task
"""
