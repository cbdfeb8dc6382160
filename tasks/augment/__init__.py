"""Augment: from a clean program to four versions of it whose measured order is strict and even.

Takes a `Proven` program, gives a `Ranked` task or a reason. It never renders: `search` proposes programs and learns
from what the flow had rendered, so it is a pure state machine that can be stored, resumed and repeated.

    site.py       a place in a program, the texts that can stand there, and programs with them put in
    syntax.py     syntax trees, inline style and script included
    mutators/     the kinds of edit, by family
    find.py       where a program can be edited, best places first
    author.py     a model as second author: edits it proposes, and which of them are kept
    place.py      where a model's edit goes, and what may stand there
    blame.py      which checks each edit fails, as far as measured versions tell
    belief.py     what measured versions say about every edit's effect
    assign.py     which edits make four versions of even quality, as far as is believed
    plan.py       what to measure next, and whether four are a ladder
    state.py      all there is to know about a search
    search.py     begin, propose, learn, and what it has come to
    accept.py     the rules of a ladder
    task.py       the search and the author as Prefect tasks
"""
