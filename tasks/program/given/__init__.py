"""Pages that exist already, with or without their problems: what `--programs` names, read and checked whole.

read.py     `read_programs`: a place in, `Programs` out
entries.py  what a folder holds, here or behind an fsspec URL: hidden names and links that lead out are not followed
folder.py   a page from a folder, and the pages of a folder of folders
table.py    pages from the rows of Parquet and of JSON lines
page.py     one page: which names, sizes and texts its files may have
problem.py  one problem: the project's record, or one without an id and a topic
"""
