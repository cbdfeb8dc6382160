"""`dojo eval repair`: what each repair strategy makes of the bank's faults, at equal budgets of tokens.

attempt.py   one strategy on one fault: rounds until it is clean or the budget is used up
book.py      every attempt that is wanted, and the file of those that are done
figures.py   what the attempts come to, and intervals over faults, paired between strategies
page.py      tables and plot
run.py       all of it
"""
