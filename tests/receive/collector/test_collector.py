"""Messages into the sockets come out as spans, also beside bad ones."""

from __future__ import annotations

import gzip
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest
import requests
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from ot2otel.errors import Ot2OtelError
from ot2otel.model import Span
from ot2otel.receive.collector import Collector, Counts, Ports, SpansMissing
from ot2otel.receive.collector.application import MAX_BODY
from ot2otel.receive.collector.listening import ListenError
from ot2otel.wire.jaeger_thrift import decode_datagram
from ot2otel.wire.otlp_json_encoder import encode_json
from ot2otel.wire.otlp_protobuf import decode_protobuf
from tests.golden import packet, spans_document

DATAGRAM = packet("jaeger-client.datagram")
OTLP = packet("otlp-http-exporter.pb")
OTLP_JSON = spans_document("otlp-http-exporter.pb")
# `emitBatch` in Thrift's binary protocol, with one span of the service "s".
BINARY = (
    b"\x80\x01\x00\x04\x00\x00\x00\x09emitBatch\x00\x00\x00\x01\x0c\x00\x01"
    b"\x0c\x00\x01\x0b\x00\x01\x00\x00\x00\x01s\x00\x0f\x00\x02\x0c\x00\x00\x00\x01"
    b"\x0a\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01\x0a\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00"
    b"\x0a\x00\x03\x00\x00\x00\x00\x00\x00\x00\x01\x0a\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00"
    b"\x0b\x00\x05\x00\x00\x00\x02op\x08\x00\x07\x00\x00\x00\x01"
    b"\x0a\x00\x08\x00\x00\x00\x00\x00\x00\x00\x01\x0a\x00\x09\x00\x00\x00\x00\x00\x00\x00\x01"
    b"\x00\x00\x00"
)
PROTOBUF = {"Content-Type": "application/x-protobuf"}
JSON = {"Content-Type": "application/json; charset=utf-8"}
GZIP = {"Content-Encoding": "gzip"}


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as running:
        yield running


def _send(collector: Collector, *datagrams: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for datagram in datagrams:
            sender.sendto(datagram, ("127.0.0.1", collector.agent_port))


def _post(collector: Collector, body: bytes, headers: dict[str, str]) -> requests.Response:
    return requests.post(f"{collector.otlp_endpoint}/v1/traces", data=body, headers=headers, timeout=10)


def _spans(count: int, trace_id: str = "0" * 31 + "1") -> list[Span]:
    return [Span(trace_id, f"{number:016x}", "op") for number in range(1, count + 1)]


def test_a_datagram_to_the_agent_becomes_spans(collector: Collector) -> None:
    _send(collector, DATAGRAM)

    spans = collector.wait_for(lambda spans: len(spans) == 3, expected="3 spans")

    assert spans == collector.spans == decode_datagram(DATAGRAM).spans
    assert collector.counts == Counts(spans=3, datagrams=1)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param(OTLP, PROTOBUF, id="protobuf"),
        pytest.param(gzip.compress(OTLP), {**PROTOBUF, **GZIP}, id="protobuf with gzip"),
        pytest.param(
            gzip.compress(OTLP[:99]) + gzip.compress(OTLP[99:]), {**PROTOBUF, **GZIP}, id="two gzip members"
        ),
        pytest.param(OTLP_JSON, JSON, id="json"),
        pytest.param(gzip.compress(OTLP_JSON), {**JSON, **GZIP}, id="json with gzip"),
    ],
)
def test_an_otlp_body_becomes_spans(collector: Collector, body: bytes, headers: dict[str, str]) -> None:
    answer = _post(collector, body, headers)

    assert answer.status_code == 200
    assert collector.spans == decode_protobuf(OTLP).spans
    assert collector.counts == Counts(spans=3, requests=1)


def test_a_body_in_chunks_becomes_spans(collector: Collector) -> None:
    chunks = iter([OTLP[:100], OTLP[100:]])

    answer = requests.post(f"{collector.otlp_endpoint}/v1/traces", data=chunks, headers=PROTOBUF, timeout=10)

    assert answer.status_code == 200
    assert collector.spans == decode_protobuf(OTLP).spans


