"""Parsed JSON documents: a recording, which is OTLP/JSON with one more key, and other tools' documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from ot2otel.errors import Ot2OtelError, WireError
from ot2otel.model import Span
from ot2otel.recording import STORED_IN_JAEGER, Answer, Port, Recording
from ot2otel.wire import jaeger_json, sdk_json, zipkin_json
from ot2otel.wire.decoded import Decoded
from ot2otel.wire.otlp_json import Seen, decode_json
from ot2otel.wire.otlp_json_encoder import encode_json

_Object = Mapping[str, Any]  # Any: each value is checked when it is read
_T = TypeVar("_T")
_JAEGER = frozenset({"data", "spans"})
# Keys of an OTLP/JSON document: traces, and what a Collector's file exporter may write beside them.
_SPANS = "resourceSpans"
_OTHER_SIGNALS = frozenset({"resourceMetrics", "resourceLogs", "resourceProfiles"})

# The key of OTLP/JSON in the answers of Jaeger's API v3 and of Grafana Tempo's v2.
_WRAPPERS = frozenset({"result", "trace"})

FORMS = (
    "OTLP in JSON, in lines of it or in protobuf; Jaeger's JSON (API v2 and v3, the page's downloads);"
    " Tempo's answers; Zipkin's JSON v2; the JSON of Python's ConsoleSpanExporter; and gzip of each"
)
# Documents that are told by one key, and are not read.
_STRANGERS: Mapping[str, str] = {
    "SpanContext": "it is the JSON of OpenTelemetry's stdouttrace exporter for Go",
    "traceEvents": "it is a trace of Chrome's",
    "verdicts": "it is a verdict of ot2otel, and no recording",
}


class RecordingError(Ot2OtelError):
    """A file can't be read or written as a recording; the text has its path and the problem."""


def encode(recording: Recording) -> dict[str, Any]:
    """Return the document of a recording: `resourceSpans` as in OTLP/JSON, and `recording`."""
    return encode_json(recording.spans) | {
        "recording": {
            "flow": recording.flow,
            "variant": recording.variant,
            "exporter": recording.exporter,
            "answers": [encode_answer(answer) for answer in recording.answers],
            "ports": {
                service: {"actual": port.actual, "documented": port.documented}
                for service, port in recording.ports.items()
            },
            "versions": dict(recording.versions),
            "stored_in": recording.stored_in,
        }
    }


def encode_answer(answer: Answer) -> dict[str, Any]:
    """Return an answer as a JSON object, for recordings and verdicts."""
    return {"request": answer.request, "status": answer.status, "body": answer.body}


# One for all lines of a file that say nothing of their recording.
_NOTHING = Recording(())


@dataclass(frozen=True, slots=True)
class Part:
    """The content of one document, or of a piece of it: its spans, and what it says `about` the recording.

    `about` has no spans. `unread` counts unknown keys and texts by their name, `schemas` are the URLs of the
    schemas that it names. A document that `begins` a recording describes it.
    """

    spans: tuple[Span, ...] = ()
    about: Recording = _NOTHING
    unread: Mapping[str, int] = field(default_factory=dict)
    schemas: frozenset[str] = frozenset()
    begins: bool = False


def decode_any(document: object, seen: Seen | None = None) -> Part:
    """Return the content of a parsed document of any known form; raise WireError.

    `seen` is what the documents of the same file before it said.

    That is OTLP/JSON, with or without `recording`, also in an answer of Jaeger or Tempo, or the JSON of
    Jaeger, Zipkin or the SDK, or `{"answer": {...}}`, which makes a recording of that answer alone.
    """
    if isinstance(document, dict) and _SPANS in document:
        return _decoded(document, seen)
    if zipkin_json.is_zipkin(document):
        return part(zipkin_json.decode_json(document))
    if sdk_json.is_printed(document):
        return part(sdk_json.decode_json(document))
    if _is_jaeger(document):
        return part(jaeger_json.decode_json(document), STORED_IN_JAEGER)
    if isinstance(document, list):
        return _decoded({_SPANS: _of_all(document)})
    if not isinstance(document, dict):
        raise _unknown()
    if "answer" in document:
        return Part(about=Recording((), answers=(_answer(_checked(document["answer"], dict, "answer")),)))
    for wrapper in _WRAPPERS & document.keys():
        return _decoded({_SPANS: []} | _checked(document[wrapper], dict, wrapper))
    if "batches" in document:  # as Grafana Tempo answers
        return _decoded({_SPANS: document["batches"]})
    if "scopeSpans" in document:  # one of `resourceSpans`, as OpenTelemetry's SDK for Java logs it
        return _decoded({_SPANS: [document]})
    if not _OTHER_SIGNALS.isdisjoint(document):
        return Part(unread=dict.fromkeys(_OTHER_SIGNALS & document.keys(), 1))
    error = document.get("error")
    if isinstance(error, dict) and isinstance(error.get("message"), str):
        raise WireError(f"Jaeger answered with an error: {error['message'][:200]}")
    raise _unknown(next((name for key, name in _STRANGERS.items() if key in document), ""))


