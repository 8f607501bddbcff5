"""Waiting for the traces of services that run already."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from functools import partial

import pytest
import requests
from click.testing import CliRunner

from ot2otel.cli import main
from ot2otel.lab import attached, up
from ot2otel.lab.catalog import FLOWS, VARIANTS, Flow, Variant
from ot2otel.lab.plan import Plan
from ot2otel.lab.token import Token, new_token
from ot2otel.model import Span, traces
from ot2otel.receive.destination import Destination, SpansMissing
from ot2otel.receive.jaeger.running import RunInJaeger, RunningJaeger
from ot2otel.recording import RUN_ID
from tests.support.fake_jaeger import FakeJaeger, answer, trace
from tests.support.http_server import HttpAnswer, HttpRequest, HttpServer
from tests.support.waiting import wait_until

LATER = time.time_ns() + 3600 * 10**9  # than the requests of any test here
_QUIET = attached.QUIET
HELLO = attached.drivable(FLOWS["hello"])  # two requests of three spans each


@pytest.fixture(autouse=True)
def _soon_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attached, "QUIET", 0.05)


Parents = tuple[int, ...]  # of the spans 1, 2, ... of a trace, each by its number; 0 is the request itself


def spans_of(token: Token, parents: Parents) -> list[Span]:
    """Make the spans of the trace that continues the request's."""
    resource = {"service.name": "server-1", "service.namespace": "native"}
    return [
        Span(
            token.trace_id,
            f"{number:016x}",
            f"span {number}",
            f"{parent:016x}" if parent else token.span_id,
            start_ns=1,
            end_ns=1,
            resource=resource,
        )
        for number, parent in enumerate(parents, 1)
    ]


def recorded(*looks: list[Parents]) -> tuple[Span, ...]:
    """Drive a front service; at each look Jaeger has the next traces of the requests, at the end the last."""
    left: Iterator[list[Parents]] = iter(looks)
    tokens: list[Token] = []

    def front(request: HttpRequest) -> HttpAnswer:
        tokens.append(token_of(request))
        return HttpAnswer(body=b"Hello")

    def stored(request: HttpRequest) -> HttpAnswer:
        if not request.values("traceID"):
            return answer([])
        found = zip(tokens, next(left, looks[-1]), strict=True)
        return answer([trace(spans_of(token, parents)) for token, parents in found])

    with HttpServer(front) as service, HttpServer(stored) as server:
        [recording] = attached.record([plan()], [service.url], running(server), "")
    return recording.spans


def plan() -> Plan:
    one_service = replace(HELLO, services=HELLO.services[-1:])
    return Plan(one_service, VARIANTS["native"], "otlp", deadline=0.5)


def running(server: HttpServer) -> RunningJaeger:
    return RunningJaeger(server.url, "127.0.0.1", 6831, "http://127.0.0.1:4318")


def token_of(request: HttpRequest) -> Token:
    _, trace_id, span_id, _ = request.headers["traceparent"].split("-")
    return Token(trace_id, span_id)


def test_enough_spans_are_not_enough_until_their_traces_are_complete() -> None:
    halves: list[Parents] = [(9, 1, 2, 3)] * 2

    spans = recorded(halves, halves, [(0, 1, 2)] * 2)

    roots_and_parents = [("span 1", ""), ("span 2", f"{1:016x}"), ("span 3", f"{2:016x}")]
    assert [(span.name, span.parent_id) for span in spans] == 2 * roots_and_parents


def test_traces_that_stay_small_are_taken_when_no_more_spans_arrive() -> None:
    assert len(recorded([(0, 1), (0,)])) == 3


def test_one_complete_trace_of_two_is_too_few() -> None:
    with pytest.raises(SpansMissing) as missed:
        recorded([(0, 1, 2), (9, 1, 2)])

    first, *tree = str(missed.value).splitlines()
    assert first.startswith("Waited 0.55 s for 2 complete traces of native at http://127.0.0.1:")
    assert [line for line in tree if "is absent" in line][-1] == (
        f"  server-1: span 1 (unspecified, 0.000 ms, its parent {9:016x} is absent)"
    )


def test_a_service_that_does_not_continue_the_trace_of_a_request_is_refused() -> None:
    strangers = spans_of(Token("7" * 32, "7" * 16), (0, 1, 2))
    late = [replace(span, start_ns=LATER, end_ns=LATER) for span in strangers]

    def stored(request: HttpRequest) -> HttpAnswer:
        return answer([] if request.values("traceID") else [trace(late)])

    with (
        HttpServer(lambda _: HttpAnswer()) as service,
        HttpServer(stored) as server,
        pytest.raises(attached.StrangersError) as refused,
    ):
        attached.record([plan()], [service.url], running(server), "")

    assert str(refused.value) == (
        f"native at {service.url} reports spans, but none in the trace of a request from here: it does not "
        "continue its caller's trace (traceparent, uber-trace-id, b3). So its spans cannot be told from "
        "those of others' requests. Compare this flow without --target."
    )


