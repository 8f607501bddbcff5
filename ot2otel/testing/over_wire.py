"""The spans of a service in a process of its own, received over the wire."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, NoReturn

from ot2otel.capture.environment import exporting_every, reporting_to
from ot2otel.errors import Ot2OtelError
from ot2otel.receive.collector import Collector
from ot2otel.receive.destination import SpansMissing
from ot2otel.testing.order import Entry, Lane
from ot2otel.testing.spans import Judges, Spans


class WireSpans(Spans):
    """Spans that arrive at a receiver; `environment` points a service's tracer at it.

    What arrives is what was sent: a span that its sender lost is not here.
    """

    def __init__(self, collector: Collector, judges: Judges) -> None:
        super().__init__(_Wire(collector), judges)
        self.collector = collector

    @property
    def environment(self) -> dict[str, str]:
        """The environment of this process, with the variables that make tracers report to the receiver.

        jaeger-client itself reads few of them: JAEGER_AGENT_HOST and JAEGER_AGENT_PORT.
        """
        found = {**reporting_to(self.collector, "otlp", {}), **exporting_every(50)}
        return os.environ | {name: value for name, value in found.items() if value}


class _Wire:
    def __init__(self, collector: Collector) -> None:
        self._collector = collector

    @property
    def entries(self) -> Sequence[Entry]:
        """The spans that arrived, in the order of their start."""
        spans = sorted(self._collector.spans, key=lambda span: (span.start_ns, -span.end_ns))
        return [Entry(span, number) for number, span in enumerate(spans)]

    @property
    def lane(self) -> Lane:
        """None: it is not known where a span was started."""
        return None

    @property
    def remarks(self) -> Sequence[str]:
        """What the receiver refused."""
        return [*self._collector.counts.losses, *self._collector.problems[-1:]]

    def watch(self, tracer: Any) -> NoReturn:  # Any: any tracer
        """Refuse: the service has the tracer."""
        raise Ot2OtelError("spans_over_wire watches no tracer. Start the service with its `environment`.")

    def wait(self, number: int, timeout: float) -> bool:
        """Wait for a number of spans, at most `timeout` seconds; tell whether they came."""
        try:
            self._collector.wait_for(lambda spans: len(spans) >= number, timeout)
        except SpansMissing:
            return False
        return True
