"""The origin of spans: resource detectors, and jaeger-client's process tags."""

from __future__ import annotations

from importlib import metadata

import pytest
import requests

from ot2otel.compare.facts import Contents
from ot2otel.compare.rules import Effect
from ot2otel.compare.rules.thrift_exporter import THRIFT_EXPORTER
from ot2otel.compare.verdict import Outcome, judge
from ot2otel.lab.catalog import FLOWS
from ot2otel.model import Attributes
from ot2otel.receive.collector import Collector
from ot2otel.recording import Port, Recording
from tests.support.running import services
from tests.support.runs import HAND_MADE
from tests.support.verdicts import rules_of

VERSION = "service.version=2.1.0"
DESCRIBED = {
    "OTEL_EXPERIMENTAL_RESOURCE_DETECTORS": "host,os,process",
    "OTEL_RESOURCE_ATTRIBUTES": VERSION,
    "JAEGER_TAGS": VERSION,
}


@pytest.fixture(scope="module")
def described() -> dict[tuple[str, str], Recording]:
    found = {}
    for variant, exporter in HAND_MADE:
        with Collector() as collector:
            with services("hello", variant, exporter, collector, settings=DESCRIBED) as running:
                requests.get(f"{running['server-1'].url}/Bryan", timeout=10)
                ports = {
                    service.name: Port(running[service.name].port, service.port)
                    for service in FLOWS["hello"].services
                }
            spans = collector.wait_for(lambda spans: len(spans) >= 3)
        found[variant, exporter] = Recording(spans, "hello", variant, exporter, ports=ports)
    return found


def resource(recording: Recording) -> Attributes:
    """Return the resource of server-1's span; the thrift exporter writes it into the span's attributes."""
    span = next(span for span in recording.spans if span.name == "server-1")
    facts = dict(Contents().of(span).facts())
    back = next(each for each in THRIFT_EXPORTER if each.rule.name == "thrift-exporter-resource")
    lifted = {lift.place: lift.value for lift in back.lifts(facts) if lift.place}
    return {str(place[1]): value for place, value in (facts | lifted).items() if place[0] == "resource"}


@pytest.mark.parametrize("run", HAND_MADE, ids="/".join)
def test_every_variant_reports_host_and_version_of_the_service(
    described: dict[tuple[str, str], Recording], run: tuple[str, str]
) -> None:
    found = resource(described[run])
    before = resource(described["legacy", "jaeger"])

    assert (found["service.name"], found["service.version"]) == ("server-1", "2.1.0")
    assert found["host.name"] == before["host.name"] != ""


@pytest.mark.parametrize("run", HAND_MADE, ids="/".join)
def test_only_opentelemetry_detects_the_process(
    described: dict[tuple[str, str], Recording], run: tuple[str, str]
) -> None:
    detected = {key for key in resource(described[run]) if key.startswith(("process.", "os."))}

    expected = {"process.pid", "process.runtime.version", "os.type"}
    assert detected & expected == (set() if run[0] == "legacy" else expected)


@pytest.mark.skipif(metadata.version("opentelemetry-sdk") != "1.39.1", reason="newer SDKs leave it out")
def test_the_process_detector_of_sdk_1_39_reports_the_complete_command_line(
    described: dict[tuple[str, str], Recording],
) -> None:
    assert "--server-2 http://" in str(resource(described["native", "otlp"])["process.command_line"])


@pytest.mark.parametrize("run", [run for run in HAND_MADE if run[0] == "native"], ids="/".join)
def test_the_additions_of_the_detectors_are_explained(
    described: dict[tuple[str, str], Recording], run: tuple[str, str]
) -> None:
    verdict = judge(described["legacy", "jaeger"], described[run])

    assert verdict.outcome is Outcome.EQUIVALENT
    assert "detected-resource" in rules_of(verdict, Effect.ADDED)