def test_the_token_is_in_every_format_and_each_request_has_its_own() -> None:
    sent: list[HttpRequest] = []

    def front(request: HttpRequest) -> HttpAnswer:
        sent.append(request)
        return HttpAnswer()

    with (
        HttpServer(front) as service,
        HttpServer(lambda _: answer([])) as server,
        pytest.raises(SpansMissing),
    ):
        attached.record([plan()], [service.url], running(server), "")

    tokens = [token_of(request) for request in sent]
    assert len(set(tokens)) == len(tokens) == 2
    for request, token in zip(sent, tokens, strict=True):
        short = token.trace_id[16:]
        assert token.trace_id == f"{'0' * 16}{short}"
        assert request.headers["uber-trace-id"] == f"{short}:{token.span_id}:0:1"
        assert request.headers["b3"] == f"{token.trace_id}-{token.span_id}-1"
        assert request.headers["x-b3-traceid"] == token.trace_id


def test_a_request_with_a_trace_context_of_its_own_is_not_sent() -> None:
    assert [request.shows for request in attached.drivable(FLOWS["frontend_backend"]).requests] == [
        "an answer"
    ]


@contextmanager
def strangers(url: str, paths: list[str], sessions: int = 2) -> Iterator[None]:
    """Send the same requests as often as possible, some in a trace of their own."""
    stop = threading.Event()
    sent = [0] * sessions

    def send(number: int) -> None:
        headers = new_token().headers if number else {}
        with requests.Session() as session:
            session.trust_env = False
            while not stop.is_set():
                for path in paths:
                    session.get(url + path, headers=headers, timeout=30)
                    sent[number] += 1

    threads = [threading.Thread(target=send, args=(number,)) for number in range(sessions)]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: all(sent))
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("name", ["hello", "orders"])
def test_one_s_own_requests_are_told_from_those_of_strangers(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attached, "QUIET", _QUIET)
    flow = attached.drivable(FLOWS[name])
    variants = [VARIANTS["legacy"], VARIANTS["shim"], VARIANTS["native"]]
    with FakeJaeger() as jaeger:

        def in_jaeger(plan: Plan, run: str) -> AbstractContextManager[Destination]:
            return RunInJaeger(jaeger.running, [], {RUN_ID: run}, 0)

        plans = [Plan(flow, variant, variant.exporter("otlp"), work=0, deadline=30) for variant in variants]
        with up.running(plans, in_jaeger, lambda _: None) as (runs, _), ExitStack() as crowd:
            paths = [request.path.format(name="Bryan") for request in flow.requests]
            for run in runs:
                crowd.enter_context(strangers(run.front_url, paths))
            recordings = attached.record(plans, [run.front_url for run in runs], jaeger.running, "")

    wanted = sum(request.spans for request in flow.requests)
    assert [len(recording.spans) for recording in recordings] == [wanted] * 3
    for recording in recordings:
        found = traces(recording.spans)
        assert len(found) == len(flow.requests)
        assert [trace.orphans for trace in found] == [()] * len(found)
        assert all(span.resource_value("service.namespace") == recording.variant for span in recording.spans)


def test_a_variant_whose_front_service_reports_nothing_is_a_failed_run(
    monkeypatch: pytest.MonkeyPatch, at_root: None
) -> None:
    monkeypatch.setattr("ot2otel.cli.compare.Plan", partial(Plan, deadline=2.0))
    rootless = Variant("native", "tests.support.planted.rootless", "", ("otlp",), ())
    with FakeJaeger() as jaeger:

        def in_jaeger(plan: Plan, run: str) -> AbstractContextManager[Destination]:
            return RunInJaeger(jaeger.running, [], {RUN_ID: run}, 0)

        plan = Plan(on_free_ports(FLOWS["hello"]), rootless, "otlp", work=0, documented_ports=True)
        with up.running([plan], in_jaeger, lambda _: None) as ([run], _):
            result = CliRunner().invoke(
                main, ["compare", *jaeger.options, f"--target=native={run.front_url}"]
            )

    assert result.exit_code == 2
    assert "for 2 complete traces of native at" in result.stderr
    assert "server-2: server-2" in result.stderr
    assert "is absent)" in result.stderr


def on_free_ports(flow: Flow) -> Flow:
    return replace(flow, services=tuple(replace(service, port=0) for service in flow.services))
