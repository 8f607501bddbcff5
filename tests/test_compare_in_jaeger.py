"""The flow's variants compared through a Jaeger: the tests' stand-in, and a real one where there is one."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest
from click.testing import CliRunner

from ot2otel.cli import main
from tests.fake_jaeger import FakeJaeger

REAL = "OT2OTEL_JAEGER_URL"
LOST_OVER_OTLP = {"shim-kind-as-attribute", "shim-error-as-attribute"}
LOST_OVER_THRIFT = {"shim-kind-lost", "shim-status-without-kind"}
VERDICTS = {
    ("shim", "otlp"): ("degraded", LOST_OVER_OTLP),
    ("native", "otlp"): ("equivalent", set()),
    ("shim", "jaeger"): ("degraded", LOST_OVER_THRIFT),
    ("native", "jaeger"): ("equivalent", set()),
}
EXPORTERS = ["otlp", "jaeger"] if find_spec("opentelemetry.exporter.jaeger") else ["otlp"]


@pytest.fixture(scope="module", params=["stand-in", pytest.param("real", marks=pytest.mark.jaeger)])
def jaeger(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Give the options that name a Jaeger."""
    if request.param == "stand-in":
        with FakeJaeger() as fake:
            yield fake.options
    elif REAL in os.environ:
        yield [f"--jaeger={os.environ[REAL]}"]
    else:
        pytest.skip(
            f"{REAL} names no running Jaeger (http://127.0.0.1:16686) that takes spans on its usual ports"
        )


@pytest.fixture(scope="module")
def compared(jaeger: list[str]) -> dict[str, Any]:
    exporter = "all" if "jaeger" in EXPORTERS else "otlp"
    arguments = ["compare", "--exporter", exporter, "--work", "0", "--format", "json", *jaeger]
    printed = CliRunner().invoke(main, arguments)
    assert printed.exit_code == 0, printed.output
    document: dict[str, Any] = json.loads(printed.stdout)
    return document


def test_verdicts_through_jaeger_are_those_of_the_embedded_collector(compared: dict[str, Any]) -> None:
    verdicts = {
        (verdict["after"], verdict["exporter"]): (
            verdict["verdict"],
            {rule["rule"] for rule in verdict["explained"] if rule["effect"] == "degraded"},
        )
        for verdict in compared["verdicts"]
    }

    assert verdicts == {pair: VERDICTS[pair] for pair in VERDICTS if pair[1] in EXPORTERS}


def test_a_run_finds_its_own_spans_among_those_of_all_runs(
    jaeger: list[str], compared: dict[str, Any]
) -> None:
    again = CliRunner().invoke(
        main, ["compare", "--variants", "legacy,native", "--work", "0", "--format", "json", *jaeger]
    )

    recordings = json.loads(again.stdout)["recordings"]
    counts = {label: len(spans_of(recording)) for label, recording in recordings.items()}
    before = {trace_id for recording in compared["recordings"].values() for trace_id in spans_of(recording)}
    now = {trace_id for recording in recordings.values() for trace_id in spans_of(recording)}
    assert (counts, before & now) == ({"legacy/jaeger": 8, "native/otlp": 8}, set())


def spans_of(recording: dict[str, Any]) -> list[str]:
    """Return the trace id of each span."""
    return [
        span["traceId"]
        for resource in recording["resourceSpans"]
        for scope in resource["scopeSpans"]
        for span in scope["spans"]
    ]


def test_each_judged_pair_has_links_to_its_three_traces(compared: dict[str, Any]) -> None:
    links = {label: len(urls) for label, urls in compared["jaeger"]["compare"].items()}

    assert links == {
        f"legacy/jaeger → {after}/{exporter}": 3 for after in ("shim", "native") for exporter in EXPORTERS
    }


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        pytest.param(
            ["--jaeger-agent", "127.0.0.1:6831"],
            "say where a Jaeger takes spans: name it with --jaeger",
            id="no Jaeger",
        ),
        pytest.param(
            ["--jaeger", "localhost:16686"], "is no address like http://127.0.0.1:16686", id="a URL"
        ),
        pytest.param(
            ["--jaeger", "http://127.0.0.1:1", "--jaeger-agent", "6831"],
            "is no address like 127.0.0.1:6831",
            id="an agent",
        ),
        pytest.param(
            ["--target", "old=http://127.0.0.1:1"], "'old' is not one of legacy, shim", id="a variant"
        ),
        pytest.param(["--target", "legacy"], "'' is no address like", id="a target without an address"),
        pytest.param(
            ["--target", "legacy=http://127.0.0.1:1"],
            "Say with --jaeger where the services of --target report to",
            id="a target that reports nowhere",
        ),
        pytest.param(
            ["--jaeger", "http://127.0.0.1:1"], "There is no Jaeger at http://127.0.0.1:1", id="none"
        ),
    ],
)
def test_a_mistake_is_one_line_that_says_what_to_do(arguments: list[str], problem: str) -> None:
    printed = CliRunner().invoke(main, ["compare", *arguments])

    assert printed.exit_code == 2
    assert problem in " ".join(printed.stderr.split())
