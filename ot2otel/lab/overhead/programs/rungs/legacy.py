"""The OpenTracing API and jaeger-client, up to each rung."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import opentracing
from jaeger_client.config import Config
from jaeger_client.reporter import NullReporter, Reporter
from jaeger_client.sampler import ConstSampler

from legacy_opentracing.tracing import Tracing, start_tracing
from ot2otel.lab.overhead.programs.rungs.rung import Variant, make


def open_variant(level: str, services: Sequence[str]) -> Variant:
    """Open the variant with one tracer a service."""
    tracings = {service: LEVELS[level](service) for service in services}
    return Variant(
        lambda flow, service, *urls: make("legacy_opentracing", flow, service, tracings[service], *urls),
        flush=lambda: _flush(tracings.values()),
        close=lambda: _close(tracings.values()),
    )


def hooks(service: str) -> Tracing:
    """Return tracing with the API's own tracer, which does nothing."""
    return Tracing(opentracing.Tracer(), close=lambda: None)


def unsampled(service: str) -> Tracing:
    """Return tracing that samples no trace."""
    return _null_reporter(service, sampled=False)


def null(service: str) -> Tracing:
    """Return tracing that throws its finished spans away."""
    return _null_reporter(service, sampled=True)


def _null_reporter(service: str, sampled: bool) -> Tracing:
    config = Config({"tags": {"service.namespace": "legacy"}}, service_name=service)
    tracer = config.create_tracer(reporter=NullReporter(), sampler=ConstSampler(sampled))
    return Tracing(tracer, close=lambda: None)


def _flush(tracings: Iterable[Tracing]) -> None:
    """Wait until the reporters have sent every full packet.

    jaeger-client has no flush: it sends ten spans at once, and fewer after a second.
    """
    for tracing in tracings:
        reporter: Any = getattr(tracing.tracer, "reporter", None)  # Any: no published types
        if isinstance(reporter, Reporter):
            _wait_for_loop(reporter)
            while reporter.queue.qsize():
                _wait_for_loop(reporter)
            _wait_for_loop(reporter)


def _wait_for_loop(reporter: Any) -> None:  # Any: no published types
    """Return after the reporter's thread has done its work so far."""
    done = threading.Event()
    reporter.io_loop.add_callback(done.set)
    done.wait()


def _close(tracings: Iterable[Tracing]) -> None:
    for tracing in tracings:
        tracing.close()


LEVELS: dict[str, Callable[[str], Tracing]] = {
    "hooks": hooks,
    "unsampled": unsampled,
    "null": null,
    "real": start_tracing,
}
