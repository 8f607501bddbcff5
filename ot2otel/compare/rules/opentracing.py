"""Changes when OpenTelemetry's SDK replaces jaeger-client, under either API."""

from __future__ import annotations

import re
from dataclasses import replace

from ot2otel.compare.rules.rule import (
    CONVENTIONS,
    JAEGER_CLIENT,
    PYTHON,
    SPECIFICATION,
    TRANSLATOR,
    Effect,
    Rule,
    dropping,
    for_events,
    without,
)
from ot2otel.model import Event, Kind, Scope, Span, Status

_CLASS = re.compile(r"<class '(?P<name>[^']+)'>")


def _exception_event(event: Event) -> Event:
    """Turn jaeger-client's log of an exception that left a span into OpenTelemetry's exception event."""
    kind = _CLASS.fullmatch(str(event.attributes.get("error.kind")))
    return event if kind is None else exception_event(event, kind["name"])


def exception_event(event: Event, kind: str) -> Event:
    """Turn a log of an error that has all its fields into an exception event of the type `kind`."""
    fields = dict(event.attributes)
    if event.name != "error" or not {"error.kind", "message", "stack"} <= fields.keys():
        return event
    if fields.get("error.object") == fields["message"]:
        del fields["error.object"]  # jaeger-client sends the exception's text twice
    exception = {
        "exception.type": kind,
        "exception.message": fields.pop("message"),
        "exception.stacktrace": fields.pop("stack"),
    }
    del fields["error.kind"]
    return replace(event, name="exception", attributes=exception | fields)


def _without_escaped(event: Event) -> Event:
    if event.name != "exception":
        return event
    return replace(event, attributes=without(event.attributes, "exception.escaped"))


def _without_copied_message(span: Span) -> Span:
    copies = {_as_status(event) for event in span.events if event.name == "exception"}
    return replace(span, status=Status(span.status.code)) if span.status.message in copies else span


def _as_status(event: Event) -> str:
    kind, message = (str(event.attributes.get(f"exception.{part}") or "") for part in ("type", "message"))
    return f"{kind.rpartition('.')[2]}: {message}"


def _internal_by_default(span: Span) -> Span:
    return replace(span, kind=Kind.INTERNAL) if span.kind is Kind.UNSPECIFIED else span


def _without_scope(span: Span) -> Span:
    return replace(span, scope=Scope())


EXCEPTION_ESCAPED = Rule(
    "exception-escaped",
    Effect.ADDED,
    "the SDK also records whether the exception left the span",
    f"{CONVENTIONS}/registry/attributes/exception/",
    rewrite_old=for_events(_without_escaped),
    rewrite_new=for_events(_without_escaped),
)

OPENTRACING_TO_SDK = (
    Rule(
        "jaeger-client-version",
        Effect.BOOKKEEPING,
        "jaeger-client writes its own version into the process tag `jaeger.version`",
        f"{TRANSLATOR}/jaegerproto_to_traces.go (translateJaegerVersionAttr)",
        rewrite_old=dropping("opencensus.exporterversion", of="resource"),
    ),
    Rule(
        "jaeger-client-ip",
        Effect.BOOKKEEPING,
        "jaeger-client writes its host's address into the process tag `ip`",
        f"{JAEGER_CLIENT}/tracer.py (JAEGER_IP_TAG_KEY)",
        rewrite_old=dropping("ip", of="resource"),
    ),
    Rule(
        "sampler-tags",
        Effect.BOOKKEEPING,
        "jaeger-client tags each sampled root span with its sampler",
        f"{JAEGER_CLIENT}/tracer.py (sampler_tags)",
        rewrite_old=dropping("sampler.type", "sampler.param", of="attributes"),
    ),
    Rule(
        "sdk-resource",
        Effect.BOOKKEEPING,
        "the SDK writes its own name, language and version into the resource",
        f"{SPECIFICATION}/resource/sdk.md#sdk-provided-resource-attributes",
        rewrite_new=dropping("telemetry.sdk.", of="resource"),
    ),
    Rule(
        "detected-resource",
        Effect.ADDED,
        "the SDK's resource detectors add facts about host, operating system and process",
        f"{CONVENTIONS}/resource/host/",
        rewrite_new=dropping("host.arch", "host.id", "os.", "process.", of="resource"),
    ),
    Rule(
        "instrumentation-scope",
        Effect.ADDED,
        "each span names the instrumentation scope that made it; OpenTracing has no scopes",
        f"{SPECIFICATION}/common/instrumentation-scope.md",
        rewrite_new=_without_scope,
    ),
    Rule(
        "default-kind",
        Effect.TRANSLATED,
        "a span without a kind is INTERNAL",
        f"{SPECIFICATION}/trace/api.md#spankind",
        rewrite_old=_internal_by_default,
    ),
    Rule(
        "exception-event",
        Effect.TRANSLATED,
        "an exception that leaves a span becomes the event `exception` instead of the log `event=error`",
        f"{CONVENTIONS}/exceptions/exceptions-spans/",
        rewrite_old=for_events(_exception_event),
    ),
    EXCEPTION_ESCAPED,
    Rule(
        "exception-status-message",
        Effect.ADDED,
        "the SDK copies the exception's type and text into the status",
        f"{PYTHON}/tree/main/opentelemetry-api (use_span)",
        rewrite_new=_without_copied_message,
    ),
)
