"""Measures the import and the memory of one rung: `python -m ot2otel.lab.overhead.programs.footprint < task`.

The task is a RUNG as in `worker`.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import Any

_REQUESTS = 100
_STATUS = Path("/proc/self/status")


def peak_memory_kib() -> int | None:
    """Return the peak memory of this process, None if the system does not report it."""
    # getrusage's figure starts with the parent's memory at the fork.
    if not _STATUS.exists():
        return None
    found = re.search(r"^VmHWM:\s+(\d+) kB$", _STATUS.read_text(), re.MULTILINE)
    return int(found[1]) if found else None


def main(task: dict[str, Any]) -> dict[str, object]:  # Any: JSON
    """Open a rung, send some requests, and return the time of the import and the peak memory."""
    started = time.perf_counter()
    from ot2otel.lab.overhead.programs.worker import open_from_json, repeat  # the import is measured

    rung = open_from_json(task)
    import_ms = (time.perf_counter() - started) * 1e3
    with rung.on() as ask:
        repeat(ask, _REQUESTS)
        rung.variant.flush()
    peak = peak_memory_kib()
    rung.variant.close()
    return {"import_ms": import_ms, "peak_memory_kib": peak}


if __name__ == "__main__":
    json.dump(main(json.load(sys.stdin)), sys.stdout)
