# `make compare` and `make test` need Python >= 3.10 and pip; everything else is installed into .venv.

PYTHON ?= python3
VENV := .venv
NEWEST := .venv-newest
INSTALL := pip install --quiet --disable-pip-version-check
# Most tests wait for processes; those of one file share what they run.
PYTEST := pytest --numprocesses 2 --dist loadscope
DOCUMENTS := README.md benchmarks/README.md $(wildcard docs/*.md)

.PHONY: compare test check test-newest bench bench-instructions golden fleet beside docs clean

compare: $(VENV)/installed
	$(VENV)/bin/ot2otel compare

test: $(VENV)/equipped
	$(VENV)/bin/$(PYTEST)

check: $(VENV)/equipped
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(VENV)/bin/python -m cogapp --check $(DOCUMENTS)

test-newest: $(NEWEST)/equipped
	$(NEWEST)/bin/$(PYTEST)

# What tracing costs a request, in two minutes; `make bench ARGUMENTS=--report` takes twelve.
bench: $(VENV)/equipped
	$(VENV)/bin/ot2otel overhead $(ARGUMENTS)

# The same in instructions, which do not depend on what else runs, against the committed table.
bench-instructions: $(VENV)/equipped
	$(VENV)/bin/python -m benchmarks.instructions $(ARGUMENTS)

# The captured packets and recordings in tests/golden, taken anew.
golden: $(VENV)/equipped
	$(VENV)/bin/python -m tests.golden.capture

# The fleet's matrix, measured anew in both lanes.
fleet: $(VENV)/equipped $(NEWEST)/equipped
	$(VENV)/bin/python -m tests.golden.fleet
	$(NEWEST)/bin/python -m tests.golden.fleet

# What docs/beside-the-spans.md shows of both lanes, measured anew.
beside: $(VENV)/equipped $(NEWEST)/equipped
	$(VENV)/bin/python -m tests.golden.beside
	$(NEWEST)/bin/python -m tests.golden.beside

# What the documents show of code, recordings and measurements, drawn and written anew.
docs: $(VENV)/equipped
	$(VENV)/bin/python -m docs.makers.pictures
	$(VENV)/bin/python -m cogapp -r $(DOCUMENTS)

clean:
	rm -rf $(VENV) $(NEWEST)

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/$(INSTALL) --constraint constraints.txt --editable '.[lab,jaeger-thrift]'
	touch $@

# What tests, checks and benchmarks need beside it.
$(VENV)/equipped: $(VENV)/installed
	$(VENV)/bin/$(INSTALL) --constraint constraints.txt --editable '.[lab,jaeger-thrift,redis,instrumentation,bench,dev]'
	touch $@

$(NEWEST)/equipped: pyproject.toml constraints-newest.txt
	$(PYTHON) -m venv $(NEWEST)
	$(NEWEST)/bin/$(INSTALL) --constraint constraints-newest.txt --editable '.[lab,redis,bench,dev]'
	touch $@
