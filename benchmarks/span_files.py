"""Files of the same traffic in each format that can be read."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.populations import POPULATIONS, Values, write_lines
from ot2otel.wire.otlp_json_encoder import encode_json
from tests.support.fake_jaeger import trace


def write_files(directory: Path, traces: int) -> dict[str, Path]:
    """Write the same number of traces in each format; return the files by what they hold."""
    legacy, native = (list(make(traces, Values.UNIQUE)) for make in POPULATIONS.values())
    files = {
        "OTLP/JSON lines, legacy": directory / "legacy.jsonl",
        "OTLP/JSON lines, native": directory / "native.jsonl",
        "OTLP/JSON in one document, native": directory / "native.json",
        "Jaeger's JSON, legacy": directory / "jaeger.json",
    }
    lines, native_lines, document, jaeger = files.values()
    write_lines(legacy, lines)
    write_lines(native, native_lines)
    document.write_text(json.dumps(encode_json(span for spans in native for span in spans)), encoding="utf-8")
    jaeger.write_text(json.dumps({"data": [trace(spans) for spans in legacy]}), encoding="utf-8")
    return files
