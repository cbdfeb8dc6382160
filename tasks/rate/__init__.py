"""The rate room: takes public rows of tasks, gives a pack that people rate blind; takes their files, gives rated tasks.

ratings.py    the folder of rated tasks, read
"""
