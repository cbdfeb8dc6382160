"""The diagnose room: takes a `Program`, gives `Findings`; takes findings and a render, gives a repaired `Written`, or a
`Rejected`.

wire.py         JSON-RPC to one language server's process
pool.py         warm servers: TypeScript 7, CSS, HTML
syntax.py       tree-sitter trees of HTML, CSS and JavaScript, and places in them
page.py         a program as a browser meets it: elements, scripts, styles and handlers, with their places
names.py        what a page's scripts declare, assign and test for
script.py       all scripts of a page as the server sees them, and the way back to the author's lines
triage.py       which of the server's words mean a broken page
arity.py        calls of the page's own functions that lack what those can't do without
markup.py       tags that are not closed, or closed twice
crosscheck.py   what no server sees: ids, classes and files that exist on one side only
policy.py       what a page must not do: leave itself, store, evaluate, interrupt
servers.py      all of it for one program
verdict.py      whether a program is clean, and why not
patch.py        search/replace edits
repair.py       one round of repair
strategy/       how the model is asked for it
task.py         the room as Prefect tasks
"""
