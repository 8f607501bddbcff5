"""The wheel with each extra, in an empty virtualenv: what the extra promises works there."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pytest

from tests.golden import RECORDINGS
from tests.support.installation import CONSTRAINTS, built_wheel, installed_in, run
from tests.support.runs import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

BEFORE, AFTER = (str(RECORDINGS / f"hello-{name}.json") for name in ("legacy-jaeger", "shim-otlp"))
# For those who change ot2otel: what `make` needs.
CONTRIBUTORS = {"dev", "libraries", "mutants", "peers", "release"}
GRPC = """
from ot2otel.receive.collector import Collector
from ot2otel.receive.collector import Ports
with Collector(ports=Ports(grpc=0)) as collector:
    print(collector.grpc_endpoint)
"""
# Without the extra the same command works, more slowly.
FAST = f"""
import sys
from ot2otel import recording_file
recording_file.read({BEFORE!r})
print("orjson" in sys.modules)
"""
# Measuring takes minutes; this imports all that measuring and its page need.
BENCH = """
import ot2otel.lab.overhead.report.html
from ot2otel.lab.overhead.estimate import check_installed
check_installed()
print("bench")
"""
PYTHON = ("python", "-c")
# Extras of a case, a command in the virtualenv, its exit code, and a part of what it prints.
PROMISES: Sequence[tuple[str, Sequence[str], int, str]] = [
    ("lab", ["ot2otel", "compare"], 0, "legacy → native/otlp  equivalent"),
    ("lab", ["ot2otel", "headers", str(ROOT / "docs" / "captured-headers.txt")], 0, "legacy/jaeger"),
    ("lab,jaeger-thrift", ["ot2otel", "compare", "--exporter", "jaeger"], 0, "legacy → native/jaeger"),
    ("lab,instrumentation", ["ot2otel", "compare", "--variants", "legacy,auto"], 1, "legacy → auto"),
    (
        "lab,integrations",
        ["ot2otel", "compare", "--variants", "integrations,native"],
        1,
        "integrations → native",
    ),
    ("redis", [*PYTHON, "import kombu.transport.redis, redis; print('redis')"], 0, "redis"),
    ("grpc", [*PYTHON, GRPC], 0, "http://127.0.0.1:"),
    ("html", ["ot2otel", "diff", BEFORE, AFTER, "--html", "page.html"], 0, "Wrote page.html"),
    ("fast", [*PYTHON, FAST], 0, "True"),
    ("yaml", ["ot2otel", "translate-config", "jaeger.yaml"], 0, "OTEL_TRACES_SAMPLER"),
    ("bench", [*PYTHON, BENCH], 0, "bench"),
    ("population", ["ot2otel", "population", BEFORE, AFTER], 0, "shim-kind-as-attribute"),
    ("population", ["ot2otel", "convert", BEFORE, "-o", "before.parquet"], 0, "before.parquet: 8 spans"),
    ("clickhouse", ["ot2otel", "population", "clickhouse://127.0.0.1:1/otel", AFTER], 2, "127.0.0.1:1"),
    ("spark", [*PYTHON, "import ibis.backends.pyspark; print('spark')"], 0, "spark"),
]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]  # pip takes minutes where it has no cache


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Give a function that makes a virtualenv for some extras, each once, and returns its `bin`."""
    return cache(lambda extras: installed_in(tmp_path_factory.mktemp("extras") / "venv", wheel, extras))


def test_every_extra_has_a_promise() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        extras = set(tomllib.load(file)["project"]["optional-dependencies"])
    promised = {extra for extras, *_ in PROMISES for extra in extras.split(",")}
    assert promised == extras - CONTRIBUTORS


@pytest.mark.parametrize(
    ("extras", "command", "code", "shown"),
    PROMISES,
    ids=[f"{extras}: {command[1]}" for extras, command, *_ in PROMISES],
)
def test_it_keeps_its_promise(
    extras: str,
    command: Sequence[str],
    code: int,
    shown: str,
    installed: Callable[[str], Path],
    tmp_path: Path,
) -> None:
    (tmp_path / "jaeger.yaml").write_text("sampler: {type: const, param: 1}\n")
    if "jaeger-thrift" in extras and CONSTRAINTS.name == "constraints-newest.txt":
        pytest.skip("the Jaeger thrift exporter does not import beside this SDK")
    if "instrumentation" in extras and CONSTRAINTS.name == "constraints-newest.txt":
        pytest.skip("the instrumentations need an older SDK: constraints-newest-instrumentation.txt")
    programs = installed(extras)

    done = run([programs / command[0], *command[1:]], tmp_path)

    assert (done.returncode, "pip install" in done.stderr) == (code, False), done.stderr
    assert shown in done.stdout + done.stderr
