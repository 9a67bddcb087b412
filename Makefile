# make demo   see the main job end to end: a made-up city harvested over HTTP, kept, found, downloaded (ARGS=--no-serve ends after the report)
#             BACKEND=full: the same on real servers (PostgreSQL, Elasticsearch, S3, Redis), with a web server and a worker of their own
# make test   all tests and checks; says which servers it went without (REQUIRE_SERVERS=1: then it fails)
# make servers fetch the servers for tests  make check   lint, types, layers, sizes, licences, documentation
# make bench  speed and ranking, whole      make format  rewrite the code as the formatter wants it
# make docs   write the generated reference make crash   50 random kills during harvest and load
# make fuzz   damaged files to every reader for ten minutes (ARGS='--reader ofd --minutes 2')
# make image-check build the Dockerfile with buildah and run it (root; buildah, debootstrap)

PYTHON ?= python3.11
VENV   ?= .venv
BIN    := $(VENV)/bin
ARGS   ?=
# Most tests wait for servers and processes: more files of them than there are cores go side by side, and those that measure speed come after, alone.
SIDE_BY_SIDE ?= 3
BACKEND ?= embedded

.PHONY: demo demo-embedded demo-full test servers check bench crash fuzz image-check docs format clean
.DEFAULT_GOAL := help

help:
	@sed -n 's/^# //p' Makefile

# Each environment is stamped with what it was made from, so that the second time costs nothing.
$(VENV)/.run: setup.cfg constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed as $(PYTHON); set PYTHON=/path/to/python3.11"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.dev: $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

demo: demo-$(BACKEND)

demo-embedded: $(VENV)/.run
	$(BIN)/gongkai demo $(ARGS)

demo-full: servers
	$(BIN)/python -m tests.servers.demo $(ARGS)

test: check
	$(BIN)/python -m tests.servers --quiet
	$(BIN)/python -m pytest -m 'not bench' -n $(SIDE_BY_SIDE) --dist loadfile $(ARGS) || [ $$? = 5 ]
	$(BIN)/python -m pytest -m bench $(ARGS) || [ $$? = 5 ]

servers: $(VENV)/.dev
	$(BIN)/python -m tests.servers

check: $(VENV)/.dev
	$(BIN)/ruff check catalog tests scripts
	$(BIN)/ruff format --check --quiet catalog tests scripts
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python scripts/check_sizes.py
	$(BIN)/python scripts/check_licences.py
	$(BIN)/python scripts/reference.py --check

bench: $(VENV)/.dev
	$(BIN)/python -m tests.bench $(ARGS)

crash: $(VENV)/.dev
	$(BIN)/python -m pytest tests/crash -m crash --kills 50 $(ARGS)

fuzz: $(VENV)/.dev
	$(BIN)/python -m tests.fuzz $(ARGS)

image-check:
	python3 scripts/image_check.py $(ARGS)

docs: $(VENV)/.dev
	$(BIN)/python scripts/reference.py

format: $(VENV)/.dev
	$(BIN)/ruff format catalog tests scripts
	$(BIN)/ruff check --fix catalog tests scripts

clean:
	rm -rf $(VENV) var build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