def test_an_answer_to_protobuf_is_protobuf(collector: Collector) -> None:
    answer = _post(collector, OTLP, PROTOBUF)

    assert answer.headers["Content-Type"] == "application/x-protobuf"
    assert ExportTraceServiceResponse.FromString(answer.content) == ExportTraceServiceResponse()


def test_rejected_spans_are_a_partial_success(collector: Collector) -> None:
    bad = Span("0" * 32, "0" * 15 + "1", "bad")
    body = json.dumps(encode_json([*_spans(1), bad])).encode()

    answer = _post(collector, body, JSON)

    reason = f"span 'bad': '{'0' * 32}' is not a trace id"
    assert answer.status_code == 200
    assert answer.json() == {"partialSuccess": {"rejectedSpans": "1", "errorMessage": reason}}
    assert collector.spans == tuple(_spans(1))
    assert collector.counts == Counts(spans=1, requests=1, rejected_spans=1)
    assert collector.problems == (reason,)


@pytest.mark.parametrize(
    ("body", "headers", "status", "message"),
    [
        pytest.param(OTLP[:-1], PROTOBUF, 400, "801 bytes are not OTLP traces in protobuf", id="truncated"),
        pytest.param(b"{", JSON, 400, "1 bytes are not JSON", id="no json"),
        pytest.param(b"\xff" * 65536, PROTOBUF, 400, "65536 bytes are not OTLP", id="garbage"),
        pytest.param(OTLP, {**PROTOBUF, **GZIP}, 400, "802 bytes that are not valid gzip", id="no gzip"),
        pytest.param(
            gzip.compress(OTLP)[:-9],
            {**PROTOBUF, **GZIP},
            400,
            "bytes that are not valid gzip: they end too early",
            id="short gzip",
        ),
        pytest.param(
            OTLP, {}, 415, "Send traces as application/x-protobuf or application/json.", id="no type"
        ),
        pytest.param(
            OTLP, {**PROTOBUF, "Content-Encoding": "br"}, 415, "with gzip", id="an unknown encoding"
        ),
        pytest.param(
            bytes(MAX_BODY + 1), PROTOBUF, 413, "Send at most 8388608 bytes in a body", id="too large"
        ),
        pytest.param(
            b'{"resourceSpans":[{"scopeSpans":[{"spans":[' + b"{}," * 100_000 + b"{}]}]}]}",
            JSON,
            400,
            "More than 1000 spans are invalid, the first: span '': '' is not a trace id",
            id="nothing but empty spans",
        ),
        pytest.param(
            gzip.compress(bytes(10 * MAX_BODY)),
            {**PROTOBUF, **GZIP},
            413,
            "Send at most 8388608 bytes in a body, counted after decompression.",
            id="a gzip bomb",
        ),
    ],
)
def test_a_bad_body_gets_its_status(
    collector: Collector, body: bytes, headers: dict[str, str], status: int, message: str
) -> None:
    _post(collector, OTLP, PROTOBUF)

    answer = _post(collector, body, headers)

    text = (
        Status.FromString(answer.content).message
        if answer.headers["Content-Type"] == "application/x-protobuf"
        else answer.json()["message"]
    )
    assert (answer.status_code, message in text) == (status, True)
    assert collector.problems == (f"POST /v1/traces: {text}",)
    assert _post(collector, OTLP, PROTOBUF).status_code == 200
    assert collector.counts == Counts(spans=6, requests=3, malformed=1)


@pytest.mark.parametrize("headers", [JSON, {**JSON, **GZIP}], ids=["identity", "gzip"])
@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 413)])
def test_the_largest_body_is_taken_and_one_more_byte_is_not(
    collector: Collector, headers: dict[str, str], more: int, status: int
) -> None:
    body = OTLP_JSON.ljust(MAX_BODY + more)

    answer = _post(collector, gzip.compress(body, 1) if "Content-Encoding" in headers else body, headers)

    assert (answer.status_code, len(collector.spans)) == (status, 3 if status == 200 else 0)


def test_a_body_in_chunks_that_is_too_large_is_refused(collector: Collector) -> None:
    chunks = iter([bytes(MAX_BODY), b"x"])

    answer = requests.post(f"{collector.otlp_endpoint}/v1/traces", data=chunks, headers=PROTOBUF, timeout=10)

    assert (answer.status_code, collector.counts) == (413, Counts(requests=1, malformed=1))


