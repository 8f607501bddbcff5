"""The file of a recording: a valid OTLP/JSON document with one more key, `recording`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
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


def write(recording: Recording, path: Path) -> None:
    """Write the recording to `path`, over an existing file; raise RecordingError if that fails."""
    text = json.dumps(encode(recording), indent=1)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise RecordingError(f"{path} can't be written: {error.strerror}") from error


def read(path: Path) -> Recording:
    """Return the recording in `path`; from another tool's file it has spans only.

    The content tells the format: OTLP/JSON, or one such document a line, or Jaeger's JSON. Raises
    RecordingError with the path and the place of the problem.
    """
    try:
        documents = _documents(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise RecordingError(f"{path} can't be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise RecordingError(f"{path} is not JSON: {error}") from error
    recordings = []
    for place, document in documents:
        try:
            recordings.append(_recording(document))
        except WireError as error:
            raise RecordingError(f"{path} can't be read as spans: {place}{error}") from error
    spans = (span for recording in recordings for span in recording.spans)
    return replace(recordings[0], spans=tuple(spans))


def _documents(text: str) -> list[tuple[str, object]]:
    """Return the documents of a text, one or one a line, each with its place; raise ValueError."""
    try:
        return [("", json.loads(text))]
    except ValueError:
        lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        if len(lines) < 2 or not _is_json(lines[0][1]):
            raise
    documents = []
    for number, line in lines:
        try:
            documents.append((f"line {number}: ", json.loads(line)))
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from error
    return documents


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _recording(document: object) -> Recording:
    if isinstance(document, list) or (isinstance(document, dict) and {"data", "spans"} & document.keys()):
        return Recording(_all(decode_jaeger_json(document)), stored_in=STORED_IN_JAEGER)
    return decode(document)


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
