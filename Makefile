# Every target is what a person types; CI calls the same ones.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help install dev demo test test-fast check bench bench-booking bench-knowledge torture format lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 17

install: $(VENV)/.installed ## Make .venv and install Chairside from the hashed requirements.lock

demo: $(VENV)/.installed ## Place a real simulated phone call that ends in a booking
	@$(BIN)/chairside demo

dev: $(VENV)/.dev-installed ## As install, and the tools that tests and checks need

# More workers than cores: calls take place in real time, and most of that is waiting.
WORKERS ?= 3
test: $(VENV)/.dev-installed ## Run the test suite (WORKERS=)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

test-fast: $(VENV)/.dev-installed ## Run the tests of units and contracts alone
	@$(BIN)/python -m pytest -n 2 --dist loadgroup tests/unit tests/contract

check: $(VENV)/.dev-installed ## Run the linters, the strict type checks and the import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@if [ -x $(BIN)/hadolint ]; then $(BIN)/hadolint Dockerfile; \
	else echo "hadolint is not built for this machine; the Dockerfile was not linted"; fi

bench: $(VENV)/.dev-installed ## Measure calls beside bare pipecat, and print the ratios
	@$(BIN)/python -W ignore -m tests.benchmarks.bench_calls

bench-booking: $(VENV)/.dev-installed ## Measure what the relay adds to a platform's own time, and bookings per second
	@$(BIN)/python -W ignore -m tests.benchmarks.bench_booking

ROUNDS ?= 10000
FROM ?= 0
DATABASE ?= both
torture: $(VENV)/.dev-installed ## Kill servers in mid-booking 10,000 times (ROUNDS=, SEED=, FROM=, DATABASE=)
	@$(BIN)/python -W ignore -m tests.benchmarks.torture_bookings --rounds $(ROUNDS) --from $(FROM) \
	  --database $(DATABASE) $(if $(SEED),--seed $(SEED))

bench-knowledge: $(VENV)/.dev-installed ## Measure searches in files beside bare bm25s, and uploads
	@$(BIN)/python -W ignore -m tests.benchmarks.bench_knowledge
	@$(BIN)/python -W ignore -m tests.benchmarks.bench_upload

format: $(VENV)/.dev-installed ## Format the code and mend what the linter can
	@$(BIN)/ruff check --fix-only -q .
	@$(BIN)/ruff format .

LOCK := -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links
lock: $(VENV)/.dev-installed ## Renew the lock files from pyproject.toml
	@$(BIN)/uv pip compile $(LOCK) requirements-bootstrap.in -o requirements-bootstrap.lock
	@$(BIN)/uv pip compile $(LOCK) pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile $(LOCK) -c requirements.lock --group dev -o requirements-dev.lock

clean: ## Remove .venv and the caches
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/uv: requirements-bootstrap.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Chairside needs Python 3.11 or newer; this is $$($(PYTHON) -V). Try: make PYTHON=python3.12"; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) -V) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-bootstrap.lock
	@touch $(BIN)/uv

$(VENV)/.installed: $(BIN)/uv requirements.lock pyproject.toml
	@echo "Installing $$(grep -c '==' requirements.lock) packages from requirements.lock (about 1 GB on disk; a few minutes the first time) …"
	@$(BIN)/uv pip install --python $(BIN)/python --compile-bytecode --require-hashes -r requirements.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev-installed: $(VENV)/.installed requirements-dev.lock
	@$(BIN)/uv pip install --python $(BIN)/python --compile-bytecode --require-hashes -r requirements-dev.lock
	@touch $@
