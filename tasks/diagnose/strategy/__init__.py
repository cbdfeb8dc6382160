"""How a faulty program is repaired: one interface, chosen by `settings.repair.strategy`.

`none` asks nobody; the others take a `Case` and give a `Proposal`, so that what differs between them is only what the
model is asked, and in how many calls.

case.py      what every strategy is given and gives back, and what the prompts are filled with
single.py    `direct` (patches at once) and `cot` (reasons first): one call
rewoo.py     `rewoo`: a plan of what to look at, the looks, then one call that solves
tools.py     the tools of such a plan, and what each call of one gives
reading.py   those that only read the program: lines, syntax tree, search, outline
"""
