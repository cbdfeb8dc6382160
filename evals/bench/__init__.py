"""How fast, and beside what: each bench runs ours and the alternative in one go, and says the ratio.

figures.py   the figures of a bench: a table, a JSON file, a comparison with an older one
footprint.py processor time and memory of this process and all that it started
pages.py     pages to try: the offline model's, or a folder's
render.py    rendered and checked versions a minute, beside a fresh context in full Chromium for each
diagnose.py  milliseconds a program, beside `npx eslint --stdin`
generate.py  accepted tasks a minute, and processor time of each by stage
"""
