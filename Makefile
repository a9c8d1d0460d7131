.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
# every process has servers of its own; the tests of a file stay together, as they share its fixtures,
# and the files keep their order (tests/conftest.py)
PARALLEL := -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
# what PDFs are laid out with, as packages of Debian and as libraries; everything else works without
PDF_PACKAGES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
PDF_LIBRARIES := pango-1.0 pangoft2-1.0 harfbuzz-subset

.PHONY: help
help: ## List what can be done
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

.PHONY: demo
demo: $(VENV)/run.stamp ## Serve a sample company from a throw-away database
	@exec $(BIN)/python -m app demo

.PHONY: run
run: $(VENV)/run.stamp ## Serve your own data, kept in DATA_DIR (default var/)
	@exec $(BIN)/python -m app run

.PHONY: test
test: $(VENV)/dev.stamp $(VENV)/stripe.stamp ## Run all tests: unit, integration, browser
	@$(BIN)/python tools/test_programs.py
	@$(BIN)/python -m pytest $(PARALLEL) tests/unit tests/integration
	@# processes of their own: the browser's driver and the event loop of the other tests do not mix
	@$(BIN)/python -m pytest $(PARALLEL) tests/e2e

.PHONY: check
check: $(VENV)/dev.stamp $(VENV)/node.stamp ## Lint, types, templates, imports, migrations, spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/djlint templates --lint --quiet
	tools/node_modules/.bin/biome check
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m app check-migrations
	$(BIN)/codespell app bench docs migrations static/css static/js templates tests tools README.md Makefile

.PHONY: fix
fix: $(VENV)/dev.stamp $(VENV)/node.stamp ## Format and fix what can be fixed by a machine
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	tools/node_modules/.bin/biome check --write

.PHONY: vendor
vendor: $(VENV)/dev.stamp ## Refresh the vendored front-end files
	$(BIN)/python tools/vendor.py

.PHONY: bench
bench: $(VENV)/dev.stamp ## Measure, as ratios in one run
	$(BIN)/python -m bench

.PHONY: screenshots
screenshots: $(VENV)/dev.stamp ## Picture every page of the demo, wide and narrow, light and dark
	@$(BIN)/python tools/test_programs.py
	$(BIN)/python -m tools.screenshots

.PHONY: migration
migration: $(VENV)/dev.stamp ## Write a migration from the models: make migration m="what changed"
	$(BIN)/python -m app make-migration "$(m)"

.PHONY: lock
lock: $(UV) ## Resolve the newest allowed versions into the lock files
	$(UV) pip compile pyproject.toml --universal --generate-hashes --python-version 3.11 --upgrade -q -o requirements.lock --custom-compile-command "make lock"
	echo "localstripe>=1.15.10" | $(UV) pip compile - --universal --generate-hashes --python-version 3.11 --upgrade -q -o tests/standins/stripe.lock --custom-compile-command "make lock"
	$(UV) pip compile pyproject.toml --group dev --universal --generate-hashes --python-version 3.11 --upgrade -q -o requirements-dev.lock --custom-compile-command "make lock"

$(UV):
	@echo "Setting up $(VENV) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -q --disable-pip-version-check uv

$(VENV)/run.stamp: requirements.lock | $(UV) $(VENV)/pdf.stamp
	@# a venv with the development tools has everything it takes to run
	@test -e $(VENV)/dev.stamp -a ! $(VENV)/dev.stamp -ot requirements-dev.lock || $(UV) pip install -q --require-hashes -r requirements.lock
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock | $(UV) $(VENV)/pdf.stamp
	@$(UV) pip install -q --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/stripe.stamp: tests/standins/stripe.lock | $(UV)
	@# a stand-in for Stripe is GPL, and only run by tests: an environment of its own
	@$(UV) venv -q --allow-existing --python $(BIN)/python $(VENV)/stripe
	@$(UV) pip install -q --python $(VENV)/stripe/bin/python --require-hashes -r $<
	@touch $@

$(VENV)/node.stamp: tools/package.json | $(UV)
	@command -v npm >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -q && apt-get install -yq --no-install-recommends nodejs npm; } || { echo "npm is needed for the checks of scripts and styles: apt-get install nodejs npm"; exit 1; }
	@# one exact version without dependencies of its own; a lock file would name only this platform's binary
	@npm install --prefix tools --ignore-scripts --no-package-lock --no-audit --no-fund --silent
	@touch $@

$(VENV)/pdf.stamp: | $(UV)
	@$(BIN)/python -c 'import sys; from ctypes.util import find_library; sys.exit(not all(map(find_library, sys.argv[1:])))' $(PDF_LIBRARIES) \
	|| { [ "$$(id -u)" = 0 ] && { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends $(PDF_PACKAGES); } >/dev/null 2>&1; } \
	|| echo "PDFs need Pango: apt-get install $(PDF_PACKAGES)"
	@touch $@
