"""Changes that the OpenTracing shim makes to a span, over OTLP and over the Jaeger thrift exporter."""

from __future__ import annotations

from collections.abc import Sequence

from ot2otel.compare.facts import KIND, MESSAGE, STATUS
from ot2otel.compare.rules.references import CHILD_OF, FOLLOWS_FROM, REF_TYPE
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
    one_of,
    stands,
    was,
)
from ot2otel.compare.rules.thrift_exporter import THRIFT_EXPORTER_LOSSES
from ot2otel.model import AttributeValue, Kind, StatusCode
from ot2otel.wire.jaeger_translation import status as translated_status

_SHIM = (
    f"{PYTHON}/blob/v1.39.1/shim/opentelemetry-opentracing-shim/src/opentelemetry/shim/opentracing_shim/"
    "__init__.py"
)
_COMPATIBILITY = f"{SPECIFICATION}/compatibility/opentracing.md"
_WITHOUT_A_KIND = (Kind.UNSPECIFIED, Kind.INTERNAL)
_CODE, _REASON = attribute("http.status_code"), attribute("http.status_message")


def _name_of_a_log(name: object) -> str | None:
    return None if name else "log"


def _same_again(name: object) -> Sequence[object]:
    return (name,)


def _lost_kind(kind: Kind) -> Kind | None:
    return None if kind in _WITHOUT_A_KIND else Kind.INTERNAL


def _kind_as_attribute(kind: Kind) -> Sequence[Makes] | None:
    if kind in _WITHOUT_A_KIND:
        return None
    return Makes(KIND, Kind.INTERNAL), Makes(attribute("span.kind"), kind.name.lower())


def _error_as_attribute(status: object, message: object) -> Sequence[Makes] | None:
    """Undo an ERROR that came from the tag `error`, which the shim keeps; an ERROR with a message stays."""
    if status is not StatusCode.ERROR or message:
        return None
    return Makes(STATUS, StatusCode.UNSET), Makes(attribute("error"), value=True)


def _status_without_kind(
    status: StatusCode, code: AttributeValue, reason: AttributeValue
) -> Sequence[Makes] | None:
    """Take an unset status from the HTTP status code, as Jaeger does for a span whose kind is lost."""
    if status is not StatusCode.UNSET or code is None:
        return None
    found = translated_status({"http.status_code": code, "http.status_message": reason}, Kind.INTERNAL)
    if found.code is StatusCode.UNSET:
        return None
    return Makes(STATUS, found.code), Makes(MESSAGE, found.message)


_EITHER_WAY = (
    Rule(
        "shim-unnamed-log",
        Effect.TRANSLATED,
        "a log without the field `event` becomes an event called `log`",
        f"{_COMPATIBILITY}#log",
        (Renamed(of_event("name"), of_event("name"), _name_of_a_log),),
    ),
    Rule(
        "shim-error-object",
        Effect.DEGRADED,
        "SDK 1.39 drops an exception that the application logs as `error.object`, since an object is no "
        "attribute; SDK 1.45 keeps its text, as jaeger-client does",
        f"{PYTHON}/pull/5266",
        (
            Dropped(
                (of_event("attributes", "error.object"),),
                "nothing: an object is no attribute",
                premises=(was(of_event("name"), "error"), stands(of_event("name"), "error")),
            ),
        ),
        "a search for the text of a logged exception finds nothing",
    ),
)

SHIM_OVER_OTLP = (
    *_EITHER_WAY,
    Rule(
        "shim-event-attribute",
        Effect.ADDED,
        "an event repeats its name in the attribute `event`",
        f"{_SHIM} (SpanShim.log_kv)",
        (Copied(of_event("attributes", "event"), (of_event("name"),), _same_again),),
    ),
    Rule(
        "shim-kind-as-attribute",
        Effect.DEGRADED,
        "every span is INTERNAL: the shim leaves its real kind in the attribute `span.kind`",
        f"{_SHIM} (TracerShim.start_span)",
        (Split((KIND,), _kind_as_attribute),),
        "dashboards that count SERVER spans find none",
    ),
    Rule(
        "shim-error-as-attribute",
        Effect.DEGRADED,
        "the tag `error=true` stays an attribute and the status stays UNSET; the specification wants ERROR",
        f"{_COMPATIBILITY}#set-tag",
        (Split((STATUS,), _error_as_attribute, (MESSAGE,)),),
        "alerts on the rate of spans with the status ERROR go silent",
    ),
    Rule(
        "shim-reference-type",
        Effect.DEGRADED,
        "each reference becomes a link without `opentracing.ref_type`, which the specification wants: "
        "CHILD_OF and FOLLOWS_FROM look alike",
        f"{CONVENTIONS}/general/trace-compatibility/",
        (
            Dropped(
                (of_link("attributes", REF_TYPE),),
                "nothing: the shim never writes it",
                one_of(CHILD_OF, FOLLOWS_FROM),
                (stands(of_link("to")),),
            ),
        ),
        "readers can't tell a caller that waits (CHILD_OF) from one that does not (FOLLOWS_FROM)",
    ),
)

SHIM_OVER_THRIFT = (
    *_EITHER_WAY,
    *THRIFT_EXPORTER_LOSSES,
    Rule(
        "shim-kind-lost",
        Effect.DEGRADED,
        "over the thrift exporter two tags `span.kind` arrive; the last one, `internal`, wins, and the real "
        "kind is lost",
        f"{TRANSLATOR}/jaegerthrift_to_traces.go (jThriftTagsToInternalAttributes)",
        (Renamed(KIND, KIND, _lost_kind),),
        "dashboards that count SERVER spans find none",
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
                (_CODE, _REASON),
                (was(KIND, Kind.SERVER), stands(KIND, Kind.INTERNAL)),
            ),
        ),
        "a client's mistake, such as 404, counts as an error of the server",
    ),
)


def _has_a_kind(kind: object) -> bool:
    return kind not in _WITHOUT_A_KIND


def _kind_found(kind: Kind) -> Sequence[Makes] | None:
    if kind is not Kind.INTERNAL:
        return None
    return (Makes(KIND, test=_has_a_kind),)


def _no_error_of_the_server(
    status: object, message: object, code: object, reason: object
) -> Sequence[Makes] | None:
    """Undo `_status_without_kind`."""
    if status is not StatusCode.ERROR or type(code) is not int or not 400 <= code < 500:
        return None
    return (Makes(STATUS, StatusCode.UNSET),) if message in (None, reason) else None


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
                (STATUS, MESSAGE),
                _no_error_of_the_server,
                (_CODE, _REASON),
                (was(KIND, Kind.INTERNAL), stands(KIND, Kind.SERVER)),
            ),
        ),
    ),
)
