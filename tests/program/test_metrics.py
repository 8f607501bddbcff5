"""The metrics of the services, read by the parser of Prometheus and by a real Prometheus."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from legacy_opentracing.metrics import METHODS
from ot2otel.lab.catalog import BY_HAND, VARIANTS
from ot2otel.model import Span
from ot2otel.receive.collector import Collector
from tests.support.peers import peer, program
from tests.support.running import Wiretap, services
from tests.support.waiting import poll

MEASURED = {"OTEL_METRICS_EXPORTER": "prometheus", "OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED": "true"}
OPENMETRICS = {"Accept": "application/openmetrics-text; version=1.0.0; charset=utf-8"}
LISTENING = re.compile(r'msg="Listening on" address=(127\.0\.0\.1:\d+)')
SDK_MEASURES_ITSELF = importlib.util.find_spec("opentelemetry.sdk.trace._tracer_metrics") is not None

# Makes two hundred spans at once and prints the tracer's metrics.
_BURST = """
import time
from jaeger_client import Config
from prometheus_client import REGISTRY
from prometheus_client.openmetrics.exposition import generate_latest
from legacy_opentracing.tracing import TracerMetrics

config = Config({"sampler": {"type": "const", "param": 1}, "reporter_queue_size": 10}, service_name="s",
                metrics_factory=TracerMetrics())
tracer = config.new_tracer()
for number in range(200):
    tracer.start_span(str(number)).finish()
sent = tracer.close()
while not sent.done():
    time.sleep(0.01)
