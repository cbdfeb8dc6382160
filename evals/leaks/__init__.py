"""Whether the order of four versions can be told from their texts: attackers try, and intervals say how well they do.

text.py        a program as canonical tokens, and its raw looks: comments, names, numbers
columns.py     where four texts differ
distance.py    edit distance, compression distance, and the order that distances suggest
looks.py       attackers that score a text by one thing about it
words.py       attackers that learn which words are telling
boost.py       gradient boosting over pairs, with folds held out by base page and by kind of edit
judge.py       a model that is shown the four texts
menus.py       a text with every reference replaced by what it stands for
restore.py     the original again, and the predecessor's construction from it
touchless.py   what a page shows when nobody touches it
attack.py      all of them over many ladders
run.py         the eval: table, plots, page
"""
