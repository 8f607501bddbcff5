# /// script
# dependencies = ["jaeger-client", "opentelemetry-api", "opentelemetry-propagator-jaeger"]
# ///
"""Traces split behind the old services of one language, and not behind those of another.

Cause: Some of Jaeger's clients percent-encode header values: `%3A` for each colon. jaeger-client decodes
    them; opentelemetry-propagator-jaeger, up to 1.45.1, ignores a value without colons.
Met: open-telemetry/opentelemetry-js#734 (the same in JavaScript)
Way out: Decode the header before `extract`: `urllib.parse.unquote`.
Found by: `ot2otel headers captured.txt` on one captured request.
Lanes: pinned, newest
"""

from urllib.parse import quote, unquote

from jaeger_client.codecs import TextCodec
from opentelemetry import trace
from opentelemetry.propagators.jaeger import JaegerPropagator

VALUE = quote("0af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0:1")
assert TextCodec(url_encoding=True).extract({"uber-trace-id": VALUE}).trace_id


def caller(value: str) -> trace.SpanContext:
    return trace.get_current_span(JaegerPropagator().extract({"uber-trace-id": value})).get_span_context()


assert caller(unquote(VALUE)).is_valid
assert caller(VALUE).is_valid, f"not read: {VALUE}"
