"""Sends requests through one rung while callgrind counts its instructions.

`valgrind --tool=callgrind --instr-atstart=no python -m ot2otel.lab.overhead.programs.counted` reads its
task as one line of JSON: `{"rungs": [RUNG, ...], "counted": INDEX}`, with RUNG as in `worker`. It waits for
an empty line before the requests and for another one after them. `benchmarks.instructions` writes these lines
and switches callgrind on in between, so that only the requests are counted.
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
    """Open all rungs and warm them up, uncounted; then send `REQUESTS` requests through the counted one."""
    opened = [open_from_json(rung) for rung in task["rungs"]]
    for rung in opened:
        with rung.on() as ask:
            repeat(ask, _WARM_UP)
            rung.variant.flush()
    # Otherwise one object more or less could move a full collection into the count.
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
    """Write an empty line as the sign that this point is reached, and wait for a line."""
    print(flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    main(json.loads(sys.stdin.readline()))
