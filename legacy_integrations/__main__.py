"""Runs one service of a flow: `python -m legacy_integrations hello server-1 --port 8082`."""

from __future__ import annotations

from legacy_integrations import hello, orders
from legacy_opentracing.tracing import start_tracing
from ot2otel_flows.serving import commands

main = commands(lambda app: app, hello, orders)

if __name__ == "__main__":
    main(obj=start_tracing, prog_name="python -m legacy_integrations")
