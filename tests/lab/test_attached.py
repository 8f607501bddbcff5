"""Waiting for the traces of services that run already."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial

import pytest
from click.testing import CliRunner

from ot2otel.cli import main
from ot2otel.lab import attached, up
from ot2otel.lab.catalog import FLOWS, VARIANTS, Flow, Variant
from ot2otel.lab.plan import Plan
from ot2otel.model import Span
from ot2otel.receive.destination import Destination, SpansMissing
from ot2otel.receive.jaeger.running import RunInJaeger, RunningJaeger
from ot2otel.recording import RUN_ID
from tests.support.fake_jaeger import FakeJaeger, answer, trace
from tests.support.http_server import HttpAnswer, HttpRequest, HttpServer

HELLO = attached.drivable(FLOWS["hello"])  # two requests of three spans each


@pytest.fixture(autouse=True)
def _soon_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attached, "QUIET", 0.05)


def chain(trace_id: int, *parents: int) -> list[Span]:
    """Make a trace of spans 1, 2, ..., each with the number of its parent; 0 is no parent."""
    now = time.time_ns() + 10**9  # later than the query's start
    resource = {"service.name": "server-1", "service.namespace": "native"}
    return [
        Span(
            f"{trace_id:032x}",
            f"{number:016x}",
            f"span {number}",
            f"{parent:016x}" if parent else "",
            start_ns=now,
            end_ns=now,
            resource=resource,
        )
        for number, parent in enumerate(parents, 1)
    ]


def recorded(*looks: list[list[Span]]) -> tuple[Span, ...]:
    """Drive a front service; Jaeger answers each look with the next traces, later ones with the last."""
    left: Iterator[list[list[Span]]] = iter(looks)

    def front(request: HttpRequest) -> HttpAnswer:
        return HttpAnswer(body=b"Hello")

    def stored(request: HttpRequest) -> HttpAnswer:
        return answer(
            [trace(spans) for spans in next(left, looks[-1])] if request.path == "/api/traces" else []
        )

    one_service = replace(HELLO, services=HELLO.services[-1:])
    plan = Plan(one_service, VARIANTS["native"], "otlp", deadline=0.5)
    with HttpServer(front) as service, HttpServer(stored) as server:
        jaeger = RunningJaeger(server.url, "127.0.0.1", 6831, "http://127.0.0.1:4318")
        [recording] = attached.record([plan], [service.url], jaeger, "")
    return recording.spans


def test_enough_spans_are_not_enough_until_their_traces_are_complete() -> None:
    halves = [chain(1, 9, 1, 2, 3), chain(2, 9, 1, 2, 3)]
    complete = [chain(1, 0, 1, 2), chain(2, 0, 1, 2)]

    spans = recorded(halves, halves, complete)

    assert [(span.name, span.parent_id) for span in spans] == [
        (span.name, span.parent_id) for one in complete for span in one
    ]


def test_traces_that_break_in_two_are_taken_when_no_more_spans_arrive() -> None:
    broken = [chain(1, 0, 1), chain(2, 0), chain(3, 0, 1), chain(4, 0)]

    spans = recorded(broken)

    assert len(spans) == 6


def test_one_complete_trace_of_two_is_too_few() -> None:
    with pytest.raises(SpansMissing) as missed:
        recorded([chain(1, 0, 1, 2), chain(2, 9, 1, 2)])

    first, *tree = str(missed.value).splitlines()
    assert first.startswith("Waited 0.55 s for 2 complete traces of native at http://127.0.0.1:")
    assert tree[4:6] == [
        f"trace {2:032x}",
        f"  server-1: span 1 (unspecified, 0.000 ms, its parent {9:016x} is absent)",
    ]


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
