"""The formats of trace headers: the headers of each, and its readers."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatch

from ot2otel.capture.environment import opentelemetry_propagation
from ot2otel.headers.captured import Headers
from ot2otel.headers.settings import SETTINGS, Setting


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a trace's context: its headers (`*` matches any ending), and its readers."""

    name: str
    headers: tuple[str, ...]
    readers: tuple[Setting, ...]

    def of(self, headers: Headers) -> Headers:
        """Return the headers that belong to this format."""
        return {
            name: value
            for name, value in headers.items()
            if any(fnmatch(name.lower(), own) for own in self.headers)
        }


def _alone(propagator: str) -> Setting:
    return Setting("native", propagator, propagator, opentelemetry_propagation(propagator))


_JAEGER_CLIENT = {setting.short: setting for setting in SETTINGS if setting.variant == "legacy"}

FORMATS = (
    Format("tracecontext", ("traceparent", "tracestate"), (_alone("tracecontext"),)),
    Format("baggage", ("baggage",), (_alone("baggage"),)),
    Format(
        "jaeger",
        ("uber-trace-id", "uberctx-*", "jaeger-debug-id", "jaeger-baggage"),
        (_JAEGER_CLIENT["jaeger"], _alone("jaeger")),
    ),
    Format("b3", ("b3",), (_alone("b3"),)),
    Format("b3multi", ("x-b3-*",), (_JAEGER_CLIENT["b3"], _alone("b3multi"))),
)
