"""A recording's file: a valid OTLP/JSON document with one more key, `recording`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ot2otel.errors import Ot2OtelError
from ot2otel.recording import Answer, Port, Recording
from ot2otel.wire import WireError
from ot2otel.wire.otlp import decode_json, encode_json


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
    text = json.dumps(encode(recording), indent=1, ensure_ascii=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    except (OSError, UnicodeEncodeError) as error:
        raise RecordingError(f"{path} can't be written: {error}") from error


def read(path: Path) -> Recording:
    """Return the recording in `path`, or one of spans alone if it is an OTLP/JSON document of another tool.

    Raises RecordingError.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecordingError(f"{path} can't be read: {error.strerror}") from error
    except ValueError as error:
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
    about = document.get("recording", {})
    try:
        return Recording(
            spans=decoded.spans,
            flow=about.get("flow", ""),
            variant=about.get("variant", ""),
            exporter=about.get("exporter", ""),
            answers=tuple(Answer(**answer) for answer in about.get("answers", ())),
            ports={service: Port(**port) for service, port in about.get("ports", {}).items()},
            versions=about.get("versions", {}),
        )
    except (AttributeError, TypeError) as error:
        raise WireError(f"the key `recording` is not as written: {error}") from error
