"""Changes that the OpenTracing shim makes to a span, over OTLP and over the Jaeger thrift exporter."""

from __future__ import annotations

from dataclasses import replace

from ot2otel.compare.rules.references import REF_TYPE, without_type
from ot2otel.compare.rules.rule import (
    CONVENTIONS,
    PYTHON,
    SPECIFICATION,
    TRANSLATOR,
    Effect,
    Rule,
    for_events,
    without,
    without_event_attribute,
)
from ot2otel.compare.rules.thrift_exporter import THRIFT_EXPORTER_LOSSES
from ot2otel.model import Event, Kind, Span, Status, StatusCode
from ot2otel.wire.jaeger_translation import status

_SHIM = f"{PYTHON}/tree/main/shim/opentelemetry-opentracing-shim"
_COMPATIBILITY = f"{SPECIFICATION}/compatibility/opentracing.md"


def _kind_as_attribute(span: Span) -> Span:
    if span.kind in (Kind.UNSPECIFIED, Kind.INTERNAL):
        return span
    return replace(
        span, kind=Kind.INTERNAL, attributes={**span.attributes, "span.kind": span.kind.name.lower()}
    )


def _kind_lost(span: Span) -> Span:
    return replace(span, kind=Kind.INTERNAL)


def _error_as_attribute(span: Span) -> Span:
    """Undo an ERROR that came from the tag `error`, which the shim keeps; an exception's ERROR stays."""
    by_tag = span.status == Status(StatusCode.ERROR) and not any(e.name == "exception" for e in span.events)
    if not by_tag:
        return span
    return replace(span, status=Status(), attributes={**span.attributes, "error": True})


def _status_without_kind(span: Span) -> Span:
    """Take an unset status from the HTTP status code, as Jaeger does for a span whose kind is lost."""
    if span.status.code is not StatusCode.UNSET:
        return span
    return replace(span, status=status(span.attributes, span.kind))


def _named_log(event: Event) -> Event:
    return event if event.name else replace(event, name="log")


def _without_error_object(event: Event) -> Event:
    if event.name != "error":
        return event
    return replace(event, attributes=without(event.attributes, "error.object"))


def _drops_objects(span: Span) -> bool:
    return not any("error.object" in event.attributes for event in span.events)


_EITHER_WAY = (
    Rule(
        "shim-unnamed-log",
        Effect.TRANSLATED,
        "a log without the field `event` becomes an event called `log`",
        f"{_COMPATIBILITY}#log",
        rewrite_old=for_events(_named_log),
    ),
    Rule(
        "shim-error-object",
        Effect.DEGRADED,
        "an exception that the application logs as `error.object` is lost in SDK 1.39, since an object is "
        "no attribute; SDK 1.45 keeps its text, as jaeger-client does",
        f"{PYTHON}/pull/5266",
        rewrite_old=for_events(_without_error_object),
        applies_to=_drops_objects,
    ),
)


def _without_reference_types(span: Span) -> Span:
    return replace(span, links=tuple(without_type(link) for link in span.links))


def _drops_reference_types(span: Span) -> bool:
    return not any(REF_TYPE in link.attributes for link in span.links)


SHIM_OVER_OTLP = (
    *_EITHER_WAY,
    Rule(
        "shim-event-attribute",
        Effect.ADDED,
        "an event repeats its name in the attribute `event`",
        f"{_SHIM} (SpanShim.log_kv)",
        rewrite_new=for_events(without_event_attribute),
    ),
    Rule(
        "shim-kind-as-attribute",
        Effect.DEGRADED,
        "every span is INTERNAL: its real kind is left in the attribute `span.kind`, which no "
        "OpenTelemetry back end reads as the kind",
        f"{_SHIM} (TracerShim.start_span)",
        rewrite_old=_kind_as_attribute,
    ),
    Rule(
        "shim-error-as-attribute",
        Effect.DEGRADED,
        "the tag `error=true` stays an attribute, the status stays UNSET; the specification wants ERROR",
        f"{_COMPATIBILITY}#set-tag",
        rewrite_old=_error_as_attribute,
    ),
    Rule(
        "shim-reference-type",
        Effect.DEGRADED,
        "a reference becomes the parent and a link; the link lacks `opentracing.ref_type`, which the "
        "specification wants, so CHILD_OF and FOLLOWS_FROM look alike",
        f"{CONVENTIONS}/general/trace-compatibility/",
        rewrite_old=_without_reference_types,
        applies_to=_drops_reference_types,
    ),
)

SHIM_OVER_THRIFT = (
    *_EITHER_WAY,
    *THRIFT_EXPORTER_LOSSES,
    Rule(
        "shim-kind-lost",
        Effect.DEGRADED,
        "two tags `span.kind` arrive and the last one, `internal`, wins: the real kind is lost",
        f"{TRANSLATOR}/jaegerthrift_to_traces.go (jThriftTagsToInternalAttributes)",
        rewrite_old=_kind_lost,
    ),
    Rule(
        "shim-status-without-kind",
        Effect.DEGRADED,
        "without its kind, a server span with a 4xx answer gets the status ERROR",
        f"{TRANSLATOR}/jaegerproto_to_traces.go (getStatusCodeFromHTTPStatusAttr)",
        rewrite_old=_status_without_kind,
    ),
)
