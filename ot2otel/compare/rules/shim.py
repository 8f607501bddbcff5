"""Changes that the OpenTracing shim makes to a span, over OTLP and over the Jaeger thrift exporter."""

from __future__ import annotations

from collections.abc import Sequence

from ot2otel.compare.facts import KIND, MESSAGE, STATUS
from ot2otel.compare.rules.references import REF_TYPE
from ot2otel.compare.rules.rule import (
    CONVENTIONS,
    PYTHON,
    SPECIFICATION,
    TRANSLATOR,
    Copied,
    Dropped,
    Effect,
    Makes,
    Renamed,
    Rule,
    Split,
    attribute,
    of_event,
    of_link,
    stands,
    was,
)
from ot2otel.compare.rules.thrift_exporter import THRIFT_EXPORTER_LOSSES
from ot2otel.model import Kind, StatusCode
from ot2otel.wire.jaeger_translation import status as translated_status

_SHIM = f"{PYTHON}/tree/main/shim/opentelemetry-opentracing-shim"
_COMPATIBILITY = f"{SPECIFICATION}/compatibility/opentracing.md"
_WITHOUT_A_KIND = (Kind.UNSPECIFIED, Kind.INTERNAL)


def _kind_as_attribute(kind: Kind) -> Sequence[Makes] | None:
    if kind in _WITHOUT_A_KIND:
        return None
    return Makes(KIND, Kind.INTERNAL), Makes(attribute("span.kind"), kind.name.lower())


def _error_as_attribute(status: object, message: object) -> Sequence[Makes] | None:
    """Undo an ERROR that came from the tag `error`, which the shim keeps; an ERROR with a message stays."""
    if status is not StatusCode.ERROR or message:
        return None
    return Makes(STATUS, StatusCode.UNSET), Makes(attribute("error"), value=True)


def _status_without_kind(status: object, code: object, text: object) -> Sequence[Makes] | None:
    """Take an unset status from the HTTP status code, as Jaeger does for a span whose kind is lost."""
    if status is not StatusCode.UNSET or code is None:
        return None
    found = translated_status({"http.status_code": code, "http.status_message": text}, Kind.INTERNAL)
    if found.code is StatusCode.UNSET:
        return None
    message = [Makes(MESSAGE, found.message)] if found.message else []
    return Makes(STATUS, found.code), *message


_EITHER_WAY = (
    Rule(
        "shim-unnamed-log",
        Effect.TRANSLATED,
        "a log without the field `event` becomes an event called `log`",
        f"{_COMPATIBILITY}#log",
        (Renamed(of_event("name"), of_event("name"), lambda name: None if name else "log"),),
    ),
    Rule(
        "shim-error-object",
        Effect.DEGRADED,
        "an exception that the application logs as `error.object` is lost in SDK 1.39, since an object is "
        "no attribute; SDK 1.45 keeps its text, as jaeger-client does",
        f"{PYTHON}/pull/5266",
        (
            Dropped(
                (of_event("attributes", "error.object"),),
                "nothing: an object is no attribute",
                premises=(was(of_event("name"), "error"), stands(of_event("name"), "error")),
            ),
        ),
        "the text of a logged exception can't be found",
    ),
)

SHIM_OVER_OTLP = (
    *_EITHER_WAY,
    Rule(
        "shim-event-attribute",
        Effect.ADDED,
        "an event repeats its name in the attribute `event`",
        f"{_SHIM} (SpanShim.log_kv)",
        (Copied(of_event("attributes", "event"), (of_event("name"),), lambda name: (name,)),),
    ),
    Rule(
        "shim-kind-as-attribute",
        Effect.DEGRADED,
        "every span is INTERNAL: its real kind is left in the attribute `span.kind`, which no "
        "OpenTelemetry back end reads as the kind",
        f"{_SHIM} (TracerShim.start_span)",
        (Split((KIND,), _kind_as_attribute),),
        "no SERVER span left to count",
    ),
    Rule(
        "shim-error-as-attribute",
        Effect.DEGRADED,
        "the tag `error=true` stays an attribute, the status stays UNSET; the specification wants ERROR",
        f"{_COMPATIBILITY}#set-tag",
        (Split((STATUS,), _error_as_attribute, (MESSAGE,)),),
        "error-rate alerts go silent",
    ),
    Rule(
        "shim-reference-type",
        Effect.DEGRADED,
        "a reference becomes the parent and a link; the link lacks `opentracing.ref_type`, which the "
        "specification wants, so CHILD_OF and FOLLOWS_FROM look alike",
        f"{CONVENTIONS}/general/trace-compatibility/",
        (Dropped((of_link("attributes", REF_TYPE),), "nothing: the shim never writes it"),),
        "CHILD_OF and FOLLOWS_FROM look alike",
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
        (Renamed(KIND, KIND, lambda kind: None if kind in _WITHOUT_A_KIND else Kind.INTERNAL),),
        "no SERVER span left to count",
    ),
    Rule(
        "shim-status-without-kind",
        Effect.DEGRADED,
        "without its kind, a server span with a 4xx answer gets the status ERROR",
        f"{TRANSLATOR}/jaegerproto_to_traces.go (getStatusCodeFromHTTPStatusAttr)",
        (
            Split(
                (STATUS,),
                _status_without_kind,
                (attribute("http.status_code"), attribute("http.status_message")),
                (was(KIND, Kind.SERVER), stands(KIND, Kind.INTERNAL)),
            ),
        ),
        "a client's mistake counts as the server's error",
    ),
)


def _kind_found(kind: Kind) -> Sequence[Makes] | None:
    if kind is not Kind.INTERNAL:
        return None
    return (Makes(KIND, test=lambda new: new not in _WITHOUT_A_KIND),)


# From the shim over the thrift exporter, which lost the kind, to a tracer that sends it.
KIND_RESTORED = (
    Rule(
        "shim-kind-restored",
        Effect.IMPROVED,
        "the span has its kind; the shim over the thrift exporter had lost it",
        f"{TRANSLATOR}/jaegerthrift_to_traces.go (jThriftTagsToInternalAttributes)",
        (Split((KIND,), _kind_found),),
    ),
    Rule(
        "shim-status-restored",
        Effect.IMPROVED,
        "a server span with a 4xx answer is no error; without its kind it was one",
        f"{TRANSLATOR}/jaegerproto_to_traces.go (getStatusCodeFromHTTPStatusAttr)",
        (
            Split(
                (STATUS,),
                lambda status, code: (
                    (Makes(STATUS, StatusCode.UNSET),)
                    if status is StatusCode.ERROR and isinstance(code, int) and 400 <= code < 500
                    else None
                ),
                (attribute("http.status_code"),),
                (was(KIND, Kind.INTERNAL), stands(KIND, Kind.SERVER)),
            ),
        ),
    ),
)
