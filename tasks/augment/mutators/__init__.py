"""Mutators by family: each looks at a node of the syntax tree and offers texts that can stand there.

A mutator's docstring says what its harm does to a person, which measure moves, and what its twins are. Every mutator
offers at least two twins and two harms, so that four versions can carry four different texts at its site.

    function.py       what a script does, wrongly            state.py    what it shows and keeps, wrongly
    performance.py    late, standing still, in jerks
    visual.py         hard to read, covered, cut off
    accessibility.py  not announced, or as what it is not
"""
