"""The problem room: takes a `Candidate`, gives a `Posed` problem with acceptance checks, or a `Rejected`.

author.py     asks the model, and holds its reply to the rules of a problem
task.py       the room as a Prefect task
"""
