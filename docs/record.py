"""Records the spans of services while you send requests to them: `python docs/record.py before.json`."""

from __future__ import annotations

import sys
from pathlib import Path

from ot2otel import recording_file
from ot2otel.receive.collector import Collector, Ports
from ot2otel.recording import Recording


def record(path: Path, agent_port: int = 6831, otlp_port: int = 4318) -> None:
    """Write the spans that arrive until Enter is pressed, over a Jaeger agent's UDP or over OTLP/HTTP."""
    with Collector(ports=Ports(agent_port, otlp_port)) as collector:
        input(
            f"Jaeger agent on UDP port {collector.agent_port}, OTLP on {collector.otlp_endpoint}. "
            "Press Enter to end. "
        )
    recording_file.write(Recording(collector.spans), path)
    print(f"{len(collector.spans)} spans in {path}")


if __name__ == "__main__":
    record(Path(sys.argv[1]), *map(int, sys.argv[2:]))
