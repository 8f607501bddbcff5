"""A strategy for spans with the keys and values that the rules look at."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from ot2otel.model import Event, Scope, Span
from tests.support.spans import spans

# Random texts would hardly ever hit one of these.
_KEYS = st.sampled_from(
    [
        "db.operation.name",
        "db.query.text",
        "db.statement",
        "db.type",
        "error",
        "error.kind",
        "error.object",
        "event",
        "exception.escaped",
        "exception.message",
        "exception.type",
        "host.name",
        "http.method",
        "http.response.status_code",
        "http.status_code",
        "http.url",
        "message",
        "message_bus.destination",
        "messaging.destination.name",
        "messaging.operation.name",
        "messaging.operation.type",
        "messaging.system",
        "os.type",
        "otel.library.name",
        "otel.library.version",
        "otel.status_code",
        "process.owner",
        "service.name",
        "span.kind",
        "stack",
        "telemetry.sdk.name",
    ]
)
_VALUES = st.sampled_from(
    [
        *(
            "",
            "E: m",
            "m",
            "my.E",
            "<class 'my.E'>",
            "http://[",
            "http://a:b/",
            "//a:80",
            "client",
            "ERROR",
            "process",
            "500",
        ),
        *("opentelemetry.shim.opentracing_shim", None, True, 0, 404, 2**62, 0.5, b"m", ("m",)),
    ]
)
_ATTRIBUTES = st.dictionaries(_KEYS, _VALUES, max_size=8)
_EVENTS = st.builds(Event, st.sampled_from(["", "error", "exception", "log", "m"]), attributes=_ATTRIBUTES)


@st.composite
def likely_spans(draw: st.DrawFn) -> Span:
    """Any span that a wire can carry, with keys and values that the rules look at."""
    return replace(
        draw(spans),
        attributes=draw(_ATTRIBUTES),
        resource=draw(_ATTRIBUTES),
        events=tuple(draw(st.lists(_EVENTS, max_size=2))),
        scope=draw(st.sampled_from([Scope(), Scope("lib", "1"), Scope("opentracing-shim")])),
    )
