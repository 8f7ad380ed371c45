# Everything runs in .venv, which the first target that needs it makes. PYTHON chooses the interpreter.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet --constraint constraints.txt
# The servers that `make server-versions` tests against, and how the client reaches them. `make server-versions
# SERVERS=3.4.25 PREFECTKIT_TEST_SURFACES=sync-http` is the quickest.
SERVERS ?= 3.4.25 3.6.29 3.8.8 3.9.1
SERVERS_VENV := .venv-servers
BENCH := .venv-bench
PYTEST = $(BIN)/python -m pytest -n auto --dist worksteal
NO_SERVER := --editable '.[aiohttp,migrate,otel]' --group test
UNIT := -q -m 'not server and not slow'
# `time.monotonic()` starts near zero. Without root this needs a user namespace.
BOOTED = unshare $(if $(filter 0,$(shell id -u)),,--user --map-current-user) \
	--time --monotonic=$$($(BIN)/python -c 'import time; print(1 - int(time.monotonic()))')
SERVERS_PIP = $(@D)/bin/python -m pip install --disable-pip-version-check --quiet \
	--constraint tests/server_versions/constraints-$*.txt

.PHONY: help demo test test-unit test-booted lowest highest cover server-versions soak fuzz bench bench-quick mutants format lint types docs check clean

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 17

$(VENV)/.server: pyproject.toml constraints.txt
	@echo "==> making $(VENV) with the SDK and a Prefect server (about a minute, once)"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --upgrade pip
	@$(PIP) --editable '.[server]' rich
	@touch $@

$(VENV)/.tools: $(VENV)/.server
	@echo "==> adding the test tools"
	@$(PIP) --group test --group lint
	@touch $@

demo: $(VENV)/.server  ## the main job on the embedded server
	@$(BIN)/python examples/quickstart.py

test: $(VENV)/.tools  ## all tests, against the real server; one worker for each core, each with its own server
	@echo "==> starting the tests; the first that need it wait for a Prefect server (about 15 s)"
	@$(PYTEST) $(PYTEST_ARGS)

test-unit: $(VENV)/.tools  ## the tests that need no server, without tests/reliability
	@$(PYTEST) $(UNIT) $(PYTEST_ARGS)

test-booted: $(VENV)/.tools  ## test-unit with the monotonic clock of a machine that just booted
	@if $(BOOTED) true 2>/dev/null; then $(BOOTED) $(PYTEST) $(UNIT) $(PYTEST_ARGS); \
	else echo "==> skipped: no time namespace (unshare --time, of util-linux on Linux)"; fi

$(VENV)/.uv: $(VENV)/.tools
	@$(PIP) --group bounds
	@touch $@

lowest: $(VENV)/.uv  ## test-unit with the oldest dependencies that pyproject.toml allows
	@$(BIN)/uv venv --quiet --seed --clear --python $(BIN)/python $(VENV)-lowest
	@$(BIN)/uv pip install --quiet --python $(VENV)-lowest --resolution lowest-direct $(NO_SERVER)
	@$(VENV)-lowest/$(PYTEST:$(VENV)/%=%) $(UNIT) $(PYTEST_ARGS)

highest: $(VENV)/.uv  ## test-unit with the newest dependencies, pre-releases included
	@$(BIN)/uv venv --quiet --seed --clear --python $(BIN)/python $(VENV)-highest
	@$(BIN)/uv pip install --quiet --python $(VENV)-highest --prerelease allow --upgrade $(NO_SERVER)
	@$(VENV)-highest/$(PYTEST:$(VENV)/%=%) $(UNIT) $(PYTEST_ARGS)

cover: $(VENV)/.tools  ## the tests with branch coverage
	@$(BIN)/python -m coverage erase
	@$(BIN)/python -m coverage run -m pytest -q -n auto --dist worksteal $(PYTEST_ARGS)
	@$(BIN)/python -m coverage combine -q
	@$(BIN)/python -m coverage report --include='prefectkit/core/*,prefectkit/transports/*' --fail-under=100

$(SERVERS_VENV)/%/.ready: pyproject.toml constraints.txt tests/server_versions/constraints-%.txt
	@echo "==> making $(@D) with the SDK, Prefect $* and the test tools (about a minute, once)"
	@$(PYTHON) -m venv $(@D)
	@$(SERVERS_PIP) --upgrade pip
	@$(SERVERS_PIP) --editable '.[server]' --group test
	@touch $@

server-versions: $(SERVERS:%=$(SERVERS_VENV)/%/.ready)  ## all resources against older servers too (about ten minutes)
	@$(SERVERS_VENV)/$(lastword $(SERVERS))/bin/python -m tests.server_versions $(SERVERS:%=$(SERVERS_VENV)/%)

soak: $(VENV)/.tools  ## the reliability tests at full size: faults, cancellations, leaks, forks (about twenty minutes)
	@SOAK=1 $(BIN)/python -m pytest -q tests/reliability tests/fuzz tests/test_retry_safety.py \
		tests/plugins/test_hostile.py $(PYTEST_ARGS)

$(VENV)/.fuzz: $(VENV)/.tools
	@echo "==> adding atheris"
	@$(PIP) --group fuzz
	@touch $@

fuzz: $(VENV)/.fuzz  ## wrong responses to every operation, then a minute of random input for each of three targets
	@FUZZ_EXAMPLES=200 $(BIN)/python -m pytest -q tests/test_decode_fuzz.py $(PYTEST_ARGS)
	@$(BIN)/python -m tests.fuzz $(SECONDS)

$(BENCH)/.peers: $(VENV)/.server
	@echo "==> adding the peers of the benchmarks, and clean environments under $(BENCH) (about a minute, once)"
	@$(PIP) --group bench
	@$(BIN)/python -m benchmarks.environments
	@touch $@

bench: $(BENCH)/.peers  ## all benchmarks (under ten minutes); writes benchmarks/RESULTS.md
	@$(BIN)/python -m benchmarks.run

bench-quick: $(BENCH)/.peers  ## all benchmarks, in few and short rounds (under a minute)
	@$(BIN)/python -m benchmarks.run --quick

mutants: $(VENV)/.tools  ## mutation tests of the modules that decide about retries, paths, secrets and locks
	@$(BIN)/python -m tests.mutation $(MODULES)

format: $(VENV)/.tools  ## ruff fixes and formats
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lint: $(VENV)/.tools  ## ruff checks
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.tools  ## pyright and mypy, both strict
	@$(BIN)/pyright --pythonpath $(BIN)/python
	@$(BIN)/mypy

docs: $(VENV)/.server  ## write the Args of keyword methods, docs/api.md, and the tables of docs/migrating.md
	@$(BIN)/python docs/generate_docstrings.py
	@$(BIN)/python docs/generate_api.py
	@$(BIN)/python docs/generate_migrating.py

check: lint types demo bench-quick test-booted test  ## what CI runs

clean:  ## remove the environments and caches
	@rm -rf $(VENV) $(VENV)-lowest $(VENV)-highest $(SERVERS_VENV) $(BENCH) .coverage* .hypothesis .pytest_cache .mypy_cache .ruff_cache
