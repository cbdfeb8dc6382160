"""The problem room: takes a `Candidate`, gives a `Posed` problem with acceptance checks, or a `Rejected`.

author.py     asks the model, and holds its reply to the rules of a problem
lint.py       what is wrong with a problem as far as a machine can see
task.py       the room as a Prefect task
"""
