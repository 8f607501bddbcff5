"""The flow `frontend_backend` in every variant, as real processes that report over real wires."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from threading import Thread

import pytest
import requests

from ot2otel.lab.catalog import BY_HAND, VARIANTS
from ot2otel.model import Kind, Span, StatusCode, traces
from ot2otel.receive.collector import Collector
from tests.support.flow_spans import has_failed
from tests.support.running import services
from tests.support.runs import HAND_MADE, recorded

FLOW = "frontend_backend"


@pytest.mark.parametrize("run", HAND_MADE, ids="/".join)
def test_each_request_is_one_trace_from_the_incoming_call_to_the_backend(run: tuple[str, str]) -> None:
    found = [
        [(node.span.service, node.span.name, len(node.children)) for node in trace.walk()]
        for trace in traces(recorded(FLOW)[run].spans)
    ]

    complete = [
        ("frontend", "incoming call", 1),
        ("frontend", "backend call", 1),
        ("backend", "backend call received", 0),
    ]
    backend_gone = [("frontend", "incoming call", 1), ("frontend", "backend call", 0)]
    assert found == [complete, complete, backend_gone]


@pytest.mark.parametrize("run", HAND_MADE, ids="/".join)
def test_frontend_answers_with_the_backends_status_and_text(run: tuple[str, str]) -> None:
    answers = [(answer.status, answer.body) for answer in recorded(FLOW)[run].answers]

    assert answers == [(200, "OK"), (200, "OK"), (502, "backend can't be reached: ConnectionError")]


@pytest.mark.parametrize("run", HAND_MADE, ids="/".join)
def test_the_call_has_ended_before_the_incoming_call_is_answered(run: tuple[str, str]) -> None:
    spans = recorded(FLOW)[run].spans

    ends = {(span.trace_id, span.name): span.end_ns for span in spans}
    pairs = [(ends[trace, "backend call"], ends[trace, "incoming call"]) for trace, _ in ends]
    assert [call < answer for call, answer in pairs] == [True] * len(pairs)


def events(span: Span) -> list[str]:
    """Return the names of a span's events; over thrift OpenTelemetry's arrive in the field `message`."""
    return [event.name or str(event.attributes["message"]) for event in span.events]


@pytest.mark.parametrize("run", HAND_MADE, ids="/".join)
def test_the_spans_have_events_and_both_of_frontends_record_the_lost_backend(
    run: tuple[str, str],
) -> None:
    spans = sorted(recorded(FLOW)[run].spans, key=lambda span: span.start_ns)

    error = "exception" if run[0] == "native" else "error"
    assert [(span.name, events(span)) for span in spans] == [
        ("incoming call", []),
        ("backend call", ["making backend call"]),
        ("backend call received", ["handling backend call"]),
        ("incoming call", []),
        ("backend call", ["making backend call"]),
        ("backend call received", ["handling backend call"]),
        ("incoming call", [error]),
        ("backend call", ["making backend call", error]),
    ]


def test_native_spans_have_kind_status_and_error_type() -> None:
    spans = sorted(recorded(FLOW)["native", "otlp"].spans, key=lambda span: span.start_ns)

    found = [(span.kind, span.status.code, span.attributes.get("error.type")) for span in spans[3:]]

    assert found == [
        (Kind.SERVER, StatusCode.UNSET, None),
        (Kind.CLIENT, StatusCode.UNSET, None),
        (Kind.SERVER, StatusCode.UNSET, None),
        (Kind.SERVER, StatusCode.ERROR, "502"),
        (Kind.CLIENT, StatusCode.ERROR, "requests.exceptions.ConnectionError"),
    ]


@pytest.fixture(scope="module", params=BY_HAND)
def urls(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """The URLs of frontend and backend, in this order."""
    exporter = VARIANTS[request.param].exporters[0]
    with Collector() as collector, services(FLOW, request.param, exporter, collector) as running:
        yield running["frontend"].url, running["backend"].url


@pytest.mark.parametrize("server", [0, 1], ids=["frontend", "backend"])
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/", 405), ("DELETE", "/", 405), ("GET", "/elsewhere", 404), ("GET", "/favicon.ico", 404)],
)
def test_requests_outside_the_flow_are_refused(
    urls: tuple[str, str], server: int, method: str, path: str, status: int
) -> None:
    assert requests.request(method, urls[server] + path, timeout=10).status_code == status


@pytest.mark.parametrize("header", ["uber-trace-id", "traceparent", "uberctx-key", "baggage"])
@pytest.mark.parametrize("value", ["", ":::", "0:0:0:0", "00-0-0-00", "x" * 8000])
def test_a_malformed_trace_header_never_fails_a_call(urls: tuple[str, str], header: str, value: str) -> None:
    assert requests.get(urls[0], headers={header: value}, timeout=10).text == "OK"


def refuse(listener: socket.socket) -> None:
    """Answer one request with 503."""
    connection, _ = listener.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy")


@pytest.mark.parametrize("variant", BY_HAND)
@pytest.mark.parametrize(
    ("serve", "status", "text"),
    [
        (refuse, 503, "busy"),
        (lambda listener: None, 502, "backend can't be reached: ReadTimeout"),
    ],
    ids=["refuses", "does not answer"],
)
def test_a_backend_that_fails_is_an_error_on_both_spans(
    variant: str, serve: Callable[[socket.socket], None], status: int, text: str
) -> None:
    exporter = VARIANTS[variant].exporters[0]
    with Collector() as collector, socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=serve, args=[listener]).start()
        other = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with services(FLOW, variant, exporter, collector, "--backend", other, "--timeout", "0.5") as running:
            answer = requests.get(running["frontend"].url, timeout=10)
        spans = collector.wait_for(lambda spans: len(spans) >= 2, expected="2 spans")

    assert (answer.status_code, answer.text) == (status, text)
    assert {span.name: has_failed(span) for span in spans} == {"incoming call": True, "backend call": True}
