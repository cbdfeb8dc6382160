"""Augment: from a clean program to four versions of it whose measured order is strict and even.

Takes a `Proven` program, gives a `Ladder` or a reason. It never renders: `search` proposes programs and learns from
what the flow
had rendered, so it is a pure state machine that can be stored, resumed and repeated.

    site.py       a place in a program, the texts that can stand there, and programs with them put in
    syntax.py     syntax trees, inline style and script included
    mutators/     the kinds of edit, by family
    find.py       where a program can be edited, best places first
    author.py     a model as second author: edits it proposes, and which of them are kept
    place.py      where a model may put its wordings, and what may stand there
    belief.py     what measured versions say about every variant's effect
    assign.py     which variants make four versions of even quality, as far as is believed
    search.py     begin, propose, learn, conclude
    accept.py     the rules of a ladder
    batch.py      the same for a batch of candidates, as files of JSON lines
    task.py       batch.py as Prefect tasks; its docstring shows the loop
"""
