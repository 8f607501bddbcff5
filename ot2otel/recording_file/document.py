"""A recording as a parsed JSON document: OTLP/JSON with one more key, `recording`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from ot2otel.errors import Ot2OtelError, WireError
from ot2otel.model import Span
from ot2otel.recording import STORED_IN_JAEGER, Answer, Port, Recording
from ot2otel.wire.decoded import Decoded
from ot2otel.wire.jaeger_json import decode_json as decode_jaeger_json
from ot2otel.wire.otlp_json import decode_json
from ot2otel.wire.otlp_json_encoder import encode_json

_Object = Mapping[str, Any]  # Any: each value is checked when it is read
_T = TypeVar("_T")
_JAEGER = frozenset({"data", "spans"})


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


def decode_any(document: object) -> Recording:
    """Return the recording in a parsed document of any known format.

    That is OTLP/JSON, with or without `recording`, or Jaeger's JSON, or `{"answer": {...}}`, which makes a
    recording of that answer alone. Raises WireError.
    """
    if is_jaeger(document):
        return Recording(_all(decode_jaeger_json(document)), stored_in=STORED_IN_JAEGER)
    if isinstance(document, dict) and "answer" in document and "resourceSpans" not in document:
        return Recording((), answers=(_answer(_checked(document["answer"], dict, "answer")),))
    return decode(document)


def is_jaeger(document: object) -> bool:
    """Tell whether a parsed document is Jaeger's JSON, by its form alone."""
    return isinstance(document, list) or (isinstance(document, dict) and not _JAEGER.isdisjoint(document))


def _all(decoded: Decoded) -> tuple[Span, ...]:
    if decoded.rejected:
        raise WireError(decoded.rejected[0])
    return decoded.spans


def decode(document: object) -> Recording:
    """Return the recording in a parsed OTLP/JSON document, with or without `recording`; raise WireError."""
    if not isinstance(document, dict) or "resourceSpans" not in document:
        raise WireError("it is neither OTLP/JSON (`resourceSpans` is missing) nor Jaeger's JSON")
    spans = _all(decode_json(document))
    about = _EMPTY | _checked(document.get("recording", {}), dict, "recording")
    return Recording(
        spans=spans,
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
