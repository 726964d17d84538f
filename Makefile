# Every target is what a person types; CI calls the same ones.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help install install-cloud extra dev demo test test-fast test-browser check bench bench-booking bench-capacity bench-ceiling bench-console bench-consent bench-danger bench-dialogue bench-knowledge bench-statements torture torture-calls rolling-restart fault-matrix simulate-monday train-meaning train-search format lock sbom clean rehearse

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 17

# Compiled once here, or by each process that imports a package first: COMPILE= installs sooner.
COMPILE ?= --compile-bytecode
install: $(VENV)/.installed ## Make .venv and install Chairside from the hashed requirements.lock

install-cloud: $(VENV)/.cloud-installed ## As install, with the vendors' libraries and without the local speech

EXTRAS := anthropic azure deepgram google local openai postgres
extra: $(BIN)/uv ## Add what a choice by name needs (NAME=local, deepgram, anthropic, azure, google)
	@echo ' $(EXTRAS) ' | grep -q ' $(NAME) ' || { echo "Which one? make extra NAME= one of: $(EXTRAS)"; exit 1; }
	@$(BIN)/uv pip install --python $(BIN)/python -c requirements.lock -c requirements-cloud.lock \
	  --no-build-isolation -e '.[$(NAME)]'

demo: $(VENV)/.installed ## Place a real simulated phone call that ends in a booking
	@$(BIN)/chairside demo

dev: $(VENV)/.dev-installed ## As install, and the tools that tests and checks need

# First what computes, then what takes place in real time: a call should not wait for a processor that computes.
# What fails beside others is run once more by itself; what fails then has failed.
# Many wait for a clock or another process: more workers than processors keep those busy.
WORKERS ?= 4
CALLS ?= 8
ALONE := -n 0 --last-failed --last-failed-no-failures none --maxfail 10
# Each worker collects what it is given, which takes ten seconds for the whole suite.
AUDIO = $(sort $(shell grep -rl --include='test_*.py' 'mark\.audio' tests))
test: $(VENV)/.dev-installed ## Run the test suite (WORKERS= at once, of calls CALLS=)
	@failed=0; \
	run() { \
	  marked="$$1" workers="$$2"; shift 2; \
	  $(BIN)/python -m pytest -n "$$workers" --dist loadgroup -m "$$marked" "$$@" && return; \
	  [ $$? = 1 ] || { failed=1; return; }; \
	  echo "== What failed beside others, once more by itself"; \
	  $(BIN)/python -m pytest $(ALONE) -m "$$marked" "$$@" || failed=1; \
	}; \
	run "not (audio or browser)" $(WORKERS); \
	run audio $(CALLS) $(AUDIO); \
	exit $$failed

test-fast: $(VENV)/.dev-installed ## Run the tests of units and contracts alone
	@$(BIN)/python -m pytest -n 2 --dist loadgroup tests/unit tests/contract

test-browser: $(VENV)/.dev-installed ## Drive the console in Chromium, which has to be there
	@command -v chromium chromium-browser google-chrome >/dev/null \
	  || { echo "There is no Chromium. Get it with: apt-get install chromium"; exit 1; }
	@$(BIN)/python -m pytest -n 0 -m browser tests/browser

check: $(VENV)/.dev-installed ## Run the linters, the strict type checks and the import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@if [ -x $(BIN)/hadolint ]; then $(BIN)/hadolint Dockerfile; \
	else echo "hadolint is not built for this machine; the Dockerfile was not linted"; fi

rehearse: $(VENV)/.installed ## Let simulated patients talk with the bot by text, and judge what they leave behind (FILES=)
	@$(BIN)/chairside rehearse $(FILES)

bench: $(VENV)/.dev-installed ## Measure calls beside bare pipecat, and print the ratios
	@$(BIN)/python -W ignore -m tests.benchmarks.bench_calls

bench-capacity: $(VENV)/.dev-installed ## Ramp calls until their answers come late, print calls a core, write capacity.svg
	@$(BIN)/python -W ignore -m tests.benchmarks.bench_capacity

bench-ceiling: $(VENV)/.dev-installed ## Measure partners' bookings and answers while calls are at their ceiling (AT="8 16")
	@$(BIN)/python -W ignore -m tests.benchmarks.bench_ceiling $(if $(AT),--calls $(AT))

bench-booking: $(VENV)/.dev-installed ## Measure what the relay adds to a platform's own time, and bookings per second
	@$(BIN)/python -W ignore -m tests.benchmarks.bench_booking

bench-consent: $(VENV)/.dev-installed ## Measure which answers to a read-back count as agreement
	@$(BIN)/python -W ignore -m tests.benchmarks.bench_consent

bench-console: $(VENV)/.dev-installed ## Measure how long the pages of the console take
	@$(BIN)/python -W ignore -m tests.benchmarks.bench_console

