"""A recording's file: a valid OTLP/JSON document with one more key, `recording`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ot2otel.errors import Ot2OtelError
from ot2otel.model import Span
from ot2otel.recording import JAEGER, Answer, Port, Recording
from ot2otel.wire import Decoded, WireError
from ot2otel.wire.jaeger_json import decode_json as decode_jaeger
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
            "stored_in": recording.stored_in,
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
    """Return the recording in `path`, or one of spans alone where the file is another tool's.

    Its content tells which it is: OTLP/JSON, also one document a line, or Jaeger's JSON. Raises
    RecordingError, whose text names the place of what can't be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise RecordingError(f"{path} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RecordingError(f"{path} is not UTF-8: {error}") from error
    try:
        return _decode_text(text)
    except WireError as error:
        raise RecordingError(f"{path} holds no spans that can be read: {error}") from error


def _decode_text(text: str) -> Recording:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
        if len(lines) < 2 or not lines[0][1].rstrip().endswith("}"):
            raise WireError(f"it is no JSON: {error}") from error
        return Recording(tuple(span for number, line in lines for span in _spans_of_line(number, line)))
    if isinstance(document, dict) and "resourceSpans" in document:
        return decode(document)
    return Recording(_all(decode_jaeger(document)), stored_in=JAEGER)


def _spans_of_line(number: int, line: str) -> tuple[Span, ...]:
    try:
        document = json.loads(line)
        return decode(document).spans
    except (ValueError, RecursionError) as error:
        raise WireError(f"line {number} is no JSON: {error}") from error
    except WireError as error:
        raise WireError(f"line {number}: {error}") from error


def _all(decoded: Decoded) -> tuple[Span, ...]:
    if decoded.rejected:
        raise WireError(decoded.rejected[0])
    return decoded.spans


def decode(document: object) -> Recording:
    """Return the recording that `encode` made `document` of; raise WireError if it is not one."""
    if not isinstance(document, dict) or "resourceSpans" not in document:
        raise WireError("it is not an OTLP/JSON document: `resourceSpans` is missing")
    spans = _all(decode_json(document))
    about = document.get("recording", {})
    try:
        return Recording(
            spans=spans,
            flow=about.get("flow", ""),
            variant=about.get("variant", ""),
            exporter=about.get("exporter", ""),
            answers=tuple(Answer(**answer) for answer in about.get("answers", ())),
            ports={service: Port(**port) for service, port in about.get("ports", {}).items()},
            versions=about.get("versions", {}),
            stored_in=about.get("stored_in", ""),
        )
    except (AttributeError, TypeError) as error:
        raise WireError(f"the key `recording` is not as written: {error}") from error
