"""What a program's texts refer to: its tags, style sheets, scripts and the files that they name, with their places.

Ground floor: `tasks.bundle` makes one page of a program with it, and rooms read pages with it. It takes texts, gives
`Part`s, and knows no room.
"""
