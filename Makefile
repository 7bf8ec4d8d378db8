# Everything a new machine needs is python3.11, pip, make and git; the rest is set up here.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
export UV_COMPILE_BYTECODE := 1

.DEFAULT_GOAL := help
.PHONY: help setup lock demo test check fix generate nightly airflow bench wheelhouse offline-install offline-test

help:  ## Show what can be run
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.ready  ## Create .venv with the locked packages and the ocop command

# Bytecode is compiled at set-up: without it every process pays it again at import (2 to 6 times slower).
$(VENV)/.ready: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	touch $@

lock: setup  ## Write requirements.lock again from pyproject.toml
	$(BIN)/uv pip compile --quiet --python-version 3.11 --extra dev --extra server --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" pyproject.toml --output-file requirements.lock

demo: setup  ## Run both DAGs on the samples, through to a signed report
	$(BIN)/python -m pipeline.demo

# A file stays whole: its fixtures are homes that have lived through a night. Files begin as they are collected, not
# those with most tests first: the long ones of dags/ and flow/ have few, and the short ones of unit/ fill up the end.
test: setup  ## Run the whole test suite, on two cores
	$(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

check: setup  ## Check format, lint and freshness of generated files; changes nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/sqlfmt --check --quiet dbt_project
	$(BIN)/yamllint --strict .
	$(BIN)/ocop generate --check

fix: setup  ## Repair format and lint, write generated files again
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfmt --quiet dbt_project
	$(BIN)/ocop generate

nightly: setup  ## One nightly run on the data home (OCOP_HOME, default ./var)
	$(BIN)/ocop nightly

airflow: setup  ## Start Airflow on this machine with SQLite metadata (Ctrl-C stops it)
	$(BIN)/python -m pipeline.airflow_local

bench: setup  ## Measure the speed goals and print them as a table
	PYTHONPATH=tests $(BIN)/python tests/bench.py

# All of the lock as wheels, and what pip needs to install the project itself: for a server without a network.
WHEELHOUSE ?= wheelhouse
wheelhouse: setup  ## Collect every locked package as a wheel in wheelhouse/
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
		--require-hashes --requirement requirements.lock --dest $(WHEELHOUSE)
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
		'setuptools>=80' --dest $(WHEELHOUSE)

offline-install:  ## Create .venv from wheelhouse/ alone, without a network and without uv
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-index --find-links $(WHEELHOUSE) \
		--require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-index --find-links $(WHEELHOUSE) \
		--no-deps --editable .
	touch $(VENV)/.ready

offline-test: wheelhouse  ## Install, demo and a smoke of the tests with the network switched off
	.ci/offline
