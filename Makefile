# Needs Python 3.11 or newer, git and make; everything else goes into .venv.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet -c constraints.txt

.PHONY: demo test test-long faults check clean keys settings pictures
.DELETE_ON_ERROR:

demo: $(VENV)/.app
	$(BIN)/betting-tui --demo

test: check
	$(BIN)/python -m pytest -n 4 --dist worksteal

test-long: check
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "long or not long" --hypothesis-profile default

# Kills, full disks, damage, wrong clocks: what docs/trust.md promises, with its figures. LONG=1 takes hours.
faults: $(VENV)/.dev
	$(BIN)/python -m pytest tests/faults -n 2 --dist worksteal -m "long or not long" --faults $(if $(LONG),long,full)

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or name it with make PYTHON=/path/to/python" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.app: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.app

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build

# After a key was added or changed: the table that settings are checked with, and docs/keys.md.
keys: $(VENV)/.dev
	$(BIN)/python docs/make_keys.py

# After a setting was added or changed: the list at the end of docs/settings.md.
settings: $(VENV)/.dev
	$(BIN)/python docs/make_settings.py

pictures: $(VENV)/.app
	$(BIN)/python docs/make_pictures.py docs/pictures
