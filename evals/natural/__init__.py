"""Whether edits look as if a programmer had written them: what is said of them, and whether they keep a file's habits.

habits.py   a program's habits of formatting, and which of them an edit breaks
trial.py    every mutator's edits on pages: placed, diagnosed, measured
judge.py    a model that is asked which of two programs was edited, by style alone
report.py   tables and page
run.py      the eval
"""
