# /// script
# dependencies = ["opentelemetry-sdk", "opentelemetry-opentracing-shim", "opentracing"]
# ///
"""Panels for server or client spans go empty: every span is INTERNAL.

Cause: opentelemetry-opentracing-shim, up to 0.66b1, keeps the tag `span.kind` as an attribute and starts
    every span without a kind. Over the Jaeger thrift exporter, two tags `span.kind` arrive, and readers take
    the last one.
Met: open-telemetry/opentelemetry-python#2549, open-telemetry/opentelemetry-java#5294
Way out: Start the span natively, with its kind. Until then, a Collector can set the kind from the attribute:
    docs/repair.md has its configuration.
Found by: `ot2otel diff before.jsonl after.jsonl`: the rules `shim-kind-as-attribute` and `shim-kind-lost`.
Lanes: pinned, newest
"""

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.shim.opentracing_shim import create_tracer
from opentelemetry.trace import SpanKind
from opentracing.ext import tags

provider = TracerProvider()
span = create_tracer(provider).start_span("GET", tags={tags.SPAN_KIND: tags.SPAN_KIND_RPC_SERVER})

native = provider.get_tracer("app").start_span("GET", kind=SpanKind.SERVER)
assert native.kind is SpanKind.SERVER

found = span.unwrap()
assert found.kind is SpanKind.SERVER, (
    f"kind {found.kind.name}, attribute span.kind={found.attributes['span.kind']!r}"
)
