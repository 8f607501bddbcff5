"""What no set-up of a tracer can mend: the list in docs/beside-the-spans.md, beside the ends of processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from email.message import Message

import pytest
import requests
from flask import Flask
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import get_current_span
from opentracing.mocktracer import MockTracer
from opentracing.scope_managers.contextvars import ContextVarsScopeManager

from legacy_opentracing import incoming, tracing
from ot2otel.capture.environment import reporting_to
from ot2otel.lab.catalog import FLOWS, VARIANTS
from ot2otel.lab.service import ServiceProcess
from ot2otel.receive.collector import Collector
from otel_native.tracing import active_ids
from tests.support.http_server import HttpAnswer, HttpRequest, HttpServer
from tests.support.runs import SDK

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def relayed(variant: str) -> str | None:
    """Return the trace context that server-1 without an SDK sends on, for a request that has one."""
    arrived: list[Message] = []

    def greet(request: HttpRequest) -> HttpAnswer:
        arrived.append(request.headers)
        return HttpAnswer(body=b"Hello Bryan!")

    hello = FLOWS["hello"]
    with HttpServer(greet) as server_2, Collector() as collector:
        settings = {**reporting_to(collector, "otlp", {}), "OTEL_SDK_DISABLED": "true"}
        options = ["--work", "0", "--server-2", server_2.url]
        with ServiceProcess(VARIANTS[variant], hello, hello.front, options, settings) as server_1:
            server_1.start()
            server_1.wait_until_ready()
            requests.get(f"{server_1.url}/Bryan", headers={"traceparent": CALLER}, timeout=10)
    assert collector.spans == ()
    [headers] = arrived
    return headers["traceparent"]


def test_a_disabled_sdk_relays_the_callers_context_natively() -> None:
    assert relayed("native") == CALLER


def test_a_disabled_sdk_1_39_cuts_the_trace_behind_the_shim() -> None:
    assert relayed("shim") == (None if SDK <= (1, 39, 1) else CALLER)


def half_read(open_span: Callable[[str], AbstractContextManager[object]]) -> Iterator[str]:
    with open_span("of the generator"):
        yield "half"
        yield "the rest"


def test_the_span_of_a_half_read_generator_stays_active_for_its_reader() -> None:
    tracer = TracerProvider().get_tracer("test")

    parts = half_read(tracer.start_as_current_span)
    next(parts)

    assert get_current_span().get_span_context().is_valid
    assert list(parts) == ["the rest"]
    assert active_ids() == {}


def test_with_opentracing_the_span_of_a_half_read_generator_stays_active_for_its_reader() -> None:
    tracer = MockTracer(ContextVarsScopeManager())

    parts = half_read(tracer.start_active_span)
    next(parts)

    assert tracer.active_span.operation_name == "of the generator"
    assert list(parts) == ["the rest"]
    assert tracer.active_span is None


@pytest.mark.parametrize("path", ["/?sig=abc", "/?X-Goog-Signature=abc"])
def test_opentracings_tag_of_the_url_keeps_a_signature(path: str) -> None:
    tracer = MockTracer(ContextVarsScopeManager())

    with (
        Flask("server").test_request_context(path),
        incoming.incoming_span(tracing.Tracing(tracer, close=lambda: None), "server"),
    ):
        pass

    [span] = tracer.finished_spans()
    assert span.tags["http.url"] == f"http://localhost{path}"
