"""Sends requests through one rung while callgrind counts its instructions.

`valgrind --tool=callgrind --instr-atstart=no python -m ot2otel.lab.overhead.programs.counted` reads its
task as one line of JSON: `{"rungs": [RUNG, ...], "counted": INDEX}`, with RUNG as in `worker`. It waits for
an empty line before the requests and for another one after them. `benchmarks.instructions` writes these lines
and has callgrind count in between, so that nothing but the requests is counted.
"""

from __future__ import annotations

import gc
import json
import sys
from typing import Any

from ot2otel.lab.overhead.programs.worker import open_from_json, repeat

_WARM_UP = 60
REQUESTS = 40


def main(task: dict[str, Any]) -> None:  # Any: JSON
    """Open all rungs, warm them up uncounted, and send `REQUESTS` requests through one when asked to."""
    opened = [open_from_json(rung) for rung in task["rungs"]]
    for rung in opened:
        with rung.on() as ask:
            repeat(ask, _WARM_UP)
            rung.variant.flush()
    # Whether a full collection falls into the count would depend on any object more or less.
    gc.collect()
    gc.disable()
    with opened[task["counted"]].on() as ask:
        _wait()
        repeat(ask, REQUESTS)
        _wait()
    for rung in opened:
        rung.variant.flush()
        rung.variant.close()


def _wait() -> None:
    """Say that this point is reached, and wait for a line."""
    print(flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    main(json.loads(sys.stdin.readline()))
