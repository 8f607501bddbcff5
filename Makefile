# `make compare` and `make test` need Python >= 3.10 and pip; they install everything else into .venv.

PYTHON ?= python3
VENV := .venv
NEWEST := .venv-newest
INSTALL := pip install --quiet --disable-pip-version-check
# Most tests wait for processes; the tests of one file share their processes.
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

# The cost of tracing for a request, in two minutes; `make bench ARGUMENTS=--report` takes twelve.
bench: $(VENV)/equipped
	$(VENV)/bin/ot2otel overhead $(ARGUMENTS)

# The same in instructions, which do not depend on other programs, beside the committed table.
bench-instructions: $(VENV)/equipped
	$(VENV)/bin/python -m benchmarks.instructions $(ARGUMENTS)

# The captured packets and recordings in tests/golden, taken anew.
golden: $(VENV)/equipped
	$(VENV)/bin/python -m tests.golden.capture

# The fleet's matrix, measured anew in both lanes.
fleet: $(VENV)/equipped $(NEWEST)/equipped
	$(VENV)/bin/python -m tests.golden.fleet
	$(NEWEST)/bin/python -m tests.golden.fleet

# The measurements of both lanes in docs/beside-the-spans.md, taken anew.
beside: $(VENV)/equipped $(NEWEST)/equipped
	$(VENV)/bin/python -m tests.golden.beside
	$(NEWEST)/bin/python -m tests.golden.beside

# The generated parts of the documents, from code, recordings and measurements.
docs: $(VENV)/equipped
	$(VENV)/bin/python -m docs.makers.pictures
	$(VENV)/bin/python -m cogapp -r $(DOCUMENTS)

clean:
	rm -rf $(VENV) $(NEWEST)

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/$(INSTALL) --constraint constraints.txt --editable '.[lab,jaeger-thrift]'
	touch $@

# Everything for tests, checks and benchmarks.
$(VENV)/equipped: $(VENV)/installed
	$(VENV)/bin/$(INSTALL) --constraint constraints.txt --editable '.[lab,jaeger-thrift,redis,instrumentation,bench,dev]'
	touch $@

$(NEWEST)/equipped: pyproject.toml constraints-newest.txt
	$(PYTHON) -m venv $(NEWEST)
	$(NEWEST)/bin/$(INSTALL) --constraint constraints-newest.txt --editable '.[lab,redis,bench,dev]'
	touch $@
