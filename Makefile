# Two commands: `make demo` and `make test`. Both set up .venv first, from locked and hashed versions.
PYTHON ?= python3
VENV := .venv
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check --quiet

.PHONY: help demo test lint bench screenshots lock clean

# Tests wait for processes of their own half of the time: three at once keep two processors busy.
TEST_PROCESSES ?= 3

# Where the corpus of news pages lies, for those benchmarks that need one.
CORPUS ?= ../shared/corpus

help:
	@echo "make demo   install into .venv, crawl the bundled example site into ./seogo-data, show what was found"
	@echo "make test   install into .venv, run ruff, mypy --strict and pytest"
	@echo "make bench  measure side by side with other tools, each in its own environment; prints Markdown tables"
	@echo "make screenshots   take the pictures in docs/screenshots anew (needs Chromium)"
	@echo "make lock   resolve the locked requirements anew (needs uv)"
	@echo "make clean  remove .venv and caches; ./seogo-data stays"

demo: $(VENV)/.run-ready
	$(VENV)/bin/seogo demo

# Files side by side, in the order of their folders: those that wait longest stand first.
test: lint
	$(VENV)/bin/pytest -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.dev-ready
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

bench: $(VENV)/.dev-ready
	$(VENV)/bin/python -m benchmarks $(if $(wildcard $(CORPUS)/score.py),--corpus $(CORPUS))

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Seogo needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run-ready: requirements/run.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements/run.lock
	$(PIP) install --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/.dev-ready: requirements/dev.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements/dev.lock
	$(PIP) install --no-build-isolation --no-deps -e .
	@touch $@ $(VENV)/.run-ready

screenshots: $(VENV)/.dev-ready
	$(VENV)/bin/python tests/browser/screenshots.py

LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet
lock:
	$(LOCK) --extra build pyproject.toml -o requirements/run.lock
	$(LOCK) --extra build --extra dev pyproject.toml -o requirements/dev.lock

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache
