"""Runs one service of a flow: `python -m shim_bridge hello server-1 --port 8082`."""

from __future__ import annotations

from legacy_opentracing.__main__ import main
from shim_bridge.tracing import start_tracing

if __name__ == "__main__":
    main(obj=start_tracing, prog_name="python -m shim_bridge")
