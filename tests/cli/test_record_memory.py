"""A recording of many spans takes memory for their places in their traces alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.runs import ROOT

# Sends spans in batches of 500, five to a trace, and tells the recorder's peak of memory in kB.
SENDS = """
import os, re, sys, requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

url = os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] + "/v1/traces"
with requests.Session() as session:
    session.trust_env = False
    for batch in range(int(sys.argv[1]) // 500):
        message = ExportTraceServiceRequest()
        spans = message.resource_spans.add().scope_spans.add().spans
        for number in range(500):
            span = spans.add(name="GET /items", start_time_unix_nano=1, end_time_unix_nano=2)
            span.trace_id = b"%016d" % (batch * 100 + number // 5 + 1)
            span.span_id = b"%08d" % (number + 1)
            span.parent_span_id = b"%08d" % (number // 5 * 5 + 1) if number % 5 else b""
            value = span.attributes.add(key="url.path").value
            value.string_value = f"/items/{number}"
        headers = {"Content-Type": "application/x-protobuf"}
        session.post(url, message.SerializeToString(), headers=headers, timeout=60).raise_for_status()
status = open(f"/proc/{os.getppid()}/status").read()
print(re.search(r"VmHWM:\\s+(\\d+)", status)[1])
"""


def peak(directory: Path, spans: int) -> int:
    """Record so many spans; return the most bytes that the recorder had in memory."""
    path = directory / f"{spans}.jsonl"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "ot2otel", "record", "-o", path, "--"),
            sys.executable,
            "-c",
            SENDS,
            str(spans),
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=110,
        check=True,
    )
    assert f"{spans} spans, {spans // 5} traces, complete." in done.stderr
    with path.open() as lines:
        assert sum(len(json.loads(line)["resourceSpans"]) > 0 for line in lines) == spans // 500
    return int(done.stdout) * 1024


@pytest.mark.slow
def test_a_span_takes_few_bytes(tmp_path: Path) -> None:
    few, many = peak(tmp_path, 20_000), peak(tmp_path, 120_000)

    # 5 million of them in 500 MiB, with 100 MiB for the program: 83 bytes each.
    assert (many - few) / 100_000 < 80
    assert few < 100 * 1024 * 1024
