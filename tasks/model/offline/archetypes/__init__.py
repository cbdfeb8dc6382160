"""Kinds of page: one folder each with `page.py` (what it is) and three Jinja templates; the offline model parameterises them."""
