"""A program in a test module: a shop's checkout, traced three ways."""

from __future__ import annotations

_HEAD = """
import jaeger_client
import pytest
from jaeger_client.reporter import InMemoryReporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.shim.opentracing_shim import create_tracer
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentracing.mocktracer import MockTracer

RESOURCE = {"service.name": "shop", "host.name": "here"}


def legacy():
    return jaeger_client.Tracer("shop", InMemoryReporter(), jaeger_client.ConstSampler(True))


def provider():
    return TracerProvider(resource=Resource.create(RESOURCE))


def shim():
    return create_tracer(provider())


def opentracing_checkout(tracer, status=200):
    tags = {"span.kind": "server", "http.method": "GET", "http.url": "http://shop.example/cart?token=s3cret"}
    with tracer.start_active_span("checkout", tags=tags) as scope:
        with tracer.start_active_span("pay", tags={"span.kind": "client", "order.id": id(scope)}) as inner:
            inner.span.set_tag("error", True)
        scope.span.set_tag("http.status_code", status)


def native_checkout(tracer, status=200):
    attributes = {
        "http.request.method": "GET",
        "url.scheme": "http",
        "url.path": "/cart",
        "url.query": "token=s3cret",
        "server.address": "shop.example",
        "server.port": 80,
    }
    with tracer.start_as_current_span("checkout", kind=SpanKind.SERVER, attributes=attributes) as span:
        with tracer.start_as_current_span(
            "pay", kind=SpanKind.CLIENT, attributes={"order.id": id(span)}
        ) as inner:
            inner.set_status(Status(StatusCode.ERROR))
        span.set_attribute("http.response.status_code", status)

"""

_CALLS = {
    "legacy": "tracer = legacy(); spans.watch(tracer); opentracing_checkout(tracer, {status})",
    "mock": "tracer = MockTracer(); spans.watch(tracer); opentracing_checkout(tracer, {status})",
    "shim": "tracer = shim(); spans.watch(tracer); opentracing_checkout(tracer, {status})",
    "native": "tracer = provider().get_tracer('a'); spans.watch(tracer); native_checkout(tracer, {status})",
}


def checkout(tracer: str, asserts: str, status: int = 200) -> str:
    """Return a test module that runs the checkout with one of four tracers, and asserts."""
    call = _CALLS[tracer].format(status=status)
    return f"{_HEAD}\n\ndef test_checkout(spans):\n    {call}\n    {asserts}\n"
