"""A recording's file: a valid OTLP/JSON document with one more key, `recording`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from ot2otel.errors import Ot2OtelError
from ot2otel.recording import Answer, Port, Recording
from ot2otel.wire import WireError
from ot2otel.wire.otlp import decode_json, encode_json

_Object = Mapping[str, Any]  # Any: what a JSON document holds is known only after each look
_T = TypeVar("_T")


class RecordingError(Ot2OtelError):
    """A file can't be read as a recording; the text names it and says what is wrong."""


def encode(recording: Recording) -> dict[str, Any]:
    """Return the document of a recording: `resourceSpans` as OTLP/JSON has it, and `recording`."""
    return encode_json(recording.spans) | {
        "recording": {
            "flow": recording.flow,
            "variant": recording.variant,
            "exporter": recording.exporter,
            "answers": [
                {"request": answer.request, "status": answer.status, "body": answer.body}
                for answer in recording.answers
            ],
            "ports": {
                service: {"actual": port.actual, "documented": port.documented}
                for service, port in recording.ports.items()
            },
            "versions": dict(recording.versions),
        }
    }


def write(recording: Recording, path: Path) -> None:
    """Write the recording to `path`, over what is there; raise RecordingError if that can't be done."""
    text = json.dumps(encode(recording), indent=1)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise RecordingError(f"{path} can't be written: {error.strerror}") from error


def read(path: Path) -> Recording:
    """Return the recording in `path`, or one of spans alone if it is an OTLP/JSON document of another tool.

    Raises RecordingError.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecordingError(f"{path} can't be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise RecordingError(f"{path} is not JSON: {error}") from error
    try:
        return decode(document)
    except WireError as error:
        raise RecordingError(f"{path} holds no spans that can be read: {error}") from error


def decode(document: object) -> Recording:
    """Return the recording that `encode` made `document` of; raise WireError if it is not one."""
    if not isinstance(document, dict) or "resourceSpans" not in document:
        raise WireError("it is not an OTLP/JSON document: `resourceSpans` is missing")
    decoded = decode_json(document)
    if decoded.rejected:
        raise WireError(decoded.rejected[0])
    about = _NOTHING_KNOWN | _checked(document.get("recording", {}), dict, "recording")
    return Recording(
        spans=decoded.spans,
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
    )


_NOTHING_KNOWN = encode(Recording(spans=()))["recording"]


def _answer(entry: _Object) -> Answer:
    return Answer(_member(entry, "request", str), _member(entry, "status", int), _member(entry, "body", str))


def _port(entry: _Object) -> Port:
    return Port(_member(entry, "actual", int), _member(entry, "documented", int))


def _member(entry: _Object, key: str, kind: type[_T]) -> _T:
    return _checked(entry.get(key), kind, key)


def _checked(content: object, kind: type[_T], key: str) -> _T:
    if type(content) is not kind:  # isinstance would take true for a number
        raise WireError(f"`{key}` in what it says of the recording is not {_NAMES[kind]}")
    return content


_NAMES: dict[type, str] = {dict: "an object", list: "an array", str: "text", int: "an integer"}
