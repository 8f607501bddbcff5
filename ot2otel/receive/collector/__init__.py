"""An embedded collector: sockets around ot2otel.wire, and the spans that arrived."""

from ot2otel.receive.collector.embedded import Collector
from ot2otel.receive.collector.store import Counts
from ot2otel.receive.destination import Condition, SpansMissing

__all__ = ["Collector", "Condition", "Counts", "SpansMissing"]
