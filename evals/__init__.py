"""What is measured: each module a command, each figure beside how it was taken.

leaks/        `dojo eval leaks`: what tells the order of four versions, and to whom
natural/      `dojo eval natural`: what each kind of edit leaves in the code
people/       `dojo eval people`: whether the measured order is the one that raters see; ratings/ holds rated tasks
ladder/       `dojo eval ladder`: whether accepted ladders are what they promise, and what they cost
diagnosis/    `dojo eval diagnose`: what the servers see of planted faults, and what they flag on clean pages
repairs/      `dojo eval repair`: repair strategies on the same faults with the same tokens
sides/        `dojo eval generate`: two settings on the same candidates
faults/       the bank of faulty programs, and how it is made
dedupe.py     how near near-duplicates are, and honest pages of one kind
bench/        `dojo bench`: how fast rendering, diagnosing and the whole are, beside the alternative

ladders.py    accepted ladders as the evals take them
again.py      pages rendered once more, and kept
lines.py      a file that grows by a line whenever something is done
stats.py      how well scores tell an order, and how sure that is
paper.py      table, plots and page
door.py       the way to the models
experiment.py an eval in Langfuse: its cases, and a run over them
pace.py       a line now and then while something long goes on
"""