print(generate_latest(REGISTRY).decode(), end="")
"""


@dataclass(frozen=True)
class Measured:
    """The metrics of server-1, and the spans that arrived."""

    families: Mapping[str, Metric]
    spans: tuple[Span, ...]

    def values(self, sample: str) -> dict[tuple[str, ...], float]:
        """Return the values of a sample by its labels, without those for the scope that newer SDKs add."""
        found = [one for family in self.families.values() for one in family.samples if one.name == sample]
        return {
            tuple(one.labels[name] for name in sorted(one.labels) if not name.startswith("otel_scope")): (
                one.value
            )
            for one in found
        }

    def delivered(self, variant: str) -> bool:
        """Tell whether the tracer counts all spans of server-1 as delivered, if its SDK counts them."""
        if variant == "legacy":
            return self.values("jaeger_reporter_spans_total")["ok",] == 6
        exported = self.values("otel_sdk_exporter_span_exported_total")
        return sum(exported.values()) == 6 or not SDK_MEASURES_ITSELF


def families(text: str) -> Mapping[str, Metric]:
    found: Iterable[Metric] = text_string_to_metric_families(text)  # type: ignore[no-untyped-call]  # it has no types
    return {family.name: family for family in found}


def scrape(url: str) -> Mapping[str, Metric]:
    text = requests.get(f"{url}/metrics", headers=OPENMETRICS, timeout=10).text
    return families(text)


@pytest.fixture(scope="module")
def measured() -> Mapping[str, Measured]:
    """The metrics by variant, after three greetings (one failed) and a request with an unknown method."""
    return {variant: measured_after_requests(variant) for variant in BY_HAND}


def measured_after_requests(variant: str) -> Measured:
    exporter = VARIANTS[variant].exporters[0]
    with (
        Collector() as collector,
        services("hello", variant, exporter, collector, settings=MEASURED) as running,
    ):
        url = running["server-1"].url
        for path in ("/Bryan", "/Ada", "/%20"):
            requests.get(url + path, timeout=10)
        requests.request("BREW", f"{url}/Bryan", timeout=10)
        collector.wait_for(lambda spans: len(spans) >= 9, expected="9 spans")
        # A tracer counts a delivered span only after the collector has it.
        return poll(
            lambda: Measured(scrape(url), collector.spans),
            lambda measured: measured.delivered(variant),
            timeout=10,
        )


@pytest.mark.parametrize("variant", BY_HAND)
def test_requests_are_counted_under_the_same_names_in_every_variant(
    measured: Mapping[str, Measured], variant: str
) -> None:
    expected = {("GET", "200", "http"): 2, ("GET", "502", "http"): 1, ("_OTHER", "405", "http"): 1}

    assert measured[variant].values("http_server_requests_total") == expected
    assert measured[variant].values("http_server_request_duration_seconds_count") == expected


def test_durations_are_in_the_same_buckets_in_every_variant(measured: Mapping[str, Measured]) -> None:
    buckets = [
        {float(labels[2]) for labels in each.values("http_server_request_duration_seconds_bucket")}
        for each in measured.values()
    ]

    assert buckets[0] == buckets[1] == buckets[2]
    assert len(buckets[0]) == 15


def test_only_methods_that_http_knows_become_a_label() -> None:
    assert "GET" in METHODS
    assert "BREW" not in METHODS


@pytest.mark.parametrize("variant", BY_HAND)
def test_a_scrape_makes_no_span(measured: Mapping[str, Measured], variant: str) -> None:
    assert len(measured[variant].spans) == 9


@pytest.mark.parametrize("variant", ["legacy", "shim"])
def test_exemplars_name_traces_that_arrive(measured: Mapping[str, Measured], variant: str) -> None:
    server_1 = measured[variant]
    exemplars = [
        sample.exemplar.labels
        for family in server_1.families.values()
        for sample in family.samples
        if sample.exemplar
    ]

    roots = {(span.trace_id, span.span_id) for span in server_1.spans if span.name == "server-1"}
    assert exemplars != []
    assert {(labels["trace_id"], labels["span_id"]) for labels in exemplars} <= roots


def test_opentelemetrys_prometheus_exporter_has_no_exemplars(measured: Mapping[str, Measured]) -> None:
    samples = [sample for family in measured["native"].families.values() for sample in family.samples]

    assert [sample for sample in samples if sample.exemplar] == []


def test_jaeger_client_counts_its_own_spans(measured: Mapping[str, Measured]) -> None:
    legacy = measured["legacy"]

    assert legacy.values("jaeger_started_spans_total") == {("y",): 6, ("n",): 0}
    assert legacy.values("jaeger_finished_spans_total") == {(): 6}
    assert legacy.values("jaeger_reporter_spans_total") == {("ok",): 6, ("err",): 0, ("dropped",): 0}


@pytest.mark.skipif(not SDK_MEASURES_ITSELF, reason="this SDK has no metrics on itself")
@pytest.mark.parametrize("variant", ["shim", "native"])
def test_the_newest_sdk_counts_its_own_spans(measured: Mapping[str, Measured], variant: str) -> None:
    of_sdk = measured[variant]

    assert sum(of_sdk.values("otel_sdk_span_started_total").values()) == 6
    assert sum(of_sdk.values("otel_sdk_processor_span_processed_total").values()) == 6
    assert sum(of_sdk.values("otel_sdk_exporter_span_exported_total").values()) == 6


@pytest.mark.skipif(SDK_MEASURES_ITSELF, reason="this SDK has metrics on itself")
@pytest.mark.parametrize("variant", ["shim", "native"])
def test_sdk_1_39_does_not_count_its_own_spans(measured: Mapping[str, Measured], variant: str) -> None:
    assert [name for name in measured[variant].families if name.startswith("otel_sdk")] == []


@contextmanager
def no_collector() -> Iterator[Wiretap]:
    """Give two addresses: one refuses connections, the other one is never read."""
    with socket.socket() as refusing, socket.socket(type=socket.SOCK_DGRAM) as unread:
        for either in (refusing, unread):
            either.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{refusing.getsockname()[1]}"
        yield Wiretap("127.0.0.1", unread.getsockname()[1], endpoint)


def measured_without_collector(
    variant: str, is_enough: Callable[[Measured], bool], **settings: str
) -> Measured:
    """Return the metrics of server-1 as soon as they are enough, after ten requests without a collector."""
    exporter = VARIANTS[variant].exporters[0]
    with (
        no_collector() as absent,
        services("hello", variant, exporter, absent, settings=MEASURED | settings) as running,
    ):
        url = running["server-1"].url
        for _ in range(10):
            requests.get(f"{url}/Bryan", timeout=10)
        return poll(lambda: Measured(scrape(url), ()), is_enough)


def by_error(measured: Measured, sample: str) -> Counter[str]:
    """Return the values of a sample by their `error_type`, which is "" without an error."""
    found: Counter[str] = Counter()
    for family in measured.families.values():
        for one in family.samples:
            if one.name == sample:
                found[one.labels.get("error_type", "")] += int(one.value)
    return found


def test_jaeger_client_counts_a_datagram_that_nobody_reads_as_delivered() -> None:
    legacy = measured_without_collector(
        "legacy", lambda measured: measured.values("jaeger_reporter_spans_total")["ok",] == 20
    )

    assert legacy.values("jaeger_reporter_spans_total") == {("ok",): 20, ("err",): 0, ("dropped",): 0}


def test_jaeger_client_counts_the_spans_that_a_full_queue_drops() -> None:
    with no_collector() as absent:
        done = subprocess.run(
            [sys.executable, "-c", _BURST],
            env=os.environ | {"JAEGER_AGENT_HOST": absent.host, "JAEGER_AGENT_PORT": str(absent.agent_port)},
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
    spans = Measured(families(done.stdout), ()).values("jaeger_reporter_spans_total")

    assert spans["dropped",] > 0
    assert sum(spans.values()) == 200


@pytest.mark.skipif(not SDK_MEASURES_ITSELF, reason="this SDK has no metrics on itself")
@pytest.mark.parametrize("variant", ["shim", "native"])
def test_the_newest_sdk_counts_the_spans_that_it_cannot_export(variant: str) -> None:
    of_sdk = measured_without_collector(
        variant,
        lambda measured: by_error(measured, "otel_sdk_exporter_span_exported_total").total() == 20,
        OTEL_EXPORTER_OTLP_TIMEOUT="1",
    )

    exported = by_error(of_sdk, "otel_sdk_exporter_span_exported_total")
    assert (exported[""], exported.total()) == (0, 20)


@pytest.mark.skipif(not SDK_MEASURES_ITSELF, reason="this SDK has no metrics on itself")
@pytest.mark.parametrize("variant", ["shim", "native"])
def test_the_newest_sdk_counts_the_spans_that_a_full_queue_drops(variant: str) -> None:
    of_sdk = measured_without_collector(
        variant,
        lambda measured: by_error(measured, "otel_sdk_processor_span_processed_total")["queue_full"] > 0,
        OTEL_BSP_MAX_QUEUE_SIZE="4",
        OTEL_BSP_MAX_EXPORT_BATCH_SIZE="4",
    )

    assert by_error(of_sdk, "otel_sdk_processor_span_processed_total")["queue_full"] > 0


def test_metrics_are_off_by_default() -> None:
    with Collector() as collector, services("hello", "native", "otlp", collector) as running:
        answer = requests.get(f"{running['server-1'].url}/metrics", timeout=10)

    assert answer.text.startswith("Hello metrics!")


@contextmanager
def prometheus(directory: Path, addresses: Sequence[str]) -> Iterator[str]:
    """Run a Prometheus that scrapes these addresses ten times a second, and give its URL."""
    job = {"job_name": "services", "static_configs": [{"targets": addresses}]}
    often = {"scrape_interval": "100ms", "scrape_timeout": "100ms"}
    configuration = directory / "prometheus.yml"
    configuration.write_text(json.dumps({"global": often, "scrape_configs": [job]}))  # JSON is YAML
    options = {
        "config.file": configuration,
        "storage.tsdb.path": directory / "data",
        "web.listen-address": "127.0.0.1:0",
    }
    command = [program("prometheus"), *(f"--{name}={value}" for name, value in options.items())]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            listening = (LISTENING.search(line) for line in process.stderr)
            url = next(f"http://{found[1]}" for found in listening if found)
            deadline = time.monotonic() + 20
            # It listens before it answers anything but 503.
            while not requests.get(f"{url}/-/ready", timeout=10).ok and time.monotonic() < deadline:
                time.sleep(0.05)
            yield url
        finally:
            process.terminate()
            process.communicate(timeout=20)


@peer("prometheus")
@pytest.mark.parametrize("variant", BY_HAND)
def test_a_real_prometheus_scrapes_the_services(variant: str, tmp_path: Path) -> None:
    exporter = VARIANTS[variant].exporters[0]
    query = {"query": "sum by (http_response_status_code) (http_server_requests_total)"}
    counted: list[tuple[Mapping[str, str], str]] = []
    with (
        Collector() as collector,
        services("hello", variant, exporter, collector, settings=MEASURED) as running,
        prometheus(tmp_path, [f"127.0.0.1:{process.port}" for process in running.values()]) as url,
    ):
        requests.get(f"{running['server-1'].url}/Bryan", timeout=10)
        deadline = time.monotonic() + 20
        # Until both services' counts are in; Prometheus can only be polled.
        while counted != [({"http_response_status_code": "200"}, "2")] and time.monotonic() < deadline:
            answer = requests.get(f"{url}/api/v1/query", params=query, timeout=10).json()
            counted = [(series["metric"], series["value"][1]) for series in answer["data"]["result"]]

    assert counted == [({"http_response_status_code": "200"}, "2")]
