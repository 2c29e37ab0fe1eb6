# The portal's commands. `make demo` shows it, `make test` proves it; the others serve those who work on it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := manage.py planning_portal consultations workshops actionplans tests
PYTEST_WORKERS ?= 2

export PYTHONDONTWRITEBYTECODE ?= 1

# Needs no database, so no secret key of a portal on PostgreSQL either.
COMPILE = env -u DATABASE_URL -u REDIS_URL $(BIN)/python manage.py i18n_compile --verbosity 0

.PHONY: help demo setup test check bench screenshots lock messages system clean

help:  ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1\t/' | expand -t 18

demo: $(VENV)/.runtime  ## Start the portal with a believable programme on http://127.0.0.1:8000/
	@PORTAL_DEMO=1 $(BIN)/python manage.py prepare
	@PORTAL_DEMO=1 $(BIN)/python manage.py seed_demo --if-empty
	@PORTAL_DEMO=1 exec $(BIN)/python manage.py serve

setup: $(VENV)/.development  ## Everything that developing needs
	@$(BIN)/python manage.py prepare

test: $(VENV)/.development  ## All tests, on SQLite or on what DATABASE_URL and REDIS_URL name
	@$(COMPILE)
	@$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist loadgroup $(ARGS)

check: $(VENV)/.development  ## Style, types, templates, imports, migrations, catalogs, deployment settings
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/python manage.py i18n_check
	$(COMPILE)
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/mypy $(filter-out tests,$(SOURCES))
	$(BIN)/python manage.py makemigrations --check --dry-run
	PORTAL_HTTPS=1 SECRET_KEY=$$(printf 'c%.0s' {1..25}; head -c 32 /dev/urandom | base64) ALLOWED_HOSTS=portal.example.org \
		EMAIL_URL=smtp://mail.example.org TRUSTED_PROXIES=1 PORTAL_ADDRESS=https://portal.example.org $(BIN)/python manage.py check --deploy --fail-level WARNING

bench: $(VENV)/.development  ## Measure pages, documents and writing, side by side in one run
	@$(COMPILE)
	@$(BIN)/python -m tests.bench $(ARGS)

screenshots: $(VENV)/.development  ## Draw the pictures that the README shows (needs Chromium)
	@$(COMPILE)
	@$(BIN)/python -m tests.screenshots

messages: $(VENV)/.development  ## Bring the catalogs in line with the sources
	@$(BIN)/python manage.py i18n_extract

lock: $(VENV)/.development  ## Renew both lock files from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --upgrade --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --constraint requirements.lock --output-file tests/requirements.lock

clean:  ## Remove the virtual environment and the local data
	rm -rf $(VENV) var

system:
	@PYTHON="$(PYTHON)" bash planning_portal/system.sh

$(VENV)/bin/python: | system
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock | $(VENV)/bin/python
	@echo "Installing the portal's packages ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@touch $@

$(VENV)/.development: tests/requirements.lock $(VENV)/.runtime
	@echo "Installing the development tools ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement tests/requirements.lock
	@touch $@
