# The tasks of this project. `make help` lists them.
#
# Setting up needs Python 3.11+ and make. The installer (uv) is itself installed from the package
# index, pinned by hash: the pip that comes with some Pythons crashes on larger resolutions.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
LOCK := requirements/dev.txt
COMPILE := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

# Most tests wait for processes and sockets: two at once on each core.
WORKERS = $(shell $(BIN)/python -c 'import os; print(2 * (os.cpu_count() or 1))')

.PHONY: help setup run test soak check lock demo docs bench clean
help:  ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP)  ## create .venv with all that running, testing and checking need

$(STAMP): requirements/dev.txt requirements/installer.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and f"Python 3.11 or newer is needed, {sys.executable} is {v[0]}.{v[1]}: make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/installer.txt
	$(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode --python $(BIN)/python $(LOCK) requirements/installer.txt
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	@touch $@

run: setup  ## poll the configured sources once and archive what is new
	$(BIN)/scraper --config config/scraper.toml once

test: setup  ## run the tests, on every core; those that measure time after the others
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "not soak and not alone"
	$(BIN)/python -m pytest -m "alone and not soak"

soak: setup  ## the tests that take minutes: hostile pages, kills, lost power, full disks; ROUNDS=… of each
	$(BIN)/python -m pytest -m soak

check: setup  ## lint, format, types, import directions, lock files
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python requirements/check.py

lock: setup  ## resolve the dependencies of pyproject.toml anew
	$(BIN)/uv pip compile $(COMPILE) --all-extras pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile $(COMPILE) --all-extras --group dev pyproject.toml -c requirements/run.txt -o requirements/dev.txt
	$(BIN)/uv pip compile $(COMPILE) --group peers -o bench/peers.txt
	$(BIN)/python requirements/check.py --write

demo: setup  ## archive a small built-in news site in front of your eyes; needs no network
	$(BIN)/scraper demo

docs: setup  ## write the reference in docs/ anew from what the program says of itself
	$(BIN)/python -m docs.pages

bench: setup  ## measure start-up, journey, writing, extraction beside their peers; ONLY=… one of them
	$(BIN)/python -m bench.run $(if $(ONLY),--only $(ONLY))

clean:  ## remove what set-up and the tools made; the archive stays
	rm -rf $(VENV) bench/.peers .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage
