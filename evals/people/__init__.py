"""Whether the measured order is the one that people see.

fit.py   agreement, and the weights that agree best
run.py   the eval: every rated version measured anew, tables, page
"""
