"""A running Jaeger's answers, good ones and bad ones."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from ot2otel.model import Span
from ot2otel.receive.destination import SpansMissing
from ot2otel.receive.jaeger.query import JaegerError, JaegerQuery
from ot2otel.receive.jaeger.running import RunInJaeger, RunningJaeger
from tests.support.fake_jaeger import answer, trace
from tests.support.http_server import HttpAnswer, HttpRequest, HttpServer

TRACE = "0af7651916cd43dd8448eb211c80319c"
OTHER_TRACE = "0af7651916cd43dd8448eb211c80319d"
ADDRESS = r"Is it the address of Jaeger's UI and query API \(port 16686\)\?$"


def span(number: int, trace_id: str = TRACE, run: str = "ours", start_ns: int = 1_000_000) -> Span:
    resource = {"service.name": "shop", "ot2otel.run": run}
    return Span(
        trace_id, f"{number:016x}", f"span {number}", start_ns=start_ns, end_ns=start_ns, resource=resource
    )


def stored(*spans: Span) -> HttpAnswer:
    ids = dict.fromkeys(one.trace_id for one in spans)
    return answer([trace([one for one in spans if one.trace_id == each]) for each in ids])


@contextmanager
def run_in(answer: Callable[[HttpRequest], HttpAnswer], timeout: float = 5.0) -> Iterator[RunInJaeger]:
    with HttpServer(answer) as server:
        jaeger = RunningJaeger(server.url, "127.0.0.1", 6831, "http://127.0.0.1:4318")
        tags = {"ot2otel.run": "ours"}
        with RunInJaeger(jaeger, ["shop"], tags, 1_000_000, pause=0.01, timeout=timeout) as run:
            yield run


def script(*answers: HttpAnswer) -> Callable[[HttpRequest], HttpAnswer]:
    """Answer the questions for traces one after the other, the last again and again."""
    left = list(answers)

    def next_answer(request: HttpRequest) -> HttpAnswer:
        if request.path == "/api/services":
            return answer(["shop"])
        return left.pop(0) if len(left) > 1 else left[0]

    return next_answer


def test_a_query_names_service_tags_and_time_and_wants_raw_spans() -> None:
    queries: list[tuple[str, dict[str, str]]] = []

    def note(request: HttpRequest) -> HttpAnswer:
        queries.append((request.path, request.parameters))
        return answer([])

    with HttpServer(note) as server, JaegerQuery(f"{server.url}/base/") as query:
        query.traces("shop", {"ot2otel.run": "ours"}, 5_000_000, 20)

    assert queries == [
        (
            "/base/api/traces",
            {
                "service": "shop",
                "tags": '{"ot2otel.run": "ours"}',
                "start": "5000",
                "end": "86400005000",
                "limit": "20",
                "raw": "true",
            },
        )
    ]


def test_half_a_trace_is_fetched_again_until_it_is_complete() -> None:
    with run_in(script(stored(), stored(span(1)), stored(span(1), span(2)))) as run:
        spans = run.wait_for(lambda spans: len(spans) >= 2)

    assert [one.name for one in spans] == ["span 1", "span 2"]


def test_one_more_span_than_expected_is_not_overlooked() -> None:
    with run_in(script(stored(span(1)), stored(span(1), span(2)))) as run:
        spans = run.wait_for(lambda spans: len(spans) >= 1)

    assert len(spans) == 2


def test_spans_of_another_run_or_an_earlier_time_are_left_out() -> None:
    mixed = stored(span(1), span(2, OTHER_TRACE, run="theirs"), span(3, start_ns=999_000))

    with run_in(script(mixed)) as run:
        spans = run.wait_for(lambda spans: len(spans) >= 1)

    assert [one.name for one in spans] == ["span 1"]


def test_an_error_in_between_is_survived() -> None:
    broken = HttpAnswer(500, "text/plain", b"oops")

    with run_in(script(broken, broken, stored(span(1)))) as run:
        spans = run.wait_for(lambda spans: len(spans) >= 1)

    assert len(spans) == 1


def test_the_error_about_absent_spans_shows_those_that_did_arrive() -> None:
    with run_in(script(stored(span(1)))) as run, pytest.raises(SpansMissing) as missed:
        run.wait_for(lambda spans: len(spans) >= 2, timeout=0.05, expected="2 spans of shop")

    first, *rest = str(missed.value).splitlines()
    assert first.startswith("Waited 0.05 s for 2 spans of shop in http://127.0.0.1:")
    assert rest[-1] == "  shop: span 1 (unspecified, 0.000 ms)"


BAD_ANSWERS = [
    pytest.param(HttpAnswer(404, "text/plain", b"404 page not found\n"), "answered 404", id="404"),
    pytest.param(HttpAnswer(500, "text/plain", b"oops"), "answered 500", id="500"),
    pytest.param(
        HttpAnswer(
            500, "application/json", b'{"data": null, "errors": [{"code": 500, "msg": "no storage"}]}'
        ),
        "answered 500: no storage",
        id="500 with a reason",
    ),
    pytest.param(
        HttpAnswer(200, "text/html; charset=utf-8", b"<!doctype html>"),
        "answered with text/html that is not JSON",
        id="HTML",
    ),
    pytest.param(
        HttpAnswer(200, "application/json", b'{"data": ['),
        "answered with application/json that is",
        id="half",
    ),
    pytest.param(
        HttpAnswer(200, "application/json", b'{"hits": 3}'),
        "answered with JSON that is not Jaeger's",
        id="JSON",
    ),
]


@pytest.mark.parametrize(("bad", "problem"), BAD_ANSWERS)
def test_a_bad_answer_to_the_first_query_is_one_clear_line(bad: HttpAnswer, problem: str) -> None:
    with (
        pytest.raises(JaegerError, match=f"^http://127.0.0.1:[0-9]+ {problem}.*{ADDRESS}"),
        run_in(lambda *_: bad),
    ):
        pass


@pytest.mark.parametrize(("bad", "problem"), BAD_ANSWERS)
def test_a_bad_answer_that_stays_is_one_clear_line(bad: HttpAnswer, problem: str) -> None:
    with run_in(script(bad)) as run, pytest.raises(JaegerError, match=f"{problem}.*{ADDRESS}"):
        run.wait_for(lambda spans: len(spans) >= 1, timeout=0.05)


def test_a_span_that_cannot_be_read_is_named() -> None:
    broken = trace([span(1)])
    broken["spans"][0]["startTime"] = "soon"

    with (
        run_in(script(answer([broken]))) as run,
        pytest.raises(JaegerError, match="trace 1, span 1: startTime"),
    ):
        run.wait_for(lambda spans: len(spans) >= 1, timeout=0.05)


def test_an_address_without_a_listener_is_no_jaeger() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"

        with pytest.raises(JaegerError) as refused:
            JaegerQuery(url).check()

    assert str(refused.value) == (
        f"There is no Jaeger at {url}: connection refused. Start one (docker compose up jaeger), "
        "or give the address of its UI with --jaeger."
    )


def test_a_jaeger_that_does_not_answer_is_not_waited_for_without_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"

        with pytest.raises(JaegerError, match=r"did not answer within 0\.05 s"):
            JaegerQuery(url, timeout=0.05).check()


def test_a_jaeger_that_sends_byte_by_byte_is_not_waited_for_without_end() -> None:
    ended = threading.Event()

    def drip(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while not ended.wait(0.01):
                connection.send(b" ")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        dripping = threading.Thread(target=drip, args=(listening,))
        dripping.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        try:
            with (
                JaegerQuery(url, timeout=0.2) as query,
                pytest.raises(JaegerError, match="did not answer within"),
            ):
                query.check()
        finally:
            ended.set()
            dripping.join()


def test_an_answer_without_end_is_refused() -> None:
    large = HttpAnswer(200, "application/json", json.dumps({"data": ["x" * 2000]}).encode())

    too_large = pytest.raises(JaegerError, match="answered with more than 1000 bytes")
    with HttpServer(lambda *_: large) as server, too_large:
        JaegerQuery(server.url, max_answer=1000).check()
