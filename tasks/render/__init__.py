"""The render room: a program and its checks go in, what the page did in a real browser comes out.

Takes `RenderOrder`s, gives `Render`s: verdicts, errors, measures, quality, hashes, a screenshot.

    browser.py   finds and launches a Chromium with everything closed that a page could get out by
    jail.py      the layers round it that the machine allows; jail.sh starts it in them
    cell.py      one page in it: loads a program, asks the probe, ends what hangs
    examine.py   the loads of one order, and the `Render` they make
    journey.py   everything tried on the clean program, and done again on its versions
    divergence.py  what a version does otherwise than the clean program
    desk.py      a place in the pool: one cell that sees, one that is blind
    pool.py      `RenderPool`: many callers, a few desks, a time box each
    patience.py  waiting that a busy machine does not cut short
    work.py      what a callback keeps a processor busy with, as a count
    counter.py   the same for the jobs of one load, as they are read
    quality.py   measures and verdicts to q, or to the score where there is no clean program
    worth.py     which checks are not vacuous
    task.py      the Prefect task
    shim.js      the stepped clock, in the page's world
    tally.js     a part of it in a load that counts: what the browser's own functions come to
    find.js, hands.js, eyes.js, watch.js, layout.js, explore.js, probe.js   the probe, in a world of its own; explore.js
                 knows what there is to try, and what is to be seen of it
"""
