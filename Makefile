# Needs python3.11 and make; everything else goes into .venv.
# The system's own comes first, where it can make environments: it took a fifth less time over schedules of the simulator than
# one that a version manager had compiled.
PYTHON ?= $(shell /usr/bin/python3.11 -c 'import ensurepip, venv' 2>/dev/null && echo /usr/bin/python3.11 || echo python3.11)
PORT ?= 8000
STEPS ?= 100000
N ?= 100000
SEED ?=
KILLS ?=
# One more than processors, as a test that waits for a browser or for a process leaves one of them to others.
WORKERS ?= 3
# What tests write goes to memory where there is some to write to: a database waits for its disk at each commit.
export PYTEST_DEBUG_TEMPROOT ?= $(if $(wildcard /dev/shm),/dev/shm)
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

BIN := .venv/bin
PROJECTS := pyproject.toml $(wildcard plugins/*/pyproject.toml)
# Compiled modules are kept, as collecting the tests and starting the hub take three times as long without.
unexport PYTHONDONTWRITEBYTECODE
# A stamp's name carries the hash of what it was installed from, so an unchanged tree installs nothing.
hash = $(shell { echo "$(CURDIR)"; cat $(1) 2>/dev/null; } | sha256sum | cut -c1-16)
RUNTIME := .venv/runtime-$(call hash,requirements.lock $(PROJECTS))
DEVELOPMENT := .venv/development-$(call hash,requirements.lock requirements-dev.lock $(PROJECTS))
# Tryton, with which a connector is proven, and its databases: in an environment of its own, which nothing of ours imports from.
TRYTON := .venv-tryton/ready-$(call hash,examples/hub-tryton/tryton.lock tests/tryton/seed.py tests/tryton/template.py hub/demo/data/chart.csv)
PYTEST := $(BIN)/python -m pytest
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# $(1): the lock to install from; $(2): the kind of stamp.
define install
@test -x $(BIN)/pip || $(PYTHON) -m venv .venv
@echo "Installing from $(1) ..."
@$(PIP) install --require-hashes -r $(1)
@$(PIP) install --no-deps --no-build-isolation $(foreach project,$(PROJECTS),-e ./$(patsubst %/,%,$(dir $(project))))
@rm -f .venv/$(2)-*
@touch $@
endef

.PHONY: help setup run test tryton soak fuzz faults lint bench pictures record reset lock

help: ## List the commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

setup: $(DEVELOPMENT) ## Install what running and testing need into .venv

$(RUNTIME):
	$(call install,requirements.lock,runtime)

$(DEVELOPMENT):
	$(call install,requirements-dev.lock,development)
	@rm -f .venv/runtime-*
	@touch $(RUNTIME)

$(TRYTON): | $(DEVELOPMENT)
	@test -x .venv-tryton/bin/pip || $(PYTHON) -m venv .venv-tryton
	@echo "Installing Tryton from examples/hub-tryton/tryton.lock, and filling its databases (two to four minutes, once) ..."
	@.venv-tryton/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r examples/hub-tryton/tryton.lock
	@$(BIN)/python -m tests.tryton.template
	@rm -f .venv-tryton/ready-*
	@touch $@

run: $(RUNTIME) ## Load the demo company, show one balanced journal, serve the web app: make run PORT=8000
	@HUB_HOME=.hub exec $(BIN)/hub demo serve --port $(PORT) $(if $(SECONDS),--seconds $(SECONDS))

test: $(DEVELOPMENT) ## Run every test, on SQLite and on PostgreSQL
	@$(PYTEST) -n $(WORKERS) --dist worksteal

tryton: $(TRYTON) ## Install the real Tryton, which make soak proves a connector on

soak: $(DEVELOPMENT) tryton ## Run the properties at full scale
	@HUB_PROFILE=soak $(PYTEST) -n $(WORKERS) --dist worksteal -m "soak or property" -o timeout=3000

fuzz: $(DEVELOPMENT) ## Look for new failures of the properties: make fuzz STEPS=1000000
	@HUB_PROFILE=fuzz HUB_FUZZ_STEPS=$(STEPS) $(PYTEST) -n $(WORKERS) -m "soak or property" -o timeout=0

faults: $(DEVELOPMENT) ## Look for schedules that lose or double a journal: make faults N=100000, SEED=363 for one, KILLS=200 for real processes
	@HUB_PROFILE=soak HUB_FAULTS=$(N) HUB_SEED=$(SEED) $(PYTEST) -n $(WORKERS) -o timeout=0 tests/faults/test_simulator.py
	@$(if $(KILLS),HUB_PROFILE=soak HUB_KILLS=$(KILLS) $(PYTEST) -rP tests/processes/test_kills.py)

lint: $(DEVELOPMENT) ## Check style, format, types and who imports whom
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy hub plugins examples
	@$(BIN)/lint-imports

bench: $(DEVELOPMENT) ## Measure speed and memory against bare programs, as ratios
	@$(BIN)/python -m bench

pictures: $(DEVELOPMENT) ## Take the pictures of docs/customers.md anew
	@made=$$(mktemp -d) && trap 'rm -rf "$$made"' EXIT && \
	HUB_PICTURES="$$made" $(PYTEST) -q tests/journey/test_export.py -k "month_end_is or first_export or missing_map" && \
	for picture in "$$made"/customers-*.png; do name=$${picture##*/customers-} && cp "$$picture" "docs/pictures/$$name"; done

record: $(DEVELOPMENT) ## Record the cassettes again, from the sandboxes or, with sign-ins in the environment, the vendors' own
	@HUB_RECORD=1 $(PYTEST) plugins/*/tests/test_cassettes.py

reset: ## Remove the demo company
	@rm -rf .hub

lock: ## Choose the newest versions again and write both locks
	@tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT && $(PYTHON) -m venv "$$tools" && \
	"$$tools/bin/python" -m pip --quiet install uv && \
	compile() { "$$tools/bin/uv" pip compile --quiet --upgrade --python-version 3.11 --generate-hashes --no-emit-index-url --no-header "$$@"; } && \
	compile pyproject.toml --group build --group plugins -o requirements.lock && \
	compile pyproject.toml --group build --group plugins --group dev -c requirements.lock -o requirements-dev.lock && \
	compile examples/hub-tryton/tryton.in -o examples/hub-tryton/tryton.lock
