"""Runs one exchange in this process: `python -m tests.golden.exchanges flask opentracing 1`.

The environment says where the spans go.
"""

from __future__ import annotations

import importlib
import sys

from tests.golden.exchanges.tracing import START


def main(library: str, tracing: str, scenario: str) -> None:
    """Run the exchange and deliver its spans."""
    module = importlib.import_module(f"tests.golden.exchanges.{library}_exchange")
    started = START[tracing](module.SERVICES[int(scenario)])
    try:
        module.exchange(started, int(scenario))
    finally:
        started.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
