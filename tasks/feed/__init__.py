"""The room that hands shards on: takes their tables, gives datasets as the Hub and trainers want them.

- `labelling.py`: what labellers may see, as it is in the public shards
- `training.py`: preference and SFT rows, which reveal the order
- `message.py`: a program as the text of one message, and back
- `card.py` with `card.md.jinja`: the dataset card, from the data
- `part.py`: one split of one config as Parquet
- `hub.py`: to a folder, whole or not at all, or to the Hub in one commit
- `publish.py`: all of it, from a checked request
- `task.py`: the Prefect task
"""
