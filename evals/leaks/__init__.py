"""What tells the order of four versions, to whom: attackers who may do ever more, and how sure it is how well they do.

keys.py        reads: the four texts are one but for the key, and keys look random
judge.py       reads, or runs the loader and reads: a model that is shown the four versions
text.py        runs the loader and reads: a program as canonical tokens, and its raw looks
columns.py     where four texts differ
distance.py    edit distance, compression distance, and the order that distances suggest
looks.py       attackers that score a text by one thing about it
words.py       attackers that learn which words are telling
boost.py       gradient boosting over pairs, with folds held out by base page and by kind of edit
attack.py      all of these statistics over many ladders
touchless.py   loads and does not touch: what a page shows by itself
run.py         the eval: all of them, and what use tells
report.py      tables, plots, page
"""
