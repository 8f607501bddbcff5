"""Translates the propagation: the format and the names of headers."""

from __future__ import annotations

from ot2otel.settings.given import Given, described
from ot2otel.settings.part import Part, Variable
from ot2otel.settings.remarks import JAEGER_CLIENT, Remark, by_test

_FORMAT, _HEADER, _PREFIX = "propagation", "trace_id_header", "baggage_header_prefix"
_W3C = "tracecontext,baggage"
_DEFAULTS = {_HEADER: "uber-trace-id", _PREFIX: "uberctx-"}
_OWN_NAMES = ("", "jaeger", None)


def propagators(given: Given) -> Part:
    """Return the propagators: W3C's, and the one that reads and writes what jaeger-client did."""
    if given.is_computed(_FORMAT):
        return Part()
    asked = given.values.get(_FORMAT)
    if asked == "b3":
        return _b3()
    remarks = []
    if asked not in _OWN_NAMES and asked != {}:
        text = f"jaeger-client knows b3 alone; with {described(asked)} it sends uber-trace-id."
        remarks.append(by_test(_FORMAT, text))
    custom = headers(given)
    if any(custom):
        text = (
            "OpenTelemetry has no setting for the names of Jaeger's headers: the code has a "
            "propagator with them. "
            "It needs the package opentelemetry-propagator-jaeger."
        )
        remarks.append(by_test(_HEADER if custom[0] else _PREFIX, text))
        return Part((Variable("OTEL_PROPAGATORS", _W3C, _FORMAT),), tuple(remarks))
    text = (
        "OpenTelemetry's default is W3C's traceparent, jaeger-client's uber-trace-id: without a "
        "common format each "
        "call begins a new trace. This setting reads and writes both, until the last service has moved. "
        "It needs the package opentelemetry-propagator-jaeger: a process without it does not start."
    )
    remarks.append(
        by_test(_FORMAT, text, "propagation-defaults", "propagation-composite", "install-propagators")
    )
    return Part((Variable("OTEL_PROPAGATORS", f"{_W3C},jaeger", _FORMAT),), tuple(remarks))


def headers(given: Given) -> tuple[str | None, str | None]:
    """Return the names of jaeger-client's trace header and baggage prefix, each None for the default."""
    if given.values.get(_FORMAT) == "b3":
        return None, None
    found = (_normalized(given, key) for key in (_HEADER, _PREFIX))
    header, prefix = (
        name if name != default else None for name, default in zip(found, _DEFAULTS.values(), strict=True)
    )
    return header, prefix


def debug_header(given: Given) -> Part:
    """Return the warning about the debug header."""
    name = given.values.get("debug_id_header", "jaeger-debug-id")
    text = f"The header {name} forces no trace any more, and its value is no tag of the root."
    return Part((), (by_test("debug_id_header", text, "debug-id"),))


def _normalized(given: Given, key: str) -> str:
    # codecs.py, TextCodec
    return str(given.values.get(key, _DEFAULTS[key])).lower().replace("_", "-")


def _b3() -> Part:
    remarks = [
        by_test(
            _FORMAT,
            "jaeger-client's b3 is the headers X-B3-*, in Format.HTTP_HEADERS alone: other carriers had "
            "uber-trace-id, and b3 no baggage. W3C's headers are sent beside them. "
            "It needs the package opentelemetry-propagator-b3: a process without it does not start.",
            "propagation-b3",
            "install-propagators",
        ),
        Remark(
            _FORMAT,
            "jaeger-client fills short ids with zeros to 16 digits; OpenTelemetry sends 32.",
            f"{JAEGER_CLIENT}, codecs.py, B3Codec",
        ),
    ]
    return Part((Variable("OTEL_PROPAGATORS", f"{_W3C},b3multi", _FORMAT),), tuple(remarks))
