"""Runs one service of a flow: `python -m benchmarks.instrumented hello server-1 --port 8082`."""

from __future__ import annotations

from benchmarks.instrumented.tracing import start_tracing
from benchmarks.untraced.__main__ import main

if __name__ == "__main__":
    main(obj=start_tracing, prog_name="python -m benchmarks.instrumented")
