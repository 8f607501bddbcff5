# `make compare` and `make test` need Python >= 3.10 and pip; they install everything else into .venv.

PYTHON ?= python3
VENV := .venv
NEWEST := .venv-newest
# The newest lane with instrumentations, whose SDK is older.
INSTRUMENTED := .venv-newest-instrumentation
INSTALL := pip install --quiet --disable-pip-version-check
# Most tests wait for processes; the tests of one file share their processes.
PYTEST := pytest --numprocesses 2 --dist loadscope
# The tests of one peer, which fail if it is missing.
tests_of = CI=1 $(VENV)/bin/$(PYTEST) -m "peer(name='$(1)')"
packages_of_peers = $(VENV)/bin/$(INSTALL) --constraint constraints.txt --editable '.[peers]'
DOCUMENTS := README.md CONTRIBUTING.md benchmarks/README.md $(wildcard docs/*.md docs/paths/*.md)

# What is not ours and tests need; the second ring has a target for each.
PEERS := redis prometheus chromium celery gunicorn uwsgi instrumentations postgresql clickhouse spark jaeger node pythons
PYTHONS := 3.10 3.12 3.13

.PHONY: compare first test check test-newest test-newest-instrumentation slow signals fuzz mutants plants shuffled peers $(PEERS:%=peers-%) bench bench-instructions golden golden-libraries golden-collector docs screenshots conventions dist clean

compare: $(VENV)/installed
	$(VENV)/bin/ot2otel compare

# The tests of one table of rules: the first change of CONTRIBUTING.md.
first: $(VENV)/equipped
	$(VENV)/bin/pytest --quiet tests/compare/rules/test_http.py

test: $(VENV)/equipped
	$(VENV)/bin/$(PYTEST)

check: $(VENV)/equipped
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(VENV)/bin/python -m cogapp --check $(DOCUMENTS)

# What imports no library that differs between the lanes is tested in the other lane alone.
test-newest: $(NEWEST)/equipped
	$(NEWEST)/bin/$(PYTEST) --may-differ

# What depends on the instrumentations, with their newest releases.
test-newest-instrumentation: $(INSTRUMENTED)/equipped
	$(INSTRUMENTED)/bin/$(PYTEST) tests/program/test_agent.py tests/program/test_auto.py tests/program/test_integrations.py

# What is released: the source archive and the wheel, as an index wants them.
dist: $(VENV)/installed
	$(VENV)/bin/$(INSTALL) --constraint constraints.txt --editable '.[release]'
	rm -rf dist
	$(VENV)/bin/python -m build --outdir dist
	$(VENV)/bin/twine check --strict dist/*

# What takes longer than the first ring may.
slow: $(VENV)/equipped test-newest-instrumentation
	$(VENV)/bin/$(PYTEST) -m '(slow or fleet) and not peer'

# 100 random signals at random moments to all commands: nothing may be left of any. It takes 6 minutes.
signals: $(VENV)/equipped
	$(VENV)/bin/python -m tests.support.signals 100 $(ARGUMENTS)

# Each decoder under a coverage-guided fuzzer for FUZZING seconds. What it finds becomes a case of the tests.
FUZZING := 1200
DECODERS := otlp-protobuf otlp-json thrift-datagram thrift-batch jaeger-json zipkin-json sdk-json recording-file \
	captured-headers configuration

fuzz: $(DECODERS:%=fuzz-%)

fuzz-%: $(VENV)/equipped
	$(VENV)/bin/$(INSTALL) atheris
	$(VENV)/bin/python -m tests.fuzzing $* .fuzzing/$* -max_total_time=$(FUZZING) -rss_limit_mb=1500 -timeout=10

# Do tests notice a mistake in the engine? A part of it: make mutants ARGUMENTS="'ot2otel.compare.noise'"
mutants: $(VENV)/equipped
	$(VENV)/bin/$(INSTALL) --constraint constraints.txt --editable '.[mutants]'
	nice -n 15 $(VENV)/bin/python -m tests.support.mutants run $(ARGUMENTS)
	$(VENV)/bin/python -m tests.support.mutants write

# Does the test of a claim notice if its library does otherwise? One: make plants ARGUMENTS='--claim error-tag'
plants: $(VENV)/equipped
	$(VENV)/bin/python -m tests.documents.plants $(ARGUMENTS)

# Claims hold in any order, in one process or four, in both lanes.
shuffled: $(VENV)/equipped $(NEWEST)/equipped
	for lane in $(VENV) $(NEWEST); do for order in 1 2 3 4 5; do \
		$$lane/bin/pytest --quiet -p tests.support.shuffled --order $$order \
			$$(test $$order != 4 || echo --numprocesses 4) tests/documents/claims || exit 1; \
	done; done

# The second ring: what needs a program that is not ours, the long cases too. Each target installs its own.
peers: $(PEERS:%=peers-%)

peers-redis: $(VENV)/equipped
	.ci/debian redis-server
	$(call tests_of,redis)

peers-prometheus: $(VENV)/equipped
	.ci/debian prometheus
	$(call tests_of,prometheus)

# A Jaeger is not installed: OT2OTEL_JAEGER_URL names one that runs.
peers-jaeger: $(VENV)/equipped
	$(call tests_of,jaeger)

# jaeger-client's last release; npm looks for the package alone, and runs no script of it.
peers-node: $(VENV)/equipped
	.ci/debian $(if $(shell command -v node),,nodejs) $(if $(shell command -v npm),,npm)
	npm install --prefix .node --no-save --no-audit --no-fund --ignore-scripts jaeger-client@3.19.0
	$(call tests_of,node)

peers-chromium: $(VENV)/equipped
	.ci/debian chromium fonts-dejavu-core fonts-liberation
	$(packages_of_peers)
	$(call tests_of,chromium)

peers-celery: $(VENV)/equipped
	.ci/debian redis-server
	$(packages_of_peers)
	$(call tests_of,celery)

peers-gunicorn: $(VENV)/equipped
	$(packages_of_peers)
	$(call tests_of,gunicorn)

peers-uwsgi: $(VENV)/equipped
	$(packages_of_peers)
	$(call tests_of,uwsgi)

# Instrumentations that the agent must not find in the first ring: they change what it records.
peers-instrumentations: $(VENV)/equipped
	$(packages_of_peers)
	$(call tests_of,instrumentations)

# Debian's server is not on the path, so .ci/debian would not find it.
peers-postgresql: $(VENV)/equipped
	.ci/debian $(if $(wildcard /usr/lib/postgresql/*/bin/postgres),,postgresql)
	$(packages_of_peers)
	$(call tests_of,postgresql)

