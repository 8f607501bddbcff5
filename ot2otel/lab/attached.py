"""Drives services that run already, and reads their traces from the Jaeger to which they report."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from ot2otel.lab.catalog import Flow, Variant
from ot2otel.lab.driver import Driver
from ot2otel.lab.plan import Plan
from ot2otel.model import Span, traces
from ot2otel.receive.completeness import CompleteTraces
from ot2otel.receive.destination import Condition
from ot2otel.receive.jaeger.running import RunInJaeger, RunningJaeger
from ot2otel.recording import RUN_ID, Answer, Port, Recording

# Seconds without a new span until a trace counts as complete: by default the SDK sends a batch every 5 s.
QUIET = 6.0


@dataclass(frozen=True, slots=True)
class AttachedService:
    """A variant's front service that runs already, and its URL."""

    variant: Variant
    url: str


def drivable(flow: Flow) -> Flow:
    """Return the flow with only the requests to its front service that need no service stopped."""
    fronts = ("", flow.front.name)
    requests = (request for request in flow.requests if not request.without and request.to in fronts)
    return replace(flow, requests=tuple(requests))


def record(
    plans: Sequence[Plan],
    urls: Sequence[str],
    jaeger: RunningJaeger,
    run: str,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Recording]:
    """Drive the front service at each plan's URL and return the recordings, read from `jaeger`.

    A plan's traces began at its first request or later. They have its variant's `service.namespace`, and that
    run id unless `run` is "". Traces of other users' requests are mixed in. Raises NoAnswerError,
    JaegerError, or SpansMissing if fewer complete traces than requests with spans arrive in time.
    """
    return [_record(plan, url, jaeger, run, progress) for plan, url in zip(plans, urls, strict=True)]


def _record(
    plan: Plan, url: str, jaeger: RunningJaeger, run: str, progress: Callable[[str], None]
) -> Recording:
    name = plan.variant.name
    tags = {"service.namespace": name} | ({RUN_ID: run} if run else {})
    services = [service.name for service in plan.flow.services]
    with RunInJaeger(jaeger, services, tags, time.time_ns()) as stored:
        progress(f"driving {plan.flow.name} at {url}")
        answers = _drive(plan, url)
        progress(f"waiting for the spans of {name}")
        wanted = sum(request.spans_of(plan.variant) > 0 for request in plan.requests)
        expected = f"{wanted} complete traces of {name} at {url}"
        most = max(request.spans_of(plan.variant) for request in plan.requests)
        spans = stored.wait_for(_so_many_complete(wanted, most), plan.deadline + QUIET, expected)
    return Recording(
        spans=spans,
        flow=plan.flow.name,
        variant=name,
        exporter=plan.exporter,
        answers=answers,
        ports={
            service.name: Port(plan.variant.port(service), service.port) for service in plan.flow.services
        },
        stored_in=stored.stored_in,
    )


def _so_many_complete(wanted: int, most_spans: int) -> Condition:
    """Return the condition that `wanted` traces are complete; it remembers those of earlier looks."""
    complete = CompleteTraces(most_spans, QUIET)
    found: set[str] = set()

    def met(spans: tuple[Span, ...]) -> bool:
        found.update(trace.trace_id for trace in complete.newly_complete(traces(spans), time.monotonic()))
        return len(found) >= wanted

    return met


def _drive(plan: Plan, url: str) -> tuple[Answer, ...]:
    front = plan.flow.front
    label = f"{plan.variant.name}'s {front.name}"
    # The spans contain the Host header, so every variant gets the flow's documented address in it.
    address = f"127.0.0.1:{front.port}"
    with Driver() as driver:
        answers = (driver.send(request, plan.name, url, label, address) for request in plan.requests)
        return tuple(chain.from_iterable(answers))
