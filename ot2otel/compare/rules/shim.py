"""What the OpenTracing shim makes of a span, which depends on the exporter that sends it."""

from __future__ import annotations

from dataclasses import replace

from ot2otel.compare.rules.references import REF_TYPE, untyped
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
    """Read an error tag as the shim keeps it; a span that an exception left has its status from elsewhere."""
    by_tag = span.status == Status(StatusCode.ERROR) and not any(e.name == "exception" for e in span.events)
    if not by_tag:
        return span
    return replace(span, status=Status(), attributes={**span.attributes, "error": True})


def _status_without_kind(span: Span) -> Span:
    """Read the status as Jaeger does where no tag says it and the kind is gone: from the HTTP status code."""
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
        "an object is no attribute: of an exception that the application logs as `error.object`, SDK 1.39 "
        "keeps nothing, 1.45 the text, as jaeger-client does",
        f"{PYTHON}/pull/5266",
        rewrite_old=for_events(_without_error_object),
        applies_to=_drops_objects,
    ),
)


def _without_reference_types(span: Span) -> Span:
    return replace(span, links=tuple(untyped(link) for link in span.links))


def _drops_reference_types(span: Span) -> bool:
    return not any(REF_TYPE in link.attributes for link in span.links)


SHIM_OVER_OTLP = (
    *_EITHER_WAY,
    Rule(
        "shim-event-attribute",
        Effect.ADDED,
        "an event carries its name once more in the attribute `event`",
        f"{_SHIM} (SpanShim.log_kv)",
        rewrite_new=for_events(without_event_attribute),
    ),
    Rule(
        "shim-kind-as-attribute",
        Effect.DEGRADED,
        "every span is INTERNAL: client and server are left in the attribute `span.kind`, which no "
        "OpenTelemetry back end reads as the kind",
        f"{_SHIM} (TracerShim.start_span)",
        rewrite_old=_kind_as_attribute,
    ),
    Rule(
        "shim-error-as-attribute",
        Effect.DEGRADED,
        "the tag `error=true` stays an attribute; the specification wants the status ERROR, it is UNSET",
        f"{_COMPATIBILITY}#set-tag",
        rewrite_old=_error_as_attribute,
    ),
    Rule(
        "shim-reference-type",
        Effect.DEGRADED,
        "a reference becomes the parent and a link without `opentracing.ref_type`, which the specification "
        "wants there: nobody can tell any more whether a span was waited for or only followed",
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
        "two tags `span.kind` arrive and the last one, `internal`, wins: client and server are gone",
        f"{TRANSLATOR}/jaegerthrift_to_traces.go (jThriftTagsToInternalAttributes)",
        rewrite_old=_kind_lost,
    ),
    Rule(
        "shim-status-without-kind",
        Effect.DEGRADED,
        "without its kind a server's 4xx answer counts as the server's own error",
        f"{TRANSLATOR}/jaegerproto_to_traces.go (getStatusCodeFromHTTPStatusAttr)",
        rewrite_old=_status_without_kind,
    ),
)
