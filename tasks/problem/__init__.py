"""The problem room: takes a `Candidate`, gives a `Posed` problem with acceptance checks, or a `Rejected`.

author.py     asks the model, and holds its reply to the rules of a problem
page.py       the same for a page that exists already: the model reads it and writes the problem that it solves
task.py       the room as a Prefect task
"""
