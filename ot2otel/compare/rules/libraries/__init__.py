"""Rules for frameworks and libraries: what OpenTelemetry's instrumentations write that others wrote otherwise."""

from __future__ import annotations

from ot2otel.compare.rules.libraries.clients import CLIENTS
from ot2otel.compare.rules.libraries.instrumentation import INSTRUMENTATION
from ot2otel.compare.rules.libraries.servers import SERVERS

LIBRARIES = (*INSTRUMENTATION, *SERVERS, *CLIENTS)

__all__ = ["LIBRARIES"]
