"""`dojo eval diagnose`: how many of the bank's faults the language servers see, and how many clean programs they flag.

looks.py     what the servers say of every program, the faulty ones beside their clean ones
shares.py    shares with their intervals
outcome.py   recall and false alarms
page.py      tables and plot
run.py       all of it
"""
