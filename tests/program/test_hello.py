"""The flow `hello` in every variant, as real processes that report over real wires."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import quote

import pytest
import requests

from ot2otel.capture.child_process import ProcessFailedError
from ot2otel.capture.environment import exporting_every, reporting_to
from ot2otel.lab.catalog import BY_HAND, FLOWS, VARIANTS, Service
from ot2otel.lab.service import ServiceProcess
from ot2otel.model import Kind, StatusCode, traces
from ot2otel.receive.collector import Collector
from ot2otel.recording import RUN_ID, Recording
from tests.support.flow_spans import has_failed
from tests.support.runs import HAND_MADE

HELLO = FLOWS["hello"]
SERVER_2, SERVER_1 = HELLO.services


@dataclass(frozen=True)
class Running:
    """A pair of servers and the collector that they report to."""

    server_1: ServiceProcess
    server_2: ServiceProcess
    collector: Collector


def start(stack: ExitStack, variant: str, exporter: str, *, work: float = 0, timeout: float = 3) -> Running:
    collector = stack.enter_context(Collector())

    settings = reporting_to(collector, exporter, {RUN_ID: "test"}) | exporting_every(100)

    def service(of: Service, *options: str) -> ServiceProcess:
        process = ServiceProcess(VARIANTS[variant], HELLO, of, ["--work", str(work), *options], settings)
        stack.enter_context(process)
        process.start()
        process.wait_until_ready()
        return process

    server_2 = service(SERVER_2)
    server_1 = service(SERVER_1, "--server-2", server_2.url, "--timeout", str(timeout))
    return Running(server_1, server_2, collector)


@pytest.fixture(scope="module", params=BY_HAND)
def running(request: pytest.FixtureRequest) -> Iterator[Running]:
    with ExitStack() as stack:
        variant = VARIANTS[request.param]
        yield start(stack, variant.name, variant.exporters[0])


@pytest.mark.parametrize("run", HAND_MADE, ids="/".join)
def test_each_request_is_one_trace_from_server_1_to_server_2(
    recordings: Mapping[tuple[str, str], Recording], run: tuple[str, str]
) -> None:
    found = [
        [(node.span.name, [child.span.name for child in node.children]) for node in trace.walk()]
        for trace in traces(recordings[run].spans)
    ]

    complete = [
        ("server-1", ["server-1_to_server-2"]),
        ("server-1_to_server-2", ["server-2"]),
        ("server-2", []),
    ]
    downstream_gone = [("server-1", ["server-1_to_server-2"]), ("server-1_to_server-2", [])]
    assert found == [complete, complete, downstream_gone]


@pytest.mark.parametrize("run", HAND_MADE, ids="/".join)
def test_the_answers_are_the_same_in_every_variant(
    recordings: Mapping[tuple[str, str], Recording], run: tuple[str, str]
) -> None:
    answers = [
        (answer.request, answer.status, answer.body) for answer in recordings[run].normalized_answers()
    ]

    assert answers == [
        ("GET /Bryan", 200, "Hello Bryan! time is <time>"),
        ("GET /%20", 502, "server-2 gave no greeting: HTTPError"),
        ("GET /Bryan", 502, "server-2 gave no greeting: ConnectionError"),
    ]


def test_native_spans_have_kind_status_and_error_type(
    recordings: Mapping[tuple[str, str], Recording],
) -> None:
    spans = sorted(recordings["native", "otlp"].spans, key=lambda span: span.start_ns)

    found = [(span.name, span.kind, span.status.code, span.attributes.get("error.type")) for span in spans]

    assert found == [
        ("server-1", Kind.SERVER, StatusCode.UNSET, None),
        ("server-1_to_server-2", Kind.CLIENT, StatusCode.UNSET, None),
        ("server-2", Kind.SERVER, StatusCode.UNSET, None),
        ("server-1", Kind.SERVER, StatusCode.ERROR, "502"),
        ("server-1_to_server-2", Kind.CLIENT, StatusCode.ERROR, "400"),
        ("server-2", Kind.SERVER, StatusCode.UNSET, None),
        ("server-1", Kind.SERVER, StatusCode.ERROR, "502"),
        ("server-1_to_server-2", Kind.CLIENT, StatusCode.ERROR, "requests.exceptions.ConnectionError"),
    ]


@pytest.mark.parametrize("run", HAND_MADE, ids="/".join)
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_service_that_is_stopped_at_once_delivers_every_finished_span(
    run: tuple[str, str], ending: signal.Signals
) -> None:
    with ExitStack() as stack:
        pair = start(stack, *run)
        for number in range(20):
            assert requests.get(f"{pair.server_1.url}/number-{number}", timeout=10).status_code == 200
        for process in (pair.server_1, pair.server_2):
            process.ask_to_stop(ending)

        exit_codes = [process.stop(timeout=5) for process in (pair.server_1, pair.server_2)]
        spans = pair.collector.wait_for(lambda spans: len(spans) >= 60, expected="60 spans")

    assert (exit_codes, len(spans)) == ([0, 0], 60)


def test_a_service_whose_collector_is_gone_answers_and_stops_in_time() -> None:
    with Collector() as gone:
        settings = reporting_to(gone, "otlp", {RUN_ID: "test"})
    with ServiceProcess(VARIANTS["native"], HELLO, SERVER_2, ["--work", "0"], settings) as process:
        process.start()
        process.wait_until_ready()
        answer = requests.post(process.url, data="Bryan", timeout=10)

        assert (answer.text, process.stop(timeout=5)) == ("Hello Bryan!", 0)


@pytest.mark.parametrize("variant", BY_HAND)
def test_a_server_2_that_is_too_slow_is_a_502_and_an_error_on_both_spans_of_server_1(variant: str) -> None:
    with ExitStack() as stack:
        pair = start(stack, variant, VARIANTS[variant].exporters[0], work=2, timeout=0.2)
        answer = requests.get(f"{pair.server_1.url}/Bryan", timeout=10)
        for process in (pair.server_1, pair.server_2):
            process.stop()
        spans = pair.collector.wait_for(lambda spans: len(spans) >= 3, expected="3 spans")

    failed = {span.name: has_failed(span) for span in spans}
    assert (answer.status_code, answer.text) == (502, "server-2 gave no greeting: ReadTimeout")
    assert failed == {"server-1": True, "server-1_to_server-2": True, "server-2": False}


MALFORMED = [
    "",
    "garbage",
    "1:2:3",
    ":::",
    "0:0:0:0",
    "1:0:0:1",
    "g:1:0:1",
    "1%3A1",
    "1:1:0:99999",
    "x" * 8000,
    "é",
]
TRACE_HEADERS = [
    "uber-trace-id",
    "traceparent",
    "b3",
    "uberctx-key",
    "jaeger-baggage",
    "jaeger-debug-id",
    "baggage",
]


@pytest.mark.parametrize("value", MALFORMED)
@pytest.mark.parametrize("header", TRACE_HEADERS)
def test_a_malformed_trace_header_never_fails_a_request(running: Running, header: str, value: str) -> None:
    answer = requests.get(
        f"{running.server_1.url}/Bryan", headers={header: value.encode("latin-1")}, timeout=10
    )

    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["José", "名前", "a b", "<b>bold</b>", "x" * 1000], ids=repr)
def test_any_name_is_greeted_as_plain_text(running: Running, name: str) -> None:
    answer = requests.get(f"{running.server_1.url}/{quote(name, safe='')}", timeout=10)

    if "/" in name:  # `name` is then two parts of a path, which is another page
        assert answer.status_code == 404
    else:
        assert answer.text.startswith(f"Hello {name}! time is ")
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/", b"", 405),
        ("POST", "/", b"", 400),
        ("POST", "/", b" \n", 400),
        ("POST", "/", b"\xff\xfe", 400),
        ("POST", "/", b"x" * 70_000, 413),
        ("POST", "/elsewhere", b"Bryan", 404),
    ],
)
def test_server_2_refuses_requests_outside_the_flow(
    running: Running, method: str, path: str, body: bytes, status: int
) -> None:
    assert requests.request(method, running.server_2.url + path, data=body, timeout=10).status_code == status


def test_a_favicon_makes_no_span(running: Running) -> None:
    favicon = requests.get(f"{running.server_1.url}/favicon.ico", timeout=10)
    requests.get(f"{running.server_1.url}/after-the-favicon", timeout=10)
    spans = running.collector.wait_for(
        lambda spans: any(span.attributes.get("hello.name") == "after-the-favicon" for span in spans),
        expected="the request after that for the favicon",
    )

    assert favicon.status_code == 404
    assert not [span for span in spans if "favicon.ico" in str(span.attributes)]


def test_a_taken_port_is_named_with_the_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with ServiceProcess(VARIANTS["legacy"], HELLO, SERVER_2, port=port) as process:
            process.start()

            with pytest.raises(ProcessFailedError, match=rf"can't listen on 127\.0\.0\.1:{port}.*try --port"):
                process.wait_until_ready()
