"""Runs one service of a flow, instrumented: `hello server-1 --port 8082`. Run it with `python -m`."""

from __future__ import annotations

from ot2otel.lab.overhead.programs.instrumented.tracing import start_tracing
from ot2otel.lab.overhead.programs.untraced.__main__ import main

if __name__ == "__main__":
    main(obj=start_tracing)
