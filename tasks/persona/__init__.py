"""The persona room: takes where personas come from and a seed, gives candidates (`record.Candidate`).

source.py   reads and cleans personas: the starter set, JSON lines, Parquet, a folder of them, a dataset on the Hub
hub.py      the rows of a dataset on the Hub, or of a folder that `datasets` saved
draw.py     the seeded draw without replacement, and each candidate's own topic and seed
task.py     the Prefect task
"""
