"""The persona room: takes where personas come from and a seed, gives candidates (`record.Candidate`).

source.py   finds and cleans personas: the starter set, a file, a folder, a pipe, a dataset on the Hub
files.py    the rows of files, folders and pipes: JSON lines or Parquet, packed or not
hub.py      the rows of a dataset on the Hub, or of a folder that `datasets` saved
draw.py     the seeded draw without replacement, and each candidate's own topic and seed
task.py     the Prefect task
"""
