"""Whether accepted ladders hold what they promise: order, evenness, spread, families, and what they cost.

books.py       what the dataset and its runs' folders say of yield, renders, seconds and tokens
figures.py     what rendering everything once more says, and all figures against their goals
plots.py       the plots
run.py         the eval: table, plots, page
"""