@pytest.mark.parametrize(("members", "status"), [(100, 200), (101, 400)])
def test_a_body_of_many_gzip_members_is_refused(collector: Collector, members: int, status: int) -> None:
    body = b"".join(gzip.compress(OTLP[start : start + 1]) for start in range(members - 1))

    answer = _post(collector, body + gzip.compress(OTLP[members - 1 :]), {**PROTOBUF, **GZIP})

    assert answer.status_code == status


def test_zeros_after_a_gzip_member_are_padding(collector: Collector) -> None:
    assert _post(collector, gzip.compress(OTLP) + bytes(20), {**PROTOBUF, **GZIP}).status_code == 200


@pytest.mark.parametrize(
    ("place", "message"), [(-8, "incorrect data check"), (-4, "incorrect length check"), (10, "invalid")]
)
@pytest.mark.parametrize("padding", [0, 200_000], ids=["short", "long"])
def test_a_gzip_body_with_a_false_byte_is_refused(
    collector: Collector, place: int, message: str, padding: int
) -> None:
    body = bytearray(gzip.compress(OTLP_JSON.ljust(padding), mtime=0))
    body[place] ^= 0xFF

    answer = _post(collector, bytes(body), {**JSON, **GZIP})

    assert (answer.status_code, message in answer.json()["message"]) == (400, True)
    assert collector.counts == Counts(requests=1, malformed=1)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"doubleValue": 10**400}, "doubleValue must be a number of 64 bits, not "),
        ({"doubleValue": "1e999x"}, "doubleValue must be a number, not '1e999x'"),
        ({"intValue": 2**63}, f"intValue must be an integer from {-(2**63)} to {2**63 - 1}, not "),
        ({"intValue": "1" * 5000}, f"intValue must be an integer from {-(2**63)} to {2**63 - 1}, not "),
    ],
)
def test_a_number_that_is_too_large_rejects_its_span_alone(
    collector: Collector, value: dict[str, object], reason: str
) -> None:
    document = encode_json(_spans(2))
    first = document["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    first["attributes"] = [{"key": "n", "value": value}]

    answer = _post(collector, json.dumps(document).encode(), JSON)

    assert (answer.status_code, collector.counts) == (200, Counts(spans=1, requests=1, rejected_spans=1))
    assert collector.problems[0].startswith(reason)


def test_a_datagram_in_the_binary_protocol_becomes_spans(collector: Collector) -> None:
    _send(collector, BINARY)

    assert collector.wait_for(lambda spans: len(spans) == 1)[0].name == "op"


def test_another_path_is_not_found(collector: Collector) -> None:
    answer = requests.post(f"{collector.otlp_endpoint}/", timeout=10)

    message = "There is no / here. Send OTLP to /v1/traces, Thrift to /api/traces."
    assert (answer.status_code, answer.json()) == (404, {"message": message})


def test_another_method_is_not_allowed(collector: Collector) -> None:
    answer = requests.get(f"{collector.otlp_endpoint}/v1/traces", timeout=10)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(b"", id="empty"),
        pytest.param(DATAGRAM[:-20], id="truncated"),
        pytest.param(b"\x82\x81\x01\x09emitBatch" + b"\x1c" * 60_000, id="nested deep"),
        pytest.param(b"\xa5" * 65_507, id="64 KiB of garbage"),
    ],
)
def test_a_bad_datagram_does_not_harm_its_neighbours(collector: Collector, bad: bytes) -> None:
    _send(collector, DATAGRAM, bad, DATAGRAM)

    collector.wait_for(lambda spans: len(spans) == 6)

    assert collector.counts == Counts(spans=6, datagrams=3, malformed=1)
    assert len(collector.problems) == 1
    assert collector.problems[0].startswith("Datagram from 127.0.0.1:")


def test_the_oldest_trace_makes_room_for_new_spans() -> None:
    with Collector(max_spans=4) as collector:
        _send(collector, DATAGRAM)
        collector.wait_for(lambda spans: len(spans) == 3)

        _post(collector, OTLP, PROTOBUF)

    assert collector.spans == decode_protobuf(OTLP).spans
    assert collector.counts == Counts(spans=6, datagrams=1, requests=1, evicted_spans=3, evicted_traces=1)


