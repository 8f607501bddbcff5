"""An unmodified jaeger-client for Node: over UDP it speaks only Thrift's binary protocol."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from ot2otel.capture.environment import untraced
from ot2otel.model import Event, Span, StatusCode
from ot2otel.receive.collector import Collector, Ports
from tests.support.peers import missing, peer, program
from tests.support.runs import ROOT

pytestmark = peer("node")

PACKAGES = ROOT / ".node" / "node_modules"
CLIENT = ROOT / "tests" / "support" / "planted" / "node_client.js"
ALWAYS = {"JAEGER_SAMPLER_TYPE": "const", "JAEGER_SAMPLER_PARAM": "1"}


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector(ports=Ports.free()) as running:
        yield running


def run(collector: Collector, **variables: object) -> str:
    """Run the client to its end and return what it logged."""
    if not (PACKAGES / "jaeger-client").is_dir():
        missing("jaeger-client for Node is not installed: make peers-node")
    environment = {**untraced(), **ALWAYS, "NODE_PATH": str(PACKAGES)}
    environment |= {name: str(value) for name, value in variables.items()}
    ended = subprocess.run(
        [program("node"), str(CLIENT)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return ended.stdout + ended.stderr


def arrived(collector: Collector) -> dict[str, Span]:
    return {span.name: span for span in collector.wait_for(lambda spans: len(spans) == 3)}


@pytest.mark.parametrize("way", ["binary", "compact", "http"])
def test_its_spans_arrive_at_every_port_that_takes_them(collector: Collector, way: str) -> None:
    agent = {"binary": collector.ports.binary, "compact": collector.agent_port}
    variables = (
        {"JAEGER_ENDPOINT": collector.jaeger_endpoint}
        if way == "http"
        else {"JAEGER_AGENT_HOST": "127.0.0.1", "JAEGER_AGENT_PORT": agent[way]}
    )

    assert run(collector, **variables) == ""

    spans = arrived(collector)
    assert spans["pay"].parent_id == spans["checkout"].span_id
    assert spans["pay"].trace_id == spans["checkout"].trace_id != spans["ship"].trace_id
    assert spans["pay"].status.code is StatusCode.ERROR
    assert spans["pay"].attributes["amount"] == 42
    [event] = spans["pay"].events
    assert event == Event("refused", event.time_ns, {"reason": "no money: \u20ac"})
    assert spans["ship"].service == "shop"
    assert collector.counts.losses == ()
    assert bool(collector.counts.requests) is (way == "http")


def test_its_default_sampler_takes_every_trace_once_it_has_asked(collector: Collector) -> None:
    run(
        collector,
        JAEGER_AGENT_HOST="127.0.0.1",
        JAEGER_AGENT_PORT=collector.ports.binary,
        JAEGER_SAMPLER_TYPE="remote",
        JAEGER_SAMPLER_PARAM="0",  # until it has asked
        JAEGER_SAMPLER_MANAGER_HOST_PORT=f"127.0.0.1:{collector.ports.sampling}",
        JAEGER_SAMPLER_REFRESH_INTERVAL="100",  # ms; its first question comes at a random moment in it
        TEST_DELAY="1000",
    )

    assert len(arrived(collector)) == 3
    assert collector.observations.sampling_questions > 0
