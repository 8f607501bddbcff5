"""Runs one instrumented service: `python -m ot2otel.lab.overhead.programs.instrumented hello server-2`."""

from __future__ import annotations

from ot2otel.lab.overhead.programs.instrumented.tracing import start_tracing
from otel_auto.__main__ import main

if __name__ == "__main__":
    main(obj=start_tracing)
