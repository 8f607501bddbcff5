"""Sends requests through one rung while callgrind counts: `python -m benchmarks.counted` under valgrind."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from typing import Any

from benchmarks.worker import open_as_told, repeat

_WARM_UP = 60
REQUESTS = 40


def main(told: dict[str, Any]) -> None:  # Any: JSON
    """Open the rung, warm it up uncounted, and count `REQUESTS` requests."""
    rung = open_as_told(told)
    with rung.on() as ask:
        repeat(ask, _WARM_UP)
        rung.variant.flush()
        # Whether a full collection falls into the count would depend on any object more or less.
        gc.collect()
        gc.disable()
        _count("on")
        repeat(ask, REQUESTS)
        _count("off")
        rung.variant.flush()
    rung.variant.close()


def _count(state: str) -> None:
    # Starting this program is counted, too, and equally with every rung: it drops out of the differences.
    subprocess.run(
        ["callgrind_control", f"--instr={state}", str(os.getpid())], check=True, stdout=subprocess.DEVNULL
    )


if __name__ == "__main__":
    main(json.load(sys.stdin))
