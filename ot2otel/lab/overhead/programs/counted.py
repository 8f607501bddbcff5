"""Sends requests through one rung while callgrind counts: run it with `python -m` under valgrind.

It is told about the rung by the first line of its input, and waits for another one before the requests and
after them: whoever writes these has callgrind count in between, and nothing but the requests is counted.
"""

from __future__ import annotations

import gc
import json
import sys
from typing import Any

from ot2otel.lab.overhead.programs.worker import open_as_told, repeat

_WARM_UP = 60
REQUESTS = 40


def main(told: dict[str, Any]) -> None:  # Any: JSON
    """Open all rungs, warm them up uncounted, and send `REQUESTS` requests through one when asked to."""
    opened = [open_as_told(rung) for rung in told["rungs"]]
    for rung in opened:
        with rung.on() as ask:
            repeat(ask, _WARM_UP)
            rung.variant.flush()
    # Whether a full collection falls into the count would depend on any object more or less.
    gc.collect()
    gc.disable()
    with opened[told["counted"]].on() as ask:
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
