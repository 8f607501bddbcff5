# `make compare` and `make test` need Python >= 3.10 and pip; everything else is installed into .venv.

PYTHON ?= python3
VENV := .venv
NEWEST := .venv-newest
DOCUMENTS := README.md $(wildcard docs/*.md)

.PHONY: compare test check test-newest golden fleet docs clean

compare: $(VENV)/installed
	$(VENV)/bin/ot2otel compare

test: $(VENV)/installed
	$(VENV)/bin/pytest

check: $(VENV)/installed
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(VENV)/bin/python -m cogapp --check $(DOCUMENTS)

test-newest: $(NEWEST)/installed
	$(NEWEST)/bin/pytest

# The captured packets and recordings in tests/golden, taken anew.
golden: $(VENV)/installed
	$(VENV)/bin/python -m tests.golden.capture

# The fleet's matrix, measured anew in both lanes.
fleet: $(VENV)/installed $(NEWEST)/installed
	$(VENV)/bin/python -m tests.golden.fleet
	$(NEWEST)/bin/python -m tests.golden.fleet

# What the documents show of code, recordings and measurements, written anew.
docs: $(VENV)/installed
	$(VENV)/bin/python -m cogapp -r $(DOCUMENTS)

clean:
	rm -rf $(VENV) $(NEWEST)

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[jaeger-thrift,redis,dev]'
	touch $@

$(NEWEST)/installed: pyproject.toml constraints-newest.txt
	$(PYTHON) -m venv $(NEWEST)
	$(NEWEST)/bin/pip install --quiet --disable-pip-version-check --constraint constraints-newest.txt --editable '.[redis,dev]'
	touch $@
