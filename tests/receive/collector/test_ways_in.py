"""Every way in besides Jaeger's compact datagrams and OTLP traces over HTTP."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator

import pytest
import requests
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse

from ot2otel.receive.collector import Collector, Counts, Observations, Ports, taken_ports, warning
from ot2otel.receive.ports import STANDARD_PORTS, StandardPort
from ot2otel.wire.checked import MAX_ELEMENTS
from tests.golden import packet
from tests.receive.collector.thrift_batches import BINARY_CALL, batch, batch_of_empty_spans
from tests.support import clients
from tests.support.waiting import wait_until

PROTOBUF = {"Content-Type": "application/x-protobuf"}
JSON = {"Content-Type": "application/json"}
THRIFT = {"Content-Type": "application/x-thrift"}


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector(ports=Ports.free()) as running:
        yield running


def test_both_agents_take_both_protocols(collector: Collector) -> None:
    assert collector.ports.binary
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for port in (collector.agent_port, collector.ports.binary):
            sender.sendto(BINARY_CALL, ("127.0.0.1", port))
            sender.sendto(packet("jaeger-client.datagram"), ("127.0.0.1", port))
        own_port = sender.getsockname()[1]

        collector.wait_for(lambda spans: len(spans) == 8)

    assert collector.counts == Counts(spans=8, datagrams=4)
    assert collector.observations == Observations(senders=frozenset({own_port}))


@pytest.mark.parametrize("media_type", ["application/x-thrift", "application/vnd.apache.thrift.binary"])
def test_thrift_over_http_becomes_spans(collector: Collector, media_type: str) -> None:
    answer = requests.post(
        f"{collector.jaeger_endpoint}?format=jaeger.thrift",
        data=batch("shop", "checkout"),
        headers={"Content-Type": media_type},
        timeout=10,
    )

    assert (answer.status_code, answer.content) == (202, b"")
    assert [(span.service, span.name) for span in collector.spans] == [("shop", "checkout")]
    assert collector.counts == Counts(spans=1, requests=1)


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        pytest.param(b"", 400, "0 bytes are not a Thrift batch: they end too early", id="empty"),
        pytest.param(batch("s", "op")[:-9], 400, "are not a Thrift batch: they end too early", id="cut"),
        pytest.param(b"\x0b" * 50, 400, "a length is larger than the message", id="garbage"),
        pytest.param(b"\x0c\0\1" * 100, 400, "structs are nested too deep", id="nested deep"),
        pytest.param(b"\x7f\0\1", 400, "there is no type 127", id="no type"),
        pytest.param(
            batch_of_empty_spans(MAX_ELEMENTS + 1), 413, f"Send at most {MAX_ELEMENTS} elements", id="many"
        ),
        pytest.param(batch_of_empty_spans(2000), 400, "More than 1000 spans are invalid", id="empty spans"),
    ],
)
def test_bad_thrift_over_http_is_refused_with_the_reason(
    collector: Collector, body: bytes, status: int, message: str
) -> None:
    answer = requests.post(collector.jaeger_endpoint, data=body, headers=THRIFT, timeout=20)

    assert (answer.status_code, message in answer.json()["message"]) == (status, True)
    assert collector.counts == Counts(requests=1, malformed=1)


def test_thrift_with_gzip_is_taken(collector: Collector) -> None:
    headers = {**THRIFT, "Content-Encoding": "gzip"}
    answer = requests.post(
        collector.jaeger_endpoint, data=gzip.compress(batch("s", "op")), headers=headers, timeout=10
    )

    assert (answer.status_code, len(collector.spans)) == (202, 1)


def test_another_media_type_for_thrift_is_refused(collector: Collector) -> None:
    answer = requests.post(collector.jaeger_endpoint, data=b"", headers=JSON, timeout=10)

    assert answer.status_code == 415
    assert answer.headers["Accept"] == "application/x-thrift, application/vnd.apache.thrift.binary"


@pytest.mark.parametrize(
    ("path", "response"),
    [("/v1/metrics", ExportMetricsServiceResponse), ("/v1/logs", ExportLogsServiceResponse)],
)
def test_metrics_and_logs_are_answered_and_counted(
    collector: Collector,
    path: str,
    response: type[ExportMetricsServiceResponse | ExportLogsServiceResponse],
) -> None:
    in_protobuf = requests.post(collector.otlp_endpoint + path, data=b"\0", headers=PROTOBUF, timeout=10)
    in_json = requests.post(collector.otlp_endpoint + path, data=b"{}", headers=JSON, timeout=10)

    assert (in_protobuf.status_code, in_protobuf.headers["Content-Type"]) == (200, "application/x-protobuf")
    assert response.FromString(in_protobuf.content) == response()
    assert (in_json.status_code, in_json.json()) == (200, {})
    name = path.rpartition("/")[2]
    assert collector.observations == Observations(connections=2, **{name: 2})  # type: ignore[arg-type]  # a count
    assert collector.counts == Counts()


def test_jaeger_client_samples_every_trace_once_it_has_asked(collector: Collector) -> None:
    # Its first question comes at a random moment of the first interval, 60 s by default.
    program = clients.run("jaeger_with_the_default_sampler", clients.environment(collector))

    spans = collector.wait_for(lambda spans: len(spans) == 10)
    assert (program.returncode, program.stdout, program.stderr) == (0, "at first 0.001\n", "")
    assert {span.attributes["sampler.param"] for span in spans} == {1.0}
    assert collector.observations.sampling_questions > 0


def test_a_jaeger_client_that_is_throttled_gets_its_credits(collector: Collector) -> None:
    program = clients.run("jaeger_with_a_throttler", clients.environment(collector))

    assert (program.returncode, program.stdout, program.stderr) == (0, "at first False\n", "")
    assert collector.observations.credit_questions > 0


def test_baggage_restrictions_are_not_answered_because_an_empty_list_would_forbid_all_baggage(
    collector: Collector,
) -> None:
    answer = requests.get(
        f"http://127.0.0.1:{collector.ports.sampling}/baggageRestrictions?service=s", timeout=10
    )

    assert answer.status_code == 404


def test_a_client_that_breaks_off_is_seen(collector: Collector) -> None:
    with socket.create_connection((collector.host, collector.otlp_port)) as client:
        client.sendall(b"POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")

    wait_until(lambda: collector.observations.unfinished == 1)
    assert collector.observations == Observations(connections=1, unfinished=1)


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("127.0.0.1", ""),
        ("127.8.9.1", ""),
        ("localhost", ""),
        ("0.0.0.0", "Listening on every address of this machine: everybody who reaches it can send spans"),
        ("", "Listening on every address of this machine: everybody who reaches it can send spans"),
        ("10.0.0.7", "Listening on 10.0.0.7: everybody who reaches it can send spans"),
        ("buildhost", "Listening on buildhost: everybody who reaches it can send spans"),
    ],
)
def test_listening_for_other_machines_is_warned_of(host: str, says: str) -> None:
    assert warning(host).startswith(says)
    assert bool(warning(host)) is bool(says)


def test_a_collector_on_every_address_is_reached_on_loopback() -> None:
    with Collector("0.0.0.0", ports=Ports.free()) as collector:
        answer = requests.post(collector.jaeger_endpoint, data=batch("s", "op"), headers=THRIFT, timeout=10)

    assert answer.status_code == 202
    assert collector.otlp_endpoint == f"http://127.0.0.1:{collector.otlp_port}"


def test_the_standard_ports_are_those_of_the_documents() -> None:
    numbers = {port.number for port in STANDARD_PORTS}

    assert Ports.standard() == Ports(
        agent=6831, otlp=4318, binary=6832, thrift=14268, grpc=4317, sampling=5778
    )
    assert {6832, 14268, 4317, 5778} < numbers


def test_ports_that_another_program_has_are_told(collector: Collector) -> None:
    def port(number: int, transport: str) -> StandardPort:
        return StandardPort(number, transport, "", "")

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = port(other.getsockname()[1], "tcp")
        ours = port(collector.agent_port, "udp")

        assert taken_ports("127.0.0.1", [taken, ours, port(0, "tcp")]) == (taken, ours)
