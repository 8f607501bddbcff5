"""An embedded collector: sockets around ot2otel.wire, and the spans that arrived."""

from ot2otel.receive.collector.embedded import Collector
from ot2otel.receive.collector.listening import ListenError, taken_ports, warning
from ot2otel.receive.collector.port_numbers import Ports
from ot2otel.receive.collector.store import Counts, Observations
from ot2otel.receive.destination import Condition, SpansMissing

__all__ = [
    "Collector",
    "Condition",
    "Counts",
    "ListenError",
    "Observations",
    "Ports",
    "SpansMissing",
    "taken_ports",
    "warning",
]