def test_a_cleared_collector_is_like_a_new_one(collector: Collector) -> None:
    _post(collector, OTLP, PROTOBUF)
    _post(collector, b"{", JSON)

    collector.clear()

    assert (collector.spans, collector.counts, collector.problems) == ((), Counts(), ())


def test_waiting_in_vain_shows_the_spans_that_did_arrive(collector: Collector) -> None:
    body = json.dumps(encode_json([*_spans(1), Span("0" * 32, "0" * 15 + "1", "bad")])).encode()
    _post(collector, body, JSON)

    with pytest.raises(SpansMissing) as raised:
        collector.wait_for(lambda spans: len(spans) == 3, timeout=0.01, expected="3 spans of server-2")

    assert str(raised.value).splitlines() == [
        "Waited 0.01 s for 3 spans of server-2, got 1:",
        "trace 00000000000000000000000000000001",
        "  ?: op (unspecified, 0.000 ms)",
        "1 rejected spans.",
        f"span 'bad': '{'0' * 32}' is not a trace id",
    ]


def test_waiting_ends_as_soon_as_the_spans_are_there(collector: Collector) -> None:
    tested = threading.Event()

    def three(spans: tuple[Span, ...]) -> bool:
        tested.set()
        return len(spans) == 3

    def send_later() -> None:
        tested.wait()
        _send(collector, DATAGRAM)

    sender = threading.Thread(target=send_later)
    sender.start()
    started = time.monotonic()

    spans = collector.wait_for(three, timeout=60)

    sender.join()
    assert (len(spans), time.monotonic() - started < 30) == (3, True)


def test_datagrams_sent_before_the_end_are_decoded() -> None:
    with Collector() as collector:
        _send(collector, *[DATAGRAM] * 50)

    assert collector.counts == Counts(spans=150, datagrams=50)


def test_a_taken_otlp_port_is_named(collector: Collector) -> None:
    with pytest.raises(ListenError) as raised, Collector(ports=Ports(otlp=collector.otlp_port)):
        pass

    assert str(raised.value) == (
        f"TCP port {collector.otlp_port} on 127.0.0.1 is taken. Stop the program that listens there, or "
        "take a free port: --free-ports of `ot2otel record`, 0 in `Ports`."
    )


def test_a_taken_jaeger_port_is_named(collector: Collector) -> None:
    message = f"^UDP port {collector.agent_port} on 127.0.0.1 is taken"
    with pytest.raises(ListenError, match=message), Collector(ports=Ports(agent=collector.agent_port)):
        pass


@pytest.mark.parametrize(
    ("host", "port", "reason"),
    [
        ("192.0.2.1", 0, "Cannot assign requested address"),
        ("127.0.0.1", 65536, "bind"),
        (
            "no.such.host.invalid",
            0,
            "[NT]",
        ),  # no name, or a temporary failure of a machine without a resolver
    ],
)
def test_an_address_that_is_not_available_is_an_error(host: str, port: int, reason: str) -> None:
    with pytest.raises(Ot2OtelError, match=f"^Cannot listen on UDP port {port} of {host}: {reason}"):
        Collector(host, Ports(agent=port)).__enter__()


def test_nothing_is_left_of_a_collector_that_ended() -> None:
    earlier = set(threading.enumerate())

    with Collector() as collector:
        _send(collector, DATAGRAM)
        session = requests.Session()
        session.post(f"{collector.otlp_endpoint}/v1/traces", data=OTLP, headers=PROTOBUF, timeout=10)
        threads = set(threading.enumerate()) - earlier
    session.close()

    assert threads
    for thread in threads:
        thread.join(5)
    assert set(threading.enumerate()) <= earlier
    with Collector(ports=Ports(collector.agent_port, collector.otlp_port)) as again:
        assert (again.agent_port, again.otlp_port) == (collector.agent_port, collector.otlp_port)


def test_it_needs_no_pytest() -> None:
    program = (
        "import sys; from ot2otel.receive.collector import Collector\n"
        "with Collector() as collector: print(collector.spans, 'pytest' in sys.modules)"
    )

    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert (finished.stdout, finished.stderr) == ("() False\n", "")