# ClickHouse as a library, behind its HTTP interface.
peers-clickhouse: $(VENV)/equipped
	$(packages_of_peers)
	$(VENV)/bin/$(INSTALL) --constraint constraints.txt --editable '.[clickhouse]'
	$(call tests_of,clickhouse)

# Spark needs a Java.
peers-spark: $(VENV)/equipped
	.ci/debian $(if $(shell command -v java),,default-jre-headless)
	$(VENV)/bin/$(INSTALL) --constraint constraints.txt --editable '.[spark]'
	$(call tests_of,spark)

# The first ring under other Pythons.
peers-pythons: $(PYTHONS:%=peers-python-%)

peers-python-%: .venv-%/equipped
	.venv-$*/bin/$(PYTEST)

# What tracing costs a request, in two minutes; `make bench ARGUMENTS=--report` takes twelve.
bench: $(VENV)/equipped
	$(VENV)/bin/ot2otel overhead $(ARGUMENTS)

# The same in instructions, which do not depend on other programs, beside the committed table.
bench-instructions: $(VENV)/equipped
	$(VENV)/bin/python -m benchmarks.instructions $(ARGUMENTS)

# All that tests/golden keeps, taken anew in both lanes.
golden: $(VENV)/equipped $(NEWEST)/equipped
	$(VENV)/bin/python -m tests.golden
	$(NEWEST)/bin/python -m tests.golden

