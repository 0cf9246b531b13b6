# `make demo` and `make test` are all that a newcomer needs; each sets itself up.
.PHONY: demo test test-engine lint format bench docs score clean constraints help
.DEFAULT_GOAL := help

run := .venv/bin/python

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 14

demo: ## check the five examples, show every failure with its fix, mend them by rehearsal (no engine needed)
	@tools/set-up run
	@$(run) tools/demo.py

test: ## all tests; those that need an engine run when there is one
	@tools/set-up dev
	@$(run) tools/run_tests.py

lint: ## ruff and mypy --strict
	@tools/set-up dev
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

format:
	@tools/set-up dev
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

bench: ## how fast it is, measured (start-up as a user has it: without what tests need)
	@tools/set-up dev
	@VENV=build/user tools/set-up run
	@$(run) tools/bench.py

docs: ## the documentation, in build/docs
	@tools/set-up dev
	@.venv/bin/sphinx-build -q -W --keep-going -b html docs build/docs
	@echo "build/docs/index.html"

score: ## how right it is on real failures
	@tools/set-up dev
	@$(run) tools/score.py

pins = .venv/bin/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
  --python-version 3.11 pyproject.toml tools/build-requires.txt
constraints: ## renew constraints.txt and constraints-run.txt
	@tools/set-up dev
	@$(pins) --extra dev --upgrade -o constraints.txt
	@$(pins) --constraint constraints.txt -o constraints-run.txt

clean:
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis
