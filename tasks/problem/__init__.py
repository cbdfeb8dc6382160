"""The problem room: takes a `Candidate`, gives a `Posed` problem with acceptance checks, or a `Rejected`; takes a
`Written` whose repair disputes checks, gives it back with its problem amended.

author.py     asks the model, and holds its reply to the rules of a problem
lint.py       what is wrong with a problem as far as a machine can see
page.py       the same as author.py for a page that exists: the model writes the problem that it solves
review.py     looks at disputed checks again
task.py       the room as a Prefect task
"""
