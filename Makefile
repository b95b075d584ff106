# Every target sets up what it needs; `make help` lists them. What a command prints goes to standard output,
# what make says of its own steps to standard error.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
export PIP_DISABLE_PIP_VERSION_CHECK := 1

ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# A real Matrix homeserver for the tests, in a venv of its own: none of its packages is one of ours.
SYNAPSE := .venv-synapse
SYNAPSE_LOCK := tests/support/synapse/requirements.lock
SYNAPSE_READY := $(SYNAPSE)/.ready
PYTHON ?= $(shell command -v python3.11 || command -v python3)
CODE := bot cogs tests migrations benchmarks tools
# Branch coverage is a rule for the rooms where a miss would lose somebody's words.
COVERED := bot/core/*,bot/scheduler.py,bot/outbox.py
# Most of a test is waiting: for a browser, a homeserver, a bot that starts anew. Two cores serve four, and
# five where some wait for minutes; six cost a tenth more time of the processor and end no sooner.
WORKERS := 4
test-slow test-all: WORKERS := 5
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --quiet
step = @echo "--- $(1)" >&2

.PHONY: help demo demo-discord demo-matrix run test test-slow test-all coverage check bench audit lock screenshots container reference tongues format clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

demo: $(READY) ## Watch an hour's chat in a minute (ARGS="--exit --json")
	@$(BIN)/edchat demo $(ARGS)

demo-discord: $(READY) ## The same hour on a little Discord of our own, told line by line
	@$(BIN)/python -m tools.demo_discord $(ARGS)

demo-matrix: $(READY) $(SYNAPSE_READY) ## The same hour on a homeserver of our own, told line by line
	@$(BIN)/python -m tools.demo_matrix $(ARGS)

run: $(READY) ## Run the bot (ARGS: see `edchat run --help`)
	@$(BIN)/edchat run $(ARGS)

test: $(READY) $(SYNAPSE_READY) ## Run the tests that take seconds (ARGS="-k label" chooses)
	$(call step,tests)
	@$(PYTEST) -m "not slow" $(ARGS)

test-slow: $(READY) $(SYNAPSE_READY) ## Run the tests that take minutes
	$(call step,slow tests)
	@$(PYTEST) -m slow $(ARGS)

test-all: $(READY) $(SYNAPSE_READY) ## Run every test
	$(call step,all tests)
	@$(PYTEST) $(ARGS)

coverage: ## As test, and core, scheduler and outbox must have every branch tried
	@$(MAKE) test ARGS="--cov --cov-report= $(ARGS)"
	$(call step,branches)
	@$(BIN)/coverage report --include='$(COVERED)' --fail-under=100

check: $(READY) ## Formatting, lint, types, arrows, lock, security: everything that reads the code
	$(call step,format)
	@$(BIN)/ruff format --quiet --diff .
	$(call step,lint)
	@$(BIN)/ruff check --quiet .
	$(call step,types)
	@$(BIN)/mypy --no-error-summary $(CODE)
	$(call step,arrows)
	@$(BIN)/lint-imports --no-logo > $(VENV)/arrows.txt || { cat $(VENV)/arrows.txt; exit 1; }
	$(call step,lock)
	@$(BIN)/python -m tools.lock
	$(call step,security)
	@$(BIN)/bandit --quiet --recursive --configfile pyproject.toml bot cogs migrations

bench: $(READY) ## Measure, as a table of ratios (ARGS="--json")
	@$(BIN)/python -m benchmarks $(ARGS)

tongues: $(READY) ## Bring the catalogues of the pages' languages up to date (ARGS=fr begins one)
	@$(BIN)/python -m tools.tongues $(ARGS)

audit: $(READY) ## Look for known weaknesses of what we use; asks an outside service, so no gate
	@$(BIN)/pip-audit --require-hashes --disable-pip --requirement requirements.lock

lock: $(READY) ## Pin what pyproject.toml asks for, newest that fits (ARGS="--upgrade")
	$(call step,lock)
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra dev --generate-hashes \
		--no-emit-index-url --no-header pyproject.toml --output-file requirements.lock $(ARGS)
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --constraints requirements.lock --generate-hashes \
		--no-emit-index-url --no-header pyproject.toml --output-file requirements-run.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		$(SYNAPSE_LOCK:.lock=.in) --output-file $(SYNAPSE_LOCK) $(ARGS)

screenshots: $(READY) ## Take the README's pictures anew, with Chromium
	@$(BIN)/python -m tools.screenshots

container: $(READY) ## Try what the Dockerfile does, without a container engine
	@$(BIN)/python -m tools.container

reference: $(READY) ## Write docs/commands.md from the declarations
	@$(BIN)/python -m tools.reference

format: $(READY) ## Format the code and mend what ruff can
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

clean: ## Remove what make and the tools made; the data folder stays
	@rm -rf $(VENV) $(SYNAPSE) build *.egg-info .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml
	$(call step,setting up $(VENV): the first time takes a minute)
	@test -n "$(PYTHON)" && "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >&2 \
		|| { echo "EdChat bot needs Python 3.11 or newer; install it, or say where it is: make PYTHON=/path/to/python3" >&2; exit 1; }
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV) >&2
	@$(BIN)/python -m pip install --quiet --require-hashes --no-deps --requirement requirements.lock >&2
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable . >&2
	@touch $@

$(SYNAPSE_READY): $(SYNAPSE_LOCK) | $(READY)
	$(call step,setting up $(SYNAPSE): a homeserver for the tests)
	@$(BIN)/python -m venv --clear $(SYNAPSE) >&2
	@$(SYNAPSE)/bin/python -m pip install --quiet --require-hashes --no-deps --requirement $(SYNAPSE_LOCK) >&2
	@touch $@
