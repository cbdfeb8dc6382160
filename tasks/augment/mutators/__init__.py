"""Mutators by family: each looks at a node of the tree and offers texts that a weaker programmer would have written.

A mutator's docstring says what the fault does to a person and where such faults are known from. What no measure sees is
not here.

    function.py       what a script reckons and decides     state.py     what it hears and shows
    content.py        what a page says, and leaves standing  memory.py    what it remembers and forgets
    interaction.py    keys, focus, second presses            loops.py     what may be left out, and what may not end
    visual.py         colours, sizes, places                 layout.py    where parts stand
    screens.py        widths that fit one window
    performance.py    late
    accessibility.py  not announced, or as what it is not
    code.py, style.py, markup.py                             a place as mutators see it, and what to offer there
    mutator.py, page.py, script.py, colour.py                what they are made of
"""