# The recordings of libraries, some in the newest lane. SQLAlchemy-OpenTracing names no version that pip would build.
golden-libraries: $(VENV)/equipped
	$(VENV)/bin/$(INSTALL) --constraint constraints.txt --editable '.[libraries]'
	$(VENV)/bin/python -m tests.golden.record_libraries
	$(PYTHON) -m venv .venv-libraries
	.venv-libraries/bin/$(INSTALL) --constraint constraints-newest-instrumentation.txt --editable '.[lab,libraries,dev]' 'setuptools<80' wheel
	.venv-libraries/bin/$(INSTALL) --no-deps --no-build-isolation SQLAlchemy-OpenTracing==0.1.6
	.venv-libraries/bin/python -m tests.golden.record_libraries

# The answers of a real Collector to the shim's spans. Go builds it, in minutes. The builder's own download also
# asks for what only tests need, and `go mod tidy` would: so each module is required by hand, at its version.
golden-collector: $(VENV)/equipped .collector/collector
	$(VENV)/bin/python -m tests.golden.capture_collector .collector/collector

COLLECTOR_VERSION := 0.155.0
MODULES_OF_COLLECTOR = sed -n 's/^ *- gomod: \(.*\) \(v.*\)$$/-require=\1@\2/p' tests/golden/collector/builder.yaml

.collector/collector: tests/golden/collector/builder.yaml
	rm -rf .collector
	go run go.opentelemetry.io/collector/cmd/builder@v$(COLLECTOR_VERSION) --config $< --skip-get-modules --skip-compilation
	cd .collector && go mod init collector
	go mod edit -require=go.opentelemetry.io/collector/otelcol@v$(COLLECTOR_VERSION) $$($(MODULES_OF_COLLECTOR)) .collector/go.mod
	cd .collector && go build -mod=mod -trimpath -ldflags='-s -w' -o collector .

# The generated parts of the documents, from code, recordings and measurements.
docs: $(VENV)/equipped
	$(VENV)/bin/python -m docs.makers.pictures
	$(VENV)/bin/python -m docs.makers.rule_examples
	$(VENV)/bin/python -m docs.makers.collector
	$(VENV)/bin/python -m cogapp -r $(DOCUMENTS)

# The pictures of the pages, in light and dark, from committed recordings.
screenshots: $(VENV)/equipped
	.ci/debian chromium fonts-dejavu-core fonts-liberation
	$(packages_of_peers)
	$(VENV)/bin/python -m docs.makers.screenshots

# The conventions' renames at a version: make conventions CLONE=../semantic-conventions VERSION=1.44.0
conventions: $(VENV)/equipped
	$(VENV)/bin/python -m docs.makers.conventions $(CLONE) $(VERSION)

clean:
	rm -rf $(VENV) $(NEWEST) $(INSTRUMENTED) .venv-libraries .collector $(PYTHONS:%=.venv-%)

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

$(INSTRUMENTED)/equipped: pyproject.toml constraints-newest-instrumentation.txt
	$(PYTHON) -m venv $(INSTRUMENTED)
	$(INSTRUMENTED)/bin/$(INSTALL) --constraint constraints-newest-instrumentation.txt --editable '.[lab,redis,instrumentation,bench,dev]'
	touch $@

# Make would remove what only a pattern names.
.PRECIOUS: .venv-%/equipped

# Another Python by its version, like .venv-3.12; pyenv's need not be on the path.
.venv-%/equipped: pyproject.toml constraints.txt
	@python=$$(python$* -c 'import sys; print(sys.executable)' 2>/dev/null \
		|| ls -d $(HOME)/.pyenv/versions/$*.*/bin/python 2>/dev/null | tail -1); \
	test -n "$$python" || { echo "No Python $* is installed; pyenv install $* brings one." >&2; exit 1; }; \
	$$python -m venv .venv-$*
	.venv-$*/bin/$(INSTALL) --constraint constraints.txt --editable '.[lab,jaeger-thrift,redis,instrumentation,bench,dev]'
	touch $@
