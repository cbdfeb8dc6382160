"""The room that hands shards on: takes their tables, gives datasets as the Hub and trainers want them.

- `labelling.py`: what labellers may see, as it is in the public shards
- `training.py`: preference and SFT rows, which reveal the order
- `message.py`: a program as the text of one message, and back
- `part.py`: one split of one config as Parquet
- `card.py` with `card.md.jinja`: what the dataset card says, from the data
- `front.py`, `merge.py`: our keys and our part into a card that people may have edited
- `manifest.py`: what a publication wrote, kept beside it
- `plan.py`: what is written and deleted, and what is refused
- `endpoint.py`: where the Hub is
- `folder.py`, `hub.py`: a folder, or a dataset on the Hub in one commit
- `publish.py`: all of it, from a checked request
- `task.py`: the Prefect task
"""
