"""Services that run already: driven by their URL, their traces found in the Jaeger they report to."""

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

# Seconds after which no more of a trace is expected: the SDK's batches leave every 5 s unless told otherwise.
QUIET = 6.0


@dataclass(frozen=True, slots=True)
class AttachedService:
    """A variant's front service that runs already, and its URL."""

    variant: Variant
    url: str


def drivable(flow: Flow) -> Flow:
    """Return the flow with the requests that go to its front service and for which none has to be stopped."""
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
    """Drive the front service at each plan's URL and return what that left behind in `jaeger`.

    A plan's traces are those of its variant's `service.namespace` and, unless `run` is "", of that run id
    which began after it was first driven: whoever else uses the services meanwhile is mixed in. Raises
    NoAnswerError, JaegerError, or SpansMissing if fewer traces than were requested are whole in time.
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
        wanted = sum(request.spans > 0 for request in plan.requests)
        what = f"{wanted} whole traces of {name} at {url}"
        most = max(request.spans for request in plan.requests)
        spans = stored.wait_for(_so_many_complete(wanted, most), plan.deadline + QUIET, what)
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
    """Return the condition that `wanted` traces are whole; it knows what the looks before have seen."""
    whole = CompleteTraces(most_spans, QUIET)
    found: set[str] = set()

    def met(spans: tuple[Span, ...]) -> bool:
        found.update(trace.trace_id for trace in whole.newly_complete(traces(spans), time.monotonic()))
        return len(found) >= wanted

    return met


def _drive(plan: Plan, url: str) -> tuple[Answer, ...]:
    front = plan.flow.front
    label = f"{plan.variant.name}'s {front.name}"
    # All variants are asked as at the flow's documented address, which their spans name.
    address = f"127.0.0.1:{front.port}"
    with Driver() as driver:
        answers = (driver.ask(request, plan.name, url, label, address) for request in plan.requests)
        return tuple(chain.from_iterable(answers))
