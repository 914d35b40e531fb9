# `make demo`, `make test` and `make setup` do all their own set-up: Python 3.11 or newer and make are enough.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
# Most of the time of a test is waiting for a server; at most four, for each starts servers of its own.
SIDE_BY_SIDE := -n auto --maxprocesses 4 --dist loadfile
PIP    := $(BIN)/python -m pip install -qq --disable-pip-version-check

.PHONY: setup demo test quick lint slow faults soak imitations bench python helpdesk
.DELETE_ON_ERROR:

python:
	@$(PYTHON) -c 'import sys; sys.exit("Paidan needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo 'Paidan needs the venv module of Python (Debian, Ubuntu: apt-get install python3-venv)'; exit 1; }

$(READY): requirements.lock pyproject.toml | python
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

setup: $(READY)

# The demo's helpdesk has a venv of its own, made by the bare Python beside Paidan's.
helpdesk: | python
	@$(PYTHON) plugin/demo/venv.py

demo:
	@$(MAKE) --no-print-directory -j2 $(READY) helpdesk
	@$(BIN)/paidan demo

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

quick: $(READY)
	$(BIN)/pytest $(SIDE_BY_SIDE) -m 'not real and not slow and not faults'

test: lint
	$(PIP) --require-hashes -r tests/deploy/requirements.lock
	$(BIN)/pytest $(SIDE_BY_SIDE) -rs

slow: $(READY)
	$(BIN)/pytest -m slow

# Some forty minutes: 200 kills on each store, every point of the protocol, every fault.
faults: $(READY)
	FAULTS_IN_FULL=1 $(BIN)/pytest -m faults -rs -s

# An hour and a half: each store beside the stand-in, then Request Tracker.
soak: $(READY)
	SOAK_MINUTES=30 $(BIN)/pytest -m faults -k soak -rs -s

# A quarter of an hour: every test of the whole line against every product as its vendor documents it.
imitations: $(READY)
	IMITATIONS_IN_FULL=1 $(BIN)/pytest tests/imitations -rs

bench: $(READY)
	$(PIP) --require-hashes -r benchmarks/requirements.lock
	$(BIN)/python -m benchmarks.decide; $(BIN)/python -m benchmarks.clocks; $(BIN)/python -m benchmarks.flow; $(BIN)/python -m benchmarks.nodes
