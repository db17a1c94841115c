# What people use: make demo, make test, make check, make bench NAME=, make prove NAME=.

PYTHON ?= python3
BIN := .venv/bin
# The installation is as good as the two files that describe it: another content, another stamp.
CONTENT := $(shell cat pyproject.toml constraints.txt | cksum | cut -d' ' -f1)
RUNS := .venv/.runs-$(CONTENT)
DEVELOPS := .venv/.develops-$(CONTENT)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# Checks import the settings, and those want a data folder; they start no database.
CHECKING := CAIS_DATA=$(CURDIR)/var/check DJANGO_SETTINGS_MODULE=cais.config.settings

export NAME SCALE SABOTAGE

.PHONY: help demo test check bench prove lint programs named

help:
	@echo "make demo            a fresh demo with a simulated store, on this machine only"
	@echo "make test            everything that must hold: make check, then the tests"
	@echo "make check           style, types, layers, missing migrations"
	@echo "make bench NAME=...  a figure, with the floor measured in the same run"
	@echo "make prove NAME=...  an end-to-end proof; SCALE=0.1 short, SABOTAGE=... must fail"

demo: $(RUNS)
	@exec $(BIN)/cais demo

test: programs lint
	@echo "tests"
	@$(BIN)/python -m pytest -n 2 -m "not browser"
	@echo "tests in a browser"
	@$(BIN)/python -m pytest -n 2 -m browser

check: lint

bench: $(DEVELOPS) named
	@exec $(BIN)/python -m bench.$(NAME)

prove: $(DEVELOPS) named
	@exec $(BIN)/python -m proofs.$(NAME)

lint: $(DEVELOPS)
	@mkdir -p var/check
	@echo "style"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@echo "layers"
	@$(BIN)/lint-imports --no-cache > var/check/layers.txt 2>&1 || { cat var/check/layers.txt; exit 1; }
	@echo "types"
	@$(CHECKING) $(BIN)/mypy
	@echo "migrations"
	@$(CHECKING) $(BIN)/python -W ignore::RuntimeWarning -m django makemigrations --check --dry-run

programs:
	@.ci/programs

named:
	@test -n "$(NAME)" || { echo "Say which: NAME=..."; exit 2; }

$(BIN)/python:
	@echo "making .venv"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Cais needs Python 3.11 or newer: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv .venv || \
		{ rm -rf .venv; echo "Python's venv is missing. On Debian: apt-get install python3-venv"; exit 1; }

$(RUNS): | $(BIN)/python
	@echo "installing what Cais needs"
	@$(PIP) install -c constraints.txt -e .
	@rm -f .venv/.runs-* && touch $@

$(DEVELOPS): | $(BIN)/python
	@echo "installing what tests and checks need"
	@$(PIP) install -c constraints.txt -e '.[dev]'
	@rm -f .venv/.develops-* .venv/.runs-* && touch $@ $(RUNS)
