"""The shim with the carrier of many services: the headers of the request, spelled as they came."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from flask import request
from opentracing import Format, Span
from opentracing.ext import tags

from legacy_opentracing import hello
from legacy_opentracing.__main__ import main
from legacy_opentracing.tracing import Tracing
from shim_bridge.tracing import start_tracing


@contextmanager
def incoming_span(tracing: Tracing, name: str) -> Iterator[Span]:
    caller = tracing.tracer.extract(Format.HTTP_HEADERS, dict(request.headers))
    attributes = {
        tags.SPAN_KIND: tags.SPAN_KIND_RPC_SERVER,
        tags.HTTP_METHOD: request.method,
        tags.HTTP_URL: request.url,
    }
    with tracing.tracer.start_active_span(name, child_of=caller, tags=attributes) as scope:
        yield scope.span


if __name__ == "__main__":
    with mock.patch.object(hello, "incoming_span", incoming_span):
        main(obj=start_tracing)
