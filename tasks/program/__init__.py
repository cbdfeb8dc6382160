"""The program room: takes a `Posed` problem, gives a `Written` program, or a `Rejected`.

author.py     asks the model for the files
reply.py      what a reply may hold: names, sizes, code fences
given/        pages that exist already, read from folders and tables
task.py       the room as a Prefect task
"""
