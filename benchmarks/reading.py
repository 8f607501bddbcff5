"""Measures the reading of a file of spans: `python -m benchmarks.reading < task`.

The task is `{"path": PATH, "parser": "json" or "orjson"}`. The answer has the number of spans, the CPU time
for one of them in microseconds, and the peak memory of the process in MiB.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from ot2otel.recording_file import json_text, open_recording


def main(task: dict[str, Any]) -> dict[str, float]:  # Any: JSON
    if task["parser"] == "json":
        json_text._quick_loads = None
    started = time.process_time_ns()
    with open_recording(Path(task["path"])) as reader:
        spans = sum(1 for _ in reader.spans())
    taken = time.process_time_ns() - started
    return {
        "spans": spans,
        "us": round(taken / spans / 1e3, 2),
        "peak_mib": round(peak_kib() / 1024, 1),
    }


def peak_kib() -> int:
    """Return the peak memory of this process in KiB."""
    # getrusage's figure is the parent's, if that was larger when it started this process.
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


if __name__ == "__main__":
    print(json.dumps(main(json.load(sys.stdin))))
