"""The report room: takes the facts of a run, gives one self-contained HTML page for a person to look at.

facts.py      what the page is made of, and the figures that follow from it
plot.py       the plots, as SVG
page.py       the page
page.html     its template
"""
