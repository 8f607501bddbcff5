"""Small programs with real tracers: `python -m tests.support.planted.clients NAME`.

Each is set up as its name says, and reads the rest from the environment as its tracer does. It makes one
span, unless its name says otherwise.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider


def jaeger() -> None:
    """Send a span with jaeger-client, and close the tracer."""
    tracer = _jaeger_tracer(sampler={"type": "const", "param": 1})
    tracer.start_span("checkout").finish()
    _close(tracer)


def jaeger_with_the_default_sampler() -> None:
    """Make spans until the sampler has heard that it shall take all, and 10 then."""
    tracer = _jaeger_tracer(sampling_refresh_interval=1)
    print(f"at first {tracer.sampler.sampler.rate}", flush=True)
    while tracer.sampler.sampler.rate < 1:
        time.sleep(0.02)
    for _ in range(10):
        tracer.start_span("checkout").finish()
    _close(tracer)


def jaeger_before_its_first_question() -> None:
    """Make a span before jaeger-client's default sampler has asked; it asks up to 60 s later."""
    tracer = _jaeger_tracer()
    tracer.start_span("checkout").finish()
    print("running", flush=True)
    signal.pause()


def jaeger_that_only_asks() -> None:
    """Ask for the sampling strategy and make no span, until a signal comes."""
    _jaeger_tracer(sampling_refresh_interval=1)
    print("running", flush=True)
    signal.pause()


def jaeger_that_asks_and_is_killed() -> None:
    """Ask for the sampling strategy, then finish a span and end before the reporter's flush."""
    tracer = _jaeger_tracer(sampling_refresh_interval=1, reporter_flush_interval=60)
    while tracer.sampler.sampler.rate < 1:
        time.sleep(0.02)
    tracer.start_span("checkout").finish()
    os._exit(0)


def jaeger_with_a_throttler() -> None:
    """Wait for credits for debug traces."""
    port = int(os.environ["TEST_SAMPLING_PORT"])
    tracer = _jaeger_tracer(throttler={"port": port, "refresh_interval": 1})
    throttler = tracer.throttler
    print(f"at first {throttler.is_allowed('check out & pay')}", flush=True)
    while not throttler.is_allowed("check out & pay"):
        time.sleep(0.02)
    os._exit(0)


def jaeger_with_a_fixed_agent() -> None:
    """Send spans to an agent that is fixed in code, as TEST_FIXED_PORT says, until a signal ends it."""
    tracer = _jaeger_tracer(
        sampler={"type": "const", "param": 1},
        agent={"reporting_host": "127.0.0.1", "reporting_port": int(os.environ["TEST_FIXED_PORT"])},
    )
    tracer.start_span("checkout").finish()
    print("sent", flush=True)
    signal.pause()


def _jaeger_tracer(agent: Mapping[str, object] | None = None, **settings: object) -> Any:
    # Any: jaeger-client is typed only in part
    from jaeger_client.config import Config

    logging.basicConfig()
    sampling = {"sampling_port": int(os.environ.get("TEST_SAMPLING_PORT", "5778"))}
    config = {"local_agent": {**sampling, **(agent or {})}, "logging": False, **settings}
    return Config(config, service_name="shop", validate=True).new_tracer()


def _close(tracer: Any) -> None:  # Any: as above
    closed = tracer.close()
    while not closed.done():
        time.sleep(0.01)


def otel() -> None:
    """Send a span with the SDK's own exporter over HTTP."""
    _otel(_http_exporter())


def otel_grpc() -> None:
    """Send a span with the SDK's own exporter over gRPC."""
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

    _otel(OTLPSpanExporter(timeout=3))


def otel_killed() -> None:
    """Finish a span and end at once, without the exit functions that would flush it."""
    provider = _provider(_http_exporter())
    provider.get_tracer("shop").start_span("checkout").end()
    os._exit(0)


def otel_stays() -> None:
    """Finish a span, and live until a signal comes."""
    provider = _provider(_http_exporter())
    provider.get_tracer("shop").start_span("checkout").end()
    print("running", flush=True)
    signal.pause()


def otel_metrics() -> None:
    """Send a metric and a log record, and no span."""
    from opentelemetry._logs import SeverityNumber
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.sdk._logs import LoggerProvider
    from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

    meters = MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter())])
    meters.get_meter("shop").create_counter("orders").add(1)
    meters.shutdown()
    logs = LoggerProvider()
    logs.add_log_record_processor(SimpleLogRecordProcessor(OTLPLogExporter()))
    logs.get_logger("shop").emit(severity_number=SeverityNumber.INFO, body="paid")
    logs.shutdown()  # type: ignore[no-untyped-call]  # the SDK does not type it


def otel_of_an_unsampled_caller() -> None:
    """Go on with a caller's trace that is not sampled, as the header in TEST_TRACEPARENT says."""
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    provider = _provider(_http_exporter())
    caller = TraceContextTextMapPropagator().extract({"traceparent": os.environ["TEST_TRACEPARENT"]})
    provider.get_tracer("shop").start_span("checkout", caller).end()
    provider.shutdown()


def otel_with_a_fixed_endpoint() -> None:
    """Send a span to the endpoint in TEST_FIXED_ENDPOINT, whatever the environment says, and stay."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    provider = _provider(OTLPSpanExporter(endpoint=os.environ["TEST_FIXED_ENDPOINT"]))
    provider.get_tracer("shop").start_span("checkout").end()
    provider.force_flush()
    print("running", flush=True)
    signal.pause()


def untraced() -> None:
    """Do nothing."""


def untraced_stays() -> None:
    """Do nothing until a signal comes."""
    print("running", flush=True)
    signal.pause()


def _http_exporter() -> object:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(timeout=3)


def _provider(exporter: object) -> TracerProvider:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    logging.basicConfig()
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(exporter))  # type: ignore[arg-type]  # one of two exporters
    return provider


def _otel(exporter: object) -> None:
    provider = _provider(exporter)
    provider.get_tracer("shop").start_span("checkout").end()
    provider.shutdown()


if __name__ == "__main__":
    program: Callable[[], None] = globals()[sys.argv[1]]
    program()
