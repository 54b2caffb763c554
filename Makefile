PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8080

.PHONY: run test build lint clean schema questions

run: build
	$(BIN)/sanctuary serve --port $(PORT)

build: .venv/installed
	$(BIN)/sanctuary build

test: .venv/installed
	$(BIN)/python -m pytest

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

schema: .venv/installed
	$(BIN)/sanctuary schema > data/record.schema.json

# Shows where questions give other answers than queries/competency/expected; WRITE=yes writes the new ones down.
questions: build
	$(BIN)/python -m tests.expected_answers $(if $(WRITE),--write)

.venv/installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Sanctuary KG needs Python 3.11 or later; this is " + sys.version.split()[0] + ". Set PYTHON=.") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache
