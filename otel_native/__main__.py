"""Runs one service of a flow: `python -m otel_native hello server-1 --port 8082`."""

from __future__ import annotations

from ot2otel_flows.serving import commands
from otel_native import events, frontend_backend, hello, metrics, orders
from otel_native.tracing import start_tracing

main = commands(metrics.measured, hello, frontend_backend, orders, events)

if __name__ == "__main__":
    main(obj=start_tracing, prog_name="python -m otel_native")
