# `make demo` and `make test` do all of their own set-up; the second time it takes a moment (stamps: setup/install.py).
PYTHON ?= python3
TASKS ?= 8
PERSONAS ?= starter
OUT ?= data/demo
PYTEST_ARGS ?= -q -n 2 --dist worksteal --durations=12

.PHONY: demo test check bench clean setup

demo: setup  ## personas to ranked tasks through every stage, with the offline model: TASKS=8 PERSONAS=starter OUT=data/demo
	@.venv/bin/dojo generate --tasks $(TASKS) --personas $(PERSONAS) --out $(OUT)

test: setup  ## the whole suite: PYTEST_ARGS=...
	@.venv/bin/python -m pytest $(PYTEST_ARGS)

check: setup  ## lint, format, types
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

bench: setup  ## what evals/ measures
	@for one in render diagnose generate gateway; do .venv/bin/dojo bench $$one || exit; done

clean:  ## what the targets above installed and cached; your data/ stays
	@rm -rf .venv .cache setup/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage *.egg-info
	@find . -name __pycache__ -type d -not -path './data/*' -prune -exec rm -rf {} +
	@echo "removed .venv, setup/node_modules and caches; data/ is as it was"

setup:
	@$(PYTHON) setup/install.py
