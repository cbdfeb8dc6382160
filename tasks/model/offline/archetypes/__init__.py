"""Kinds of page, a folder each: `page.py` says what it is, three Jinja templates are its files."""
