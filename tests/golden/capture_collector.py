"""Takes what a real Collector makes of the shim's spans with docs/collector/repair.yaml.

`make golden-collector` builds the Collector and runs `python -m tests.golden.capture_collector COLLECTOR`.
The spans go in over OTLP, and the Collector's file exporter writes what comes out.
"""

from __future__ import annotations

import json
import os
import re
import socket
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import requests

from docs.makers.collector import FILE
from ot2otel import recording_file
from ot2otel.capture.child_process import ChildProcess
from ot2otel.lab.catalog import FLOWS
from ot2otel.wire.otlp_json_encoder import encode_json
from tests.golden import DIRECTORY, RECORDINGS
from tests.support import shim_tags
from tests.support.runs import ROOT

COLLECTOR = DIRECTORY / "collector"
TUTORIAL = "tutorial-3"
TAGGED = "tagged"
_READY = re.compile("Everything is ready")
_PIPELINE = """\
receivers:
  otlp:
    protocols:
      http:
        endpoint: 127.0.0.1:{port}
exporters:
  file:
    path: {out}
service:
  telemetry:
    metrics:
      level: none
  pipelines:
    traces:
      receivers: [otlp]
      processors: [transform/shim_repair]
      exporters: [file]
"""


def main() -> None:
    documents = before()
    lines = _through_the_collector(Path(sys.argv[1]).resolve(), documents)
    for (name, document), line in zip(documents.items(), lines, strict=True):
        (COLLECTOR / f"{name}-before.jsonl").write_text(json.dumps(document) + "\n", encoding="utf-8")
        (COLLECTOR / f"{name}-after.jsonl").write_text(line + "\n", encoding="utf-8")


def before() -> Mapping[str, object]:
    """Return the OTLP/JSON documents to send: the shim's spans of each flow, of a stranger, and by tags."""
    files = {flow: RECORDINGS / f"{flow}-shim-otlp.json" for flow in FLOWS}
    files[TUTORIAL] = DIRECTORY / "own" / f"{TUTORIAL}-shim.jsonl"
    spans = {name: recording_file.read(path).spans for name, path in files.items()}
    return {name: encode_json(sent) for name, sent in {**spans, TAGGED: shim_tags.spans()}.items()}


def _through_the_collector(program: Path, documents: Mapping[str, object]) -> list[str]:
    """Return the line that the file exporter writes for each document."""
    with tempfile.TemporaryDirectory() as directory:
        out, pipeline, port = Path(directory, "out.jsonl"), Path(directory, "pipeline.yaml"), _free_port()
        pipeline.write_text(_PIPELINE.format(port=port, out=out), encoding="utf-8")
        command = [str(program), f"--config={ROOT / FILE}", f"--config={pipeline}"]
        process = ChildProcess(command, dict(os.environ), _READY, "the Collector")
        process.start()
        try:
            process.wait_for_line(60)
            for document in documents.values():
                requests.post(
                    f"http://127.0.0.1:{port}/v1/traces", json=document, timeout=30
                ).raise_for_status()
        finally:
            process.stop(30)
        return out.read_text(encoding="utf-8").splitlines()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


if __name__ == "__main__":
    main()
