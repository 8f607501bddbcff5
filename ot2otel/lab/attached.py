"""Drives services that run already, and reads their traces from the Jaeger to which they report.

Each request has a trace context of its own, by which its spans are told from those of others' requests.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from ot2otel.errors import Ot2OtelError
from ot2otel.lab.catalog import Flow, Variant
from ot2otel.lab.driver import Driver
from ot2otel.lab.plan import Plan
from ot2otel.lab.token import Token, can_carry, carrying, new_token, without_tokens
from ot2otel.model import Span, traces
from ot2otel.receive.completeness import CompleteTraces
from ot2otel.receive.destination import Condition, SpansMissing
from ot2otel.receive.jaeger.running import RunningJaeger, TracesInJaeger
from ot2otel.recording import RUN_ID, Answer, Port, Recording

# Seconds without a new span until a trace counts as complete: by default the SDK sends a batch every 5 s.
QUIET = 6.0


class StrangersError(Ot2OtelError):
    """The spans of one's own requests cannot be told from those of others."""


@dataclass(frozen=True, slots=True)
class AttachedService:
    """A variant's front service that runs already, and its URL."""

    variant: Variant
    url: str


def drivable(flow: Flow) -> Flow:
    """Return the flow with only the requests that can be sent to services that run already.

    They go to its front service, need no service stopped, and have no trace context of their own.
    """
    fronts = ("", flow.front.name)
    requests = (
        request
        for request in flow.requests
        if not request.without and request.to in fronts and can_carry(request)
    )
    return replace(flow, requests=tuple(requests))


def record(
    plans: Sequence[Plan],
    urls: Sequence[str],
    jaeger: RunningJaeger,
    run: str,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Recording]:
    """Drive the front service at each plan's URL and return the recordings, read from `jaeger`.

    A plan's traces are those of its own requests, whoever else sends some at the same time. Their spans have
    its variant's `service.namespace`, and that run id unless `run` is "". Raises NoAnswerError, JaegerError,
    StrangersError if the services do not continue the trace of a request, or SpansMissing if fewer complete
    traces than requests with spans arrive in time.
    """
    return [_record(plan, url, jaeger, run, progress) for plan, url in zip(plans, urls, strict=True)]


def _record(
    plan: Plan, url: str, jaeger: RunningJaeger, run: str, progress: Callable[[str], None]
) -> Recording:
    name = plan.variant.name
    tags = {"service.namespace": name} | ({RUN_ID: run} if run else {})
    services = [service.name for service in plan.flow.services]
    tokens = [new_token() for _ in plan.requests]
    ids = [token.trace_id for token in tokens]
    with TracesInJaeger(jaeger, services, tags, time.time_ns(), ids) as stored:
        progress(f"driving {plan.flow.name} at {url}")
        answers = _drive(plan, url, tokens)
        progress(f"waiting for the spans of {name}")
        wanted = sum(request.spans_of(plan.variant) > 0 for request in plan.requests)
        expected = f"{wanted} complete traces of {name} at {url}"
        most = max(request.spans_of(plan.variant) for request in plan.requests)
        try:
            spans = stored.wait_for(_so_many_complete(wanted, most, tokens), plan.deadline + QUIET, expected)
        except SpansMissing as error:
            if not stored.spans and stored.has_others():
                raise StrangersError(
                    f"{name} at {url} reports spans, but none in the trace of a request from here: it does"
                    " not continue its caller's trace (traceparent, uber-trace-id, b3). So its spans cannot"
                    " be told from those of others' requests. Compare this flow without --target."
                ) from error
            raise
    return Recording(
        spans=without_tokens(spans, tokens),
        flow=plan.flow.name,
        variant=name,
        exporter=plan.exporter,
        answers=answers,
        ports={
            service.name: Port(plan.variant.port(service), service.port) for service in plan.flow.services
        },
        stored_in=stored.stored_in,
    )


def _so_many_complete(wanted: int, most_spans: int, tokens: Sequence[Token]) -> Condition:
    """Return the condition that `wanted` traces are complete; it remembers those of earlier looks."""
    complete = CompleteTraces(most_spans, QUIET)
    found: set[str] = set()

    def met(spans: tuple[Span, ...]) -> bool:
        found.update(
            trace.trace_id
            for trace in complete.newly_complete(traces(without_tokens(spans, tokens)), time.monotonic())
        )
        return len(found) >= wanted

    return met


def _drive(plan: Plan, url: str, tokens: Sequence[Token]) -> tuple[Answer, ...]:
    front = plan.flow.front
    label = f"{plan.variant.name}'s {front.name}"
    # The spans contain the Host header, so every variant gets the flow's documented address in it.
    address = f"127.0.0.1:{front.port}"
    with Driver() as driver:
        answers = (
            driver.send(carrying(request, token), plan.name, url, label, address)
            for request, token in zip(plan.requests, tokens, strict=True)
        )
        return tuple(chain.from_iterable(answers))