def is_otlp(document: object) -> bool:
    """Tell whether a parsed document is OTLP/JSON, also in an answer of Jaeger or Tempo."""
    return isinstance(document, dict) and not ({_SPANS} | _WRAPPERS).isdisjoint(document)


def _is_jaeger(document: object) -> bool:
    if isinstance(document, list):
        return not document or (isinstance(document[0], dict) and "spans" in document[0])
    return isinstance(document, dict) and not _JAEGER.isdisjoint(document)


def _of_all(documents: list[object]) -> list[object]:
    """Return the `resourceSpans` of an array of OTLP/JSON documents."""
    spans: list[object] = []
    for each in documents:
        if not isinstance(each, dict) or _SPANS not in each:
            raise _unknown()
        spans += _checked(each[_SPANS], list, _SPANS)
    return spans


def _unknown(known_as: str = "") -> WireError:
    return WireError(f"{known_as or 'its form is unknown'}. Read are: {FORMS}")


def part(decoded: Decoded, stored_in: str = "") -> Part:
    """Return decoded spans as a part; raise WireError if one of them was rejected."""
    if decoded.rejected:
        raise WireError(decoded.rejected[0])
    about = Recording((), stored_in=stored_in) if stored_in else _NOTHING
    return Part(decoded.spans, about, decoded.unread, decoded.schemas)


def decode(document: object) -> Recording:
    """Return the recording in a parsed OTLP/JSON document, with or without `recording`; raise WireError."""
    if not isinstance(document, dict) or _SPANS not in document:
        raise WireError(f"it is not OTLP/JSON: `{_SPANS}` is missing")
    decoded = _decoded(document)
    return replace(decoded.about, spans=decoded.spans)


def _decoded(document: _Object, seen: Seen | None = None) -> Part:
    decoded = part(decode_json(document, seen))
    if len(document) == 1:
        return decoded
    unread = {f"document.{key}": 1 for key in document.keys() - {_SPANS, "recording"}}
    return replace(
        decoded,
        about=_about(document),
        unread={**decoded.unread, **unread} if unread else decoded.unread,
        begins="recording" in document,
    )


def _about(document: _Object) -> Recording:
    """Return what a document says of its recording."""
    if "recording" not in document:
        return _NOTHING
    about = _EMPTY | _checked(document["recording"], dict, "recording")
    return Recording(
        spans=(),
        flow=_member(about, "flow", str),
        variant=_member(about, "variant", str),
        exporter=_member(about, "exporter", str),
        answers=tuple(_answer(_checked(entry, dict, "answers")) for entry in _member(about, "answers", list)),
        ports={
            service: _port(_checked(entry, dict, "ports"))
            for service, entry in _member(about, "ports", dict).items()
        },
        versions={
            distribution: _checked(version, str, "versions")
            for distribution, version in _member(about, "versions", dict).items()
        },
        stored_in=_member(about, "stored_in", str),
    )


_EMPTY = encode(Recording(spans=()))["recording"]


def _answer(entry: _Object) -> Answer:
    return Answer(_member(entry, "request", str), _member(entry, "status", int), _member(entry, "body", str))


def _port(entry: _Object) -> Port:
    return Port(_member(entry, "actual", int), _member(entry, "documented", int))


def _member(entry: _Object, key: str, kind: type[_T]) -> _T:
    return _checked(entry.get(key), kind, key)


def _checked(content: object, kind: type[_T], key: str) -> _T:
    if type(content) is not kind:  # isinstance would take true for a number
        raise WireError(f"`{key}` must be {_NAMES[kind]} in the description of the recording")
    return content


_NAMES: dict[type, str] = {dict: "an object", list: "an array", str: "text", int: "an integer"}
