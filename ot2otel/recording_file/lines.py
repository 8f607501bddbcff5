"""The lines of a recording's file, in the form of OpenTelemetry's file exporter."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from ot2otel.model import Span
from ot2otel.recording import Answer, Recording
from ot2otel.recording_file.document import encode, encode_answer
from ot2otel.wire.otlp_json_encoder import encode_json

SPANS_PER_LINE = 500


def head_line(head: Recording) -> str:
    """Return the line that begins a recording; it has no spans, so that a crash can hardly cut it."""
    return _line(encode(replace(head, spans=(), answers=())))


def spans_lines(spans: Iterable[Span]) -> Iterator[str]:
    """Yield the lines of any number of spans."""
    each = iter(spans)
    while batch := list(islice(each, SPANS_PER_LINE)):
        yield spans_line(batch)


def spans_line(spans: Iterable[Span]) -> str:
    """Return a line of spans: an OTLP/JSON document."""
    return _line(encode_json(spans))


def answer_line(answer: Answer) -> str:
    """Return the line of an answer."""
    return _line({"answer": encode_answer(answer)})


def _line(document: dict[str, Any]) -> str:  # Any: JSON
    return json.dumps(document, separators=(",", ":")) + "\n"
