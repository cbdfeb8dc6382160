"""A bank of faulty programs: known faults of twelve kinds, planted by syntax tree in clean programs, and proven.

fault.py       a fault, what was cut where, and what shows that it is one
page.py        the clean programs, and cuts in them
naming.py      faults that a language server can see: syntax, names, tags, and what the three languages share
running.py     faults that only a browser sees: it throws, or does not end
doing.py       faults that only a check sees: the page does something else than it should
prove.py       what servers and browser say of a planted fault
bank.py        the bank as it is stored (bank.jsonl), and its programs
make.py        python -m evals.faults.make: plants, proves and stores it

A fault is stored as cuts in a clean program, which the offline model's archetypes give again; so the bank is small, and
says of itself when an archetype has changed under it.
"""
