"""OTLP over gRPC: the same decoding, budgets and counts as over HTTP; without grpcio a sentence."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from ot2otel.receive.collector import Collector, Counts, Observations, Ports, embedded, grpc
from ot2otel.receive.collector.application import MAX_BODY
from ot2otel.receive.collector.http import Grpc, Limits, http_server
from ot2otel.receive.collector.http2_refusal import PREFACE, Http2Refusal
from ot2otel.receive.collector.listening import ListenError
from ot2otel.receive.collector.store import SpanStore
from ot2otel.wire.checked import MAX_ELEMENTS
from ot2otel.wire.otlp_protobuf import decode_protobuf
from tests.golden import packet
from tests.support import clients, hostile
from tests.support.peers import module
from tests.support.waiting import wait_until
from tests.wire.mutations import mutations

OTLP = packet("otlp-http-exporter.pb")
TRACES = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
METRICS = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"


@pytest.fixture
def collector() -> Iterator[Collector]:
    module("grpc", "ot2otel[grpc]")
    with Collector(ports=Ports.free()) as running:
        yield running


@pytest.fixture
def without_grpcio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "is_installed", lambda: False)


def call(port: int | None, method: str, body: bytes, gzip: bool = False, timeout: float = 20) -> Any:
    """Return the answer to a call, or its error. Any: grpcio publishes no types."""
    library: Any = module("grpc", "ot2otel[grpc]")
    compression = library.Compression.Gzip if gzip else library.Compression.NoCompression
    with library.insecure_channel(f"127.0.0.1:{port}", compression=compression) as channel:
        try:
            return channel.unary_unary(method)(body, timeout=timeout)
        except library.RpcError as error:
            return f"{error.code().name}: {error.details()}"


@pytest.mark.parametrize("gzip", [False, True], ids=["plain", "gzip"])
def test_a_call_becomes_spans(collector: Collector, gzip: bool) -> None:
    answer = call(collector.ports.grpc, TRACES, OTLP, gzip)

    assert ExportTraceServiceResponse.FromString(answer) == ExportTraceServiceResponse()
    assert collector.spans == decode_protobuf(OTLP).spans
    assert collector.counts == Counts(spans=3, requests=1)


def test_the_exporter_of_the_sdk_delivers(collector: Collector) -> None:
    module("grpc", "ot2otel[grpc]")
    program = clients.run(
        "otel_grpc", clients.environment(collector, OTEL_EXPORTER_OTLP_ENDPOINT=collector.grpc_endpoint)
    )

    assert program.stderr == ""
    assert [(span.service, span.name) for span in collector.spans] == [("shop", "checkout")]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        pytest.param(OTLP[:-1], "INVALID_ARGUMENT: 801 bytes are not OTLP traces in protobuf", id="cut"),
        pytest.param(
            hostile.PROTOBUF["empty events"](MAX_ELEMENTS + 1),
            f"RESOURCE_EXHAUSTED: Send at most {MAX_ELEMENTS} elements in a message",
            id="too many elements",
        ),
        pytest.param(bytes(MAX_BODY + 1), "RESOURCE_EXHAUSTED: ", id="too large"),
    ],
)
@pytest.mark.parametrize("gzip", [False, True], ids=["plain", "gzip"])
def test_a_bad_call_is_refused_and_counted(collector: Collector, body: bytes, error: str, gzip: bool) -> None:
    answer = call(collector.ports.grpc, TRACES, body, gzip)

    assert str(answer).startswith(error)
    wait_until(lambda: collector.counts == Counts(requests=1, malformed=1))
    assert collector.problems[0].startswith("gRPC call from ipv4:127.0.0.1:")


def test_rejected_spans_are_a_partial_success(collector: Collector) -> None:
    answer = call(collector.ports.grpc, TRACES, hostile.PROTOBUF["spans without ids"](2))

    partial = ExportTraceServiceResponse.FromString(answer).partial_success
    assert (partial.rejected_spans, collector.counts.rejected_spans) == (2, 2)


def test_metrics_are_answered_and_counted(collector: Collector) -> None:
    assert call(collector.ports.grpc, METRICS, b"") == b""
    assert collector.observations == Observations(metrics=1)


def test_another_method_is_unimplemented_and_there_is_no_reflection(collector: Collector) -> None:
    reflection = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"

    assert call(collector.ports.grpc, reflection, b"").startswith("UNIMPLEMENTED")


@pytest.mark.parametrize("way", ["grpc", "otlp"])
def test_calls_of_many_clients_at_once_all_succeed(collector: Collector, way: str) -> None:
    number = 60
    port = getattr(collector.ports, way)
    with ThreadPoolExecutor(number) as clients_at_once:
        answers = list(clients_at_once.map(lambda _: call(port, TRACES, OTLP), range(number)))

    assert set(answers) == {b""}
    assert collector.counts == Counts(spans=3 * number, requests=number)


def _late(store: SpanStore) -> Iterator[bytes]:
    wait_until(lambda: store.counts().malformed == 1)
    yield OTLP


def test_a_call_without_a_message_is_ended_in_time() -> None:
    library: Any = module("grpc", "ot2otel[grpc]")
    store = SpanStore(10, 10**6)
    with (
        grpc.otlp_grpc(store, "127.0.0.1", 0, message_seconds=0.2) as port,
        library.insecure_channel(f"127.0.0.1:{port}") as channel,
        pytest.raises(library.RpcError) as raised,
    ):
        channel.stream_unary(TRACES)(_late(store), timeout=20)

    assert raised.value.code() is library.StatusCode.CANCELLED
    assert store.counts() == Counts(requests=1, malformed=1)


def test_a_port_that_is_taken_is_told_in_one_line(collector: Collector) -> None:
    with (
        pytest.raises(ListenError, match=r"^TCP port \d+ on 127.0.0.1 is taken\."),
        Collector(ports=Ports(grpc=collector.ports.grpc)),
    ):
        pass


@pytest.mark.parametrize("grpcio", [True, False], ids=["no port for gRPC", "no grpcio"])
def test_the_exporter_shows_the_sentence_of_a_port_that_takes_http(
    grpcio: bool, request: pytest.FixtureRequest
) -> None:
    module("grpc", "ot2otel[grpc]")
    if not grpcio:
        request.getfixturevalue("without_grpcio")
    with Collector(ports=Ports() if grpcio else Ports.free()) as collector:
        port = collector.otlp_port if grpcio else collector.ports.grpc
        program = clients.run(
            "otel_grpc",
            clients.environment(collector, OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{port}"),
        )

    assert (
        "This port of ot2otel takes OTLP over HTTP, not gRPC. Send to the port of OTLP over HTTP with "
        "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf" in program.stderr
    )
    assert ("or install grpcio beside ot2otel: pip install 'ot2otel[grpc]'" in program.stderr) is not grpcio
    assert collector.observations.http2_connections == 1
    assert collector.counts == Counts()


def test_the_exporter_delivers_at_a_port_for_http_if_there_is_one_for_grpc(collector: Collector) -> None:
    program = clients.run("otel_grpc", clients.environment(collector))

    assert program.stderr == ""
    assert [span.name for span in collector.spans] == ["checkout"]
    assert collector.observations == Observations(connections=1)


@pytest.mark.parametrize("gzip", [False, True], ids=["plain", "gzip"])
def test_a_long_message_passes_through_a_port_for_http(collector: Collector, gzip: bool) -> None:
    body = hostile.PROTOBUF["empty events"](100_000) * 2  # 400 kB, more than a window of flow control

    assert call(collector.otlp_port, TRACES, body, gzip) == b""
    assert collector.counts == Counts(spans=2, requests=1)


def test_a_connection_that_is_passed_on_may_stay() -> None:
    library: Any = module("grpc", "ot2otel[grpc]")
    limits = Limits(request_seconds=0.2)
    with (
        Collector(ports=Ports.free(), limits=limits) as collector,
        library.insecure_channel(f"127.0.0.1:{collector.otlp_port}") as channel,
    ):
        export = channel.unary_unary(TRACES)
        export(OTLP, timeout=20)
        time.sleep(1)  # longer than a request over HTTP may take
        export(OTLP, timeout=20)

        assert collector.observations.connections == 1
        assert collector.counts == Counts(spans=6, requests=2)


def test_a_client_that_goes_ends_its_relay_and_one_that_stays_does_not_hold_up_the_end() -> None:
    module("grpc", "ot2otel[grpc]")
    with Collector(ports=Ports.free()) as collector:
        with socket.create_connection((collector.host, collector.otlp_port), timeout=20) as gone:
            gone.sendall(PREFACE)
            assert gone.recv(1)
        stays = socket.create_connection((collector.host, collector.otlp_port), timeout=20)
        stays.sendall(PREFACE)
        assert stays.recv(1)
    with stays:
        assert received_to_the_end(stays)

    assert collector.counts == Counts()


def received_to_the_end(client: socket.socket) -> bool:
    """Read until the connection is closed."""
    try:
        while client.recv(65536):
            pass
    except ConnectionResetError:
        pass
    return True


def test_a_server_of_grpc_that_is_gone_closes_the_client_s_connection() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        nobody_s = nobody.getsockname()
        with (
            http_server(SpanStore(1, 1), "127.0.0.1", [0], grpc=Grpc(nobody_s)) as (port,),
            socket.create_connection(("127.0.0.1", port), timeout=20) as client,
        ):
            client.sendall(PREFACE)

            assert received_to_the_end(client)


@pytest.mark.usefixtures("without_grpcio")
def test_without_grpcio_the_port_still_takes_http() -> None:
    with Collector(ports=Ports.free()) as collector:
        clients.run(
            "otel",
            clients.environment(
                collector, OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{collector.ports.grpc}"
            ),
        )

    assert (collector.serves_grpc, collector.grpc_endpoint) == (False, "")
    assert len(collector.spans) == 1


def test_frames_are_read_however_they_are_cut() -> None:
    settings, ping = b"\0\0\0\4\0\0\0\0\0", b"\0\0\x08\6\0\0\0\0\0" + b"12345678"
    headers = b"\0\0\1\1\5\0\0\0\1\x82"
    sent = PREFACE + settings + ping + headers
    in_one = Http2Refusal("no").received(sent)
    refusal = Http2Refusal("no")

    in_bytes = [refusal.received(sent[place : place + 1]) for place in range(len(sent))]

    assert b"".join(part or b"" for part in in_bytes) == in_one
    assert in_one
    assert in_one.startswith(
        b"\0\0\0\4\0\0\0\0\0" + b"\0\0\0\4\1\0\0\0\0" + b"\0\0\x08\6\1\0\0\0\0" + b"12345678"
    )
    assert in_one.endswith(b"\x0cgrpc-message\x02no")


@given(data=st.binary(max_size=200) | mutations(PREFACE + b"\0\0\1\1\5\0\0\0\1\x82"))
def test_any_bytes_are_answered_or_cut(data: bytes) -> None:
    for sent in (data, PREFACE + data):
        answered = Http2Refusal("no").received(sent)

        assert answered is None or len(answered) <= 100 * len(sent)


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"GET / HTTP/1.1\r\n", id="no preface"),
        pytest.param(PREFACE + b"\xff\xff\xff\0\0\0\0\0\0", id="a frame of 16 MiB"),
        pytest.param(PREFACE + b"\0\0\0\1\5\0\0\0\1" * 200, id="200 calls"),
    ],
)
def test_a_client_that_is_no_http2_or_asks_too_much_is_cut(sent: bytes) -> None:
    assert Http2Refusal("no").received(sent) is None


def test_a_connection_that_speaks_bad_http2_is_closed() -> None:
    with (
        Collector() as collector,
        socket.create_connection((collector.host, collector.otlp_port), timeout=20) as client,
    ):
        client.sendall(PREFACE + b"\xff" * 20_000)

        assert client.recv(1) == b""
