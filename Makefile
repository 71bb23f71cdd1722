# make run    the pages in the browser        make test   everything is tested
# make check  style, types, imports           make bench  speed, side by side with the alternatives
# make setup  the environment in .venv        make lock   new versions into the lock files
# make clean  remove what was made, not the store in var/
#
# PORT=8600 and STORE=… (a file, or postgresql+psycopg://…) go to `make run`; ARGS="-k snap" to `make test`;
# PYTHON=python3.12 names the interpreter for a new environment.

.PHONY: help setup run test check bench lock clean
.DEFAULT_GOAL := help
export PYTHON STORE

BIN := .venv/bin
STORE_OPTION = $(if $(STORE),--store "$$STORE")
# A file stays in one process, so that what its tests share is made once; ARGS="-n 0" runs everything in one.
ON_EVERY_CORE = --numprocesses auto --maxprocesses 8 --dist loadfile --no-loadscope-reorder
PORT_OPTION = $(if $(PORT),--port "$(PORT)")
COMPILE = uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-annotate --quiet $(ARGS)

help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

setup:
	@sh tools/setup.sh

run: setup
	@$(BIN)/python tools/first_data.py $(STORE_OPTION)
	@$(BIN)/rongtu serve $(STORE_OPTION) $(PORT_OPTION)

test: setup
	@sh tools/system-packages.sh
	@$(BIN)/python -m pytest $(ON_EVERY_CORE) $(ARGS)

check: setup
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: setup
	@$(BIN)/python tools/environment.py --add requirements-bench.lock
	@for bench in tests/bench/bench_*.py; do PYTHONPATH=tests/support $(BIN)/python "$$bench" $(ARGS) || exit 1; done

# Needs uv. ARGS=--upgrade takes the newest versions that pyproject.toml allows.
lock:
	$(COMPILE) --extra dev --output-file requirements.lock
	$(COMPILE) --extra dev --extra bench --constraint requirements.lock --output-file requirements-bench.lock

clean:
	rm -rf .venv build rongtu.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find geo layers data app tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
