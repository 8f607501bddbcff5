"""The services under `opentelemetry-instrument`: the agent's spans and their own are one trace."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
import requests

from ot2otel.capture.child_process import ChildProcess
from ot2otel.capture.environment import reporting_to, untraced
from ot2otel.model import Span, traces
from ot2otel.receive.collector import Collector
from tests.support.runs import RUNS

LISTENING = re.compile(r"listening on (http://\S+)$")
OURS = ("server-1", "server-1_to_server-2", "server-2")
AGENT = Path(sys.executable).with_name("opentelemetry-instrument")

pytestmark = pytest.mark.skipif(
    find_spec("opentelemetry.distro") is None, reason="ot2otel[instrumentation] is not installed in this lane"
)
needs_thrift = pytest.mark.skipif(
    ("native", "jaeger") not in RUNS, reason="the Jaeger thrift exporter does not import in this lane"
)


@contextmanager
def service(package: str, name: str, settings: Mapping[str, str], *options: str) -> Iterator[str]:
    """Run one service of hello under the agent and give its address."""
    command = [
        str(AGENT),
        sys.executable,
        "-m",
        package,
        "hello",
        name,
        "--port",
        "0",
        "--work",
        "0",
        *options,
    ]
    process = ChildProcess([*command, *options], {**settings, "OTEL_SERVICE_NAME": name}, LISTENING, name)
    try:
        process.start()
        yield process.wait_for_line(30)[1]
    finally:
        process.stop(10)


def spans_of_a_request(package: str, **settings: str) -> tuple[Span, ...]:
    quiet = {"OTEL_METRICS_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none", "PYTHONUNBUFFERED": "1"}
    with Collector() as collector:
        given = {**untraced(), **reporting_to(collector, "otlp", {}), **quiet, **settings}
        with (
            service(package, "server-2", given) as server_2,
            service(package, "server-1", given, "--server-2", server_2) as server_1,
        ):
            assert requests.get(f"{server_1}/Bryan", timeout=10).status_code == 200
    return collector.spans


PROVIDERS = pytest.mark.parametrize(
    "settings",
    [
        pytest.param({}, id="the agent's provider"),
        # Without a configurator the agent instruments the libraries and makes no provider.
        pytest.param({"OTEL_PYTHON_CONFIGURATOR": "none"}, id="our provider"),
    ],
)


@PROVIDERS
@pytest.mark.parametrize("package", ["otel_native", "shim_bridge"])
def test_a_request_is_one_trace_whose_spans_lie_in_each_other(
    package: str, settings: Mapping[str, str]
) -> None:
    [trace] = traces(spans_of_a_request(package, **settings))

    nested = [
        (depth, node.span.service, node.span.name)
        for root in trace.roots
        for depth, node in root.walk_with_depth()
    ]
    assert nested == [
        (0, "server-1", "GET /<name>"),
        (1, "server-1", "server-1"),
        (2, "server-1", "server-1_to_server-2"),
        (3, "server-1", "POST"),
        (4, "server-2", "POST /"),
        (5, "server-2", "server-2"),
    ]
    assert trace.orphans == ()


@needs_thrift
@PROVIDERS
@pytest.mark.parametrize("package", ["otel_native", "shim_bridge"])
def test_the_agents_name_for_the_thrift_exporter_is_ours_too(
    package: str, settings: Mapping[str, str]
) -> None:
    spans = spans_of_a_request(package, OTEL_TRACES_EXPORTER="jaeger_thrift", **settings)

    assert {span.name for span in spans} == {*OURS, "GET /<name>", "POST", "POST /"}


@needs_thrift
@pytest.mark.parametrize("package", ["otel_native", "shim_bridge"])
def test_the_agent_does_not_know_jaeger_and_leaves_the_libraries_untraced(package: str) -> None:
    spans = spans_of_a_request(package, OTEL_TRACES_EXPORTER="jaeger")

    assert {span.name for span in spans} == set(OURS)


def test_the_repair_comes_before_the_agents_exporter_which_was_registered_first() -> None:
    spans = spans_of_a_request("shim_bridge.repaired")

    ours = {span.name: span for span in spans if span.name in OURS}
    assert {name: span.kind.name for name, span in ours.items()} == {
        "server-1": "SERVER",
        "server-1_to_server-2": "CLIENT",
        "server-2": "SERVER",
    }
    assert not any("span.kind" in span.attributes for span in spans)
