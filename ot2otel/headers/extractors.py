"""Calls the extractors that services really use: jaeger-client's, OpenTelemetry's, the shim's."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.metadata import entry_points

import opentracing
from jaeger_client.config import Config
from jaeger_client.constants import DEBUG_FLAG, SAMPLED_FLAG
from jaeger_client.reporter import NullReporter
from jaeger_client.sampler import ConstSampler
from jaeger_client.tracer import Tracer
from opentelemetry import trace
from opentelemetry.baggage import get_all
from opentelemetry.context import Context
from opentelemetry.propagate import get_global_textmap, set_global_textmap
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.propagators.textmap import TextMapPropagator
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import DEFAULT_ON
from opentelemetry.shim.opentracing_shim import create_tracer
from opentracing import Format, SpanContextCorruptedException

from ot2otel.headers.extraction import Extraction
from ot2otel.headers.settings import Setting

# These log each malformed header that they ignore. The result shows that already.
for _name in ("opentelemetry.baggage.propagation", "opentelemetry.trace.span"):
    logging.getLogger(_name).addHandler(logging.NullHandler())


def extract(setting: Setting, headers: Mapping[str, str]) -> Extraction:
    """Return the extraction by a service with this setting, from the unchanged headers.

    OpenTelemetry finds only lower-case names in a dictionary. The service's own sampler records every
    trace. Call it from one thread at a time: the shim extracts with OpenTelemetry's global propagator, which
    is replaced during the call.
    """
    return _EXTRACTORS[setting.variant](setting, dict(headers))


def _jaeger_client(setting: Setting, headers: dict[str, str]) -> Extraction:
    tracer = _jaeger_client_tracer(setting.propagation)
    try:
        caller = tracer.extract(Format.HTTP_HEADERS, headers)
    except SpanContextCorruptedException as error:
        return Extraction(sampled=True, error=f"{type(error).__name__}: {error}")
    started = tracer.start_span("extract", child_of=caller).context
    continued = caller is not None and caller.has_trace
    return Extraction(
        trace_id=f"{started.trace_id:032x}" if continued else "",
        parent_id=f"{started.parent_id:016x}" if continued else "",
        sampled=bool(started.flags & SAMPLED_FLAG),
        debug=bool(started.flags & DEBUG_FLAG),
        baggage=dict(started.baggage),
    )


def _opentelemetry(setting: Setting, headers: dict[str, str]) -> Extraction:
    caller = _propagator(setting.propagation).extract(headers)
    started = _provider().get_tracer("extract").start_span("extract", context=caller)
    return _in_opentelemetry(trace.get_current_span(caller).get_span_context(), started, caller)


def _agent(setting: Setting, headers: dict[str, str]) -> Extraction:
    # The instrumentations of servers look the names up in any case: WSGI and ASGI have one spelling for each.
    return _opentelemetry(setting, {name.lower(): value for name, value in headers.items()})


def _shim(setting: Setting, headers: dict[str, str]) -> Extraction:
    with _as_global_textmap(_propagator(setting.propagation)):
        tracer = create_tracer(_provider())
        caller = tracer.extract(Format.HTTP_HEADERS, headers)
        started = tracer.start_span("extract", child_of=caller)
    context: trace.SpanContext = caller.unwrap()
    span: trace.Span = started.unwrap()  # type: ignore[no-untyped-call]  # the shim leaves it untyped
    return _in_opentelemetry(context, span, started.context.baggage)


def _in_opentelemetry(caller: trace.SpanContext, started: trace.Span, context: Context) -> Extraction:
    """Return the extraction that a started span shows; OpenTelemetry's flags have no debug bit."""
    span = started.get_span_context()
    continued = caller.is_valid and span.trace_id == caller.trace_id
    return Extraction(
        trace_id=trace.format_trace_id(span.trace_id) if continued else "",
        parent_id=trace.format_span_id(caller.span_id) if continued else "",
        sampled=span.trace_flags.sampled,
        baggage={name: str(value) for name, value in get_all(context).items()},
    )


_EXTRACTORS: dict[str, Callable[[Setting, dict[str, str]], Extraction]] = {
    "auto": _agent,
    "legacy": _jaeger_client,
    "native": _opentelemetry,
    "shim": _shim,
}


@cache
def _jaeger_client_tracer(propagation: str) -> opentracing.Tracer:
    format_name, _, bits = propagation.partition("-")
    config = Config(
        {"propagation": format_name, "generate_128bit_trace_id": bool(bits)}, service_name="extract"
    )
    return Tracer(
        "extract",
        NullReporter(),
        ConstSampler(True),
        generate_128bit_trace_id=config.generate_128bit_trace_id,
        extra_codecs=config.propagation,
        # Without the tag it looks for this machine's address, with sockets that it does not close.
        tags={"ip": "127.0.0.1"},
    )


@cache
def _provider() -> TracerProvider:
    return TracerProvider(sampler=DEFAULT_ON, resource=Resource.get_empty(), shutdown_on_exit=False)


@cache
def _propagator(names: str) -> TextMapPropagator:
    """Return the propagator that OpenTelemetry loads for OTEL_PROPAGATORS=`names`."""
    found = [entry_points(group="opentelemetry_propagator", name=name) for name in names.split(",")]
    return CompositePropagator([next(iter(entries)).load()() for entries in found])


@contextmanager
def _as_global_textmap(propagator: TextMapPropagator) -> Iterator[None]:
    previous = get_global_textmap()
    set_global_textmap(propagator)
    try:
        yield
    finally:
        set_global_textmap(previous)
