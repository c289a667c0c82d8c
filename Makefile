# One verb each. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help setup run demo test check audit attack screens bench gate mails storm migrate requirements clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(BIN)/.installed ## make the virtual environment and install what the program needs

run: $(BIN)/.installed ## start everything on this machine; the last line says what to open
	@$(BIN)/python -m crm.local

demo: $(BIN)/.installed ## the same, filled with invented people
	@$(BIN)/python -m crm.local --demo

test: $(BIN)/.installed-dev ## every test, on SQLite and, where one answers, on Postgres
	@scripts/test.sh

check: $(BIN)/.installed-dev ## format, lint, types, layers, and migrations that match the models
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	@scripts/check.sh
	@$(MAKE) --no-print-directory audit

audit: .venv-audit/.installed ## look for known vulnerabilities in what we install, where the data can be reached
	@.venv-audit/bin/python scripts/audit

attack: $(BIN)/.installed-dev ## try what an attacker would against a live server, and print what became of it
	@$(BIN)/python -m bench.attack

screens: $(BIN)/.installed-dev ## photograph every page into screens/, wide and narrow, light and dark
	@scripts/browser.sh
	SCREENS_DIR=screens $(BIN)/python -m pytest -q tests/browser/test_screens.py

bench: $(BIN)/.installed-dev .venv-bench/.installed ## measure how fast it is; needs a Postgres (ONLY=3 for one part)
	@$(BIN)/python -m bench $(ONLY)

gate: $(BIN)/.installed-dev ## count what the front door lets through: spam, and words of danger
	@$(BIN)/python -m bench.gate

mails: $(BIN)/.installed-dev ## count what is made of our specimens of arriving mail, kind by kind, and how fast
	@$(BIN)/python -m bench.mails
	@$(BIN)/python -m bench.reading

storm: $(BIN)/.installed-dev ## let everything happen in any order, EXAMPLES (5000) times, at random
	EXAMPLES=$${EXAMPLES:-5000} $(BIN)/python -m pytest -q tests/stories/test_interleavings.py

migrate: $(BIN)/.installed ## bring the database named by DATABASE_URL to the newest shape
	$(BIN)/python -m crm migrate

requirements: ## pin pyproject.toml's ranges again (UPGRADE=1 takes newer versions)
	scripts/pin.sh $(if $(UPGRADE),--upgrade)

clean: ## remove what can be made again; your data folder stays
	rm -rf .venv .venv-bench .venv-audit .mypy_cache .ruff_cache .pytest_cache .hypothesis screens test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# So does what looks for vulnerabilities.
.venv-audit/.installed: scripts/audit/requirements.txt
	@echo "Installing what looks for vulnerabilities ..."
	@$(PYTHON) -m venv .venv-audit
	@.venv-audit/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# What the measurements compare us with lives apart from us.
.venv-bench/.installed: bench/peer/requirements.txt
	@echo "Installing what is measured beside us ..."
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# A stamp is newer than the pins it was made from, or the install runs again.
$(BIN)/.installed: requirements.txt | $(BIN)/python
	@echo "Installing (the first time takes about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(BIN)/.installed-dev: requirements-dev.txt $(BIN)/.installed
	@echo "Installing what the tests need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "This needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
	  echo "No virtual environment could be made. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
