"""The room that finds near-duplicates: takes problems and programs, gives them back or says which task they repeat.

- `embed.py`: a text as a vector, without a model, and the protocol behind which a model may stand
- `accepted.py`: what the shards of a dataset say was accepted
- `index.py`: the Milvus collection `tasks`, rebuilt from the shards whenever it does not match them
- `gate.py`: the decision, against everything accepted before and everything that passed earlier in this run
- `task.py`: the Prefect tasks
"""
