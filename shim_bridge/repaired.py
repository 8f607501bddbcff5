"""Sets up tracing as `tracing` does, with the shim's spans repaired.

Runs one service of a flow: `python -m shim_bridge.repaired hello server-1 --port 8082`.
"""

from __future__ import annotations

from opentelemetry.shim.opentracing_shim import create_tracer

from legacy_opentracing.__main__ import main
from legacy_opentracing.tracing import Tracing
from otel_native.tracing import active_ids, close_provider, flush_provider, global_provider
from shim_bridge.repair import ShimRepair


def start_tracing(service: str) -> Tracing:
    """Return the tracing of `service`: an OpenTracing tracer on the provider that native code uses."""
    provider = global_provider(service, namespace="shim+repair")
    provider.add_span_processor(ShimRepair())
    return Tracing(
        create_tracer(provider),
        close=lambda: close_provider(provider),
        ids=active_ids,
        flush=lambda: flush_provider(provider),
    )


if __name__ == "__main__":
    main(obj=start_tracing, prog_name="python -m shim_bridge.repaired")
