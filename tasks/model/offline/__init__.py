"""The offline model: a stand-in provider that writes real pages with real mistakes, to try everything without a key.

Takes OpenAI-shaped chat requests over HTTP and answers from the request alone; it never asks anyone else.

    server.py      runs it as a child process            app.py        the HTTP side, in OpenAI's shapes
    reply.py       a request's content to a reply        request.py    the fenced blocks of a request
    author.py      problems, and programs for them       archetype.py  folders of templates
    flavour.py     themes, palettes, titles, settings    mistakes.py   what models get wrong, as edits of text
    mend.py        repair by patches                     plan.py       what to look at before a repair
    edits.py       edits of a clean page, by places     disputes.py    checks that their statement contradicts
    lapses.py      replies that are not what was asked for
    rewordings.py  how an expression is said otherwise, and how wrongly
"""