ROUNDS ?= 10000
FROM ?= 0
DATABASE ?= both
torture: $(VENV)/.dev-installed ## Kill servers in mid-booking 10,000 times (ROUNDS=, SEED=, FROM=, DATABASE=)
	@$(BIN)/python -W ignore -m tests.benchmarks.torture_bookings --rounds $(ROUNDS) --from $(FROM) \
	  --database $(DATABASE) $(if $(SEED),--seed $(SEED))

bench-danger: $(VENV)/.dev-installed ## Measure how well danger is recognised, by kind, and what a sentence costs
	@$(BIN)/python -W ignore -m tests.benchmarks.bench_danger

bench-dialogue: $(VENV)/.dev-installed ## Measure how long the local receptionist takes to decide
	@$(BIN)/python -W ignore -m tests.benchmarks.bench_dialogue

WORLDS ?= all
torture-calls: $(VENV)/.dev-installed ## Fail everything under whole calls (ROUNDS=2000, SEED=, WORLDS=all|sqlite|postgres|model)
	@$(BIN)/python -W ignore -m tests.benchmarks.torture_calls --worlds $(WORLDS) \
	  --rounds $(if $(filter 10000,$(ROUNDS)),2000,$(ROUNDS)) $(if $(SEED),--seed $(SEED))

AT_ONCE ?= 8
rolling-restart: $(VENV)/.dev-installed ## Replace servers one after the other under eight calls (AT_ONCE=)
	@ROLLING_CALLS=$(AT_ONCE) $(BIN)/python -m pytest -q -n 0 tests/e2e/test_rolling_restart.py

fault-matrix: $(VENV)/.dev-installed ## Play each fault once, and write docs/faults.md
	@$(BIN)/python -W ignore -m tests.benchmarks.torture_calls --matrix

bench-knowledge: $(VENV)/.dev-installed ## Measure searches in files beside bare bm25s, and uploads
	@$(BIN)/python -W ignore -m tests.benchmarks.bench_knowledge
	@$(BIN)/python -W ignore -m tests.benchmarks.bench_upload

bench-statements: $(VENV)/.dev-installed ## Measure what may be said: false statements stopped, true ones replaced
	@$(BIN)/python -W ignore -m tests.benchmarks.bench_statements $(if $(SHOW),--show)

PRACTICES ?= 100
PLACES ?= 30
simulate-monday: $(VENV)/.dev-installed ## Simulate a Monday morning: calls refused on so many servers (PRACTICES=, PLACES=)
	@$(BIN)/python -m tests.benchmarks.simulate_monday --practices $(PRACTICES) --places $(PLACES)

train-meaning: $(VENV)/.dev-installed ## Learn what sentences mean from the examples in language/meaning (TASK=, CHECK=--check)
	@$(BIN)/python -m language.meaning.training $(TASK) $(CHECK)

train-search: $(VENV)/.dev-installed ## Learn from the sets of questions in tests/data when a passage answers
	@$(BIN)/python -m tests.benchmarks.train_search

format: $(VENV)/.dev-installed ## Format the code and mend what the linter can
	@$(BIN)/ruff check --fix-only -q .
	@$(BIN)/ruff format .

LOCK := -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links
SHIPPED := pyproject.toml --extra openai --extra postgres
VENDORS := --extra anthropic --extra azure --extra deepgram --extra google
lock: $(VENV)/.dev-installed ## Renew the lock files from pyproject.toml
	@$(BIN)/uv pip compile $(LOCK) requirements-bootstrap.in -o requirements-bootstrap.lock
	@$(BIN)/uv pip compile $(LOCK) $(SHIPPED) --extra local -o requirements.lock
	@$(BIN)/uv pip compile $(LOCK) -c requirements.lock $(SHIPPED) $(VENDORS) -o requirements-cloud.lock
	@$(BIN)/uv pip compile $(LOCK) -c requirements.lock -c requirements-cloud.lock --group dev -o requirements-dev.lock

sbom: $(VENV)/.installed ## Write sbom.cdx.json: what requirements.lock installs (CycloneDX; LOCK_FILE=)
	@$(BIN)/python deploy/sbom.py $(LOCK_FILE) > sbom.cdx.json

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
	@$(BIN)/uv pip install --python $(BIN)/python $(COMPILE) --require-hashes -r requirements.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.cloud-installed: $(BIN)/uv requirements-cloud.lock pyproject.toml
	@$(BIN)/uv pip install --python $(BIN)/python $(COMPILE) --require-hashes -r requirements-cloud.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev-installed: $(VENV)/.installed requirements-dev.lock
	@$(BIN)/uv pip install --python $(BIN)/python $(COMPILE) --require-hashes -r requirements-dev.lock
	@touch $@
