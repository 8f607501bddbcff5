"""The wheel with each extra, in an empty virtualenv: what the extra promises works there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.runs import ROOT
from tests.test_install import CONSTRAINTS, GOLDEN, installed_in, run, wheel

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["wheel"]  # the fixture
BEFORE, AFTER = (str(GOLDEN / "recordings" / f"hello-{name}.json") for name in ("legacy-jaeger", "shim-otlp"))
# For those who change ot2otel: what `make` needs.
CONTRIBUTORS = {"dev", "libraries", "mutants", "peers", "release"}
GRPC = """
from ot2otel.receive.collector import Collector
from ot2otel.receive.collector import Ports
with Collector(ports=Ports(grpc=0)) as collector:
    print(collector.grpc_endpoint)
"""
# Extras of a case, a command in the virtualenv, and a part of what it prints.
PROMISES: Sequence[tuple[str, Sequence[str], str]] = [
    ("lab", ["ot2otel", "compare"], "legacy → native/otlp  equivalent"),
    ("lab,jaeger-thrift", ["ot2otel", "compare", "--exporter", "jaeger"], "legacy → native/jaeger"),
    ("lab,instrumentation", ["ot2otel", "compare", "--variants", "legacy,auto"], "legacy → auto"),
    ("redis", ["python", "-c", "import kombu.transport.redis, redis; print('redis')"], "redis"),
    ("grpc", ["python", "-c", GRPC], "http://127.0.0.1:"),
    ("html", ["ot2otel", "diff", BEFORE, AFTER, "--html", "page.html"], "legacy → shim/otlp"),
    ("fast", ["ot2otel", "diff", BEFORE, AFTER], "legacy → shim/otlp"),
    ("yaml", ["ot2otel", "translate-config", "jaeger.yaml"], "OTEL_TRACES_SAMPLER"),
    ("bench", ["ot2otel", "overhead", "--help"], "Usage: ot2otel overhead"),
    ("population", ["ot2otel", "population", BEFORE, AFTER], "shim"),
    ("clickhouse", ["ot2otel", "population", "clickhouse://127.0.0.1:1/otel", AFTER], "127.0.0.1:1"),
    ("spark", ["python", "-c", "import ibis.backends.pyspark; print('spark')"], "spark"),
]

pytestmark = pytest.mark.slow


def test_every_extra_has_a_promise() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        extras = set(tomllib.load(file)["project"]["optional-dependencies"])
    promised = {extra for extras, _, _ in PROMISES for extra in extras.split(",")}
    assert promised == extras - CONTRIBUTORS


@pytest.mark.parametrize(("extras", "command", "shown"), PROMISES, ids=[extras for extras, _, _ in PROMISES])
def test_it_keeps_its_promise(
    extras: str, command: Sequence[str], shown: str, wheel: Path, tmp_path: Path
) -> None:
    (tmp_path / "jaeger.yaml").write_text("sampler: {type: const, param: 1}\n")
    if "jaeger-thrift" in extras and CONSTRAINTS.name == "constraints-newest.txt":
        pytest.skip("the Jaeger thrift exporter does not import beside this SDK")
    if "instrumentation" in extras and CONSTRAINTS.name == "constraints-newest.txt":
        pytest.skip("the instrumentations need an older SDK: constraints-newest-instrumentation.txt")
    programs = installed_in(tmp_path / "venv", wheel, extras)

    done: subprocess.CompletedProcess[str] = run([programs / command[0], *command[1:]], tmp_path)

    assert shown in done.stdout + done.stderr
    assert "pip install" not in done.stderr
