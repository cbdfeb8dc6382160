"""Prefect flows: the only place where rooms meet. They read top to bottom as the data's path.

generate.py       personas in, shards of ranked tasks out; a run is a row of batches
prove.py          a batch's programs made clean: diagnosed, rendered, repaired, their checks weighed
rank.py           a batch's programs made ladders: candidates taken to the browser and back
publish.py        a dataset made into what the Hub takes
chosen.py         the settings of a run, as a file and the command line choose them
given.py          pages that exist already on their way into a run, in place of personas
order.py          what a run is asked for, checked before anything is spent
progress.py       what a run has done so far, on disk and on screen
meter.py          seconds and CPU-seconds by stage
doctor.py         what a run needs, and whether it is there
probe.py          the models asked once in each way
local_server.py   a Prefect server of the run's own, where none is configured
start.py          from a command to a flow and back
cli.py            the command `dojo`, a thin door over all of it
measures.py       its `eval` and `bench`
"""
