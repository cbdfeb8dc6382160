"""The rate room: takes public rows of tasks, gives a pack that people rate blind; takes their files, gives rated tasks.

pack.py       which tasks, the order of their pages, and the folder that raters get
form.py       the form that they open, as one HTML text: form.html with form.css, kept.js, frames.js and form.js
answer.py     a file that a rater saved, checked against the dataset
join.py       raters' files joined with the order that was measured
ratings.py    the folder of rated tasks, read
swap.py       a folder that changes as a whole
"""
