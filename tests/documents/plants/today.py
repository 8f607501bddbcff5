"""Plants for what today's libraries do otherwise than one would expect."""

from __future__ import annotations

from tests.documents.plants.plant import Plant

API = "opentelemetry.trace"
ATTRIBUTES = "opentelemetry.attributes"
JAEGER = "opentelemetry.propagators.jaeger"
PROPAGATE = "opentelemetry.propagate"
SAMPLING = "opentelemetry.sdk.trace.sampling"
SDK = "opentelemetry.sdk.trace"
SERVICE = "opentelemetry.semconv._incubating.attributes.service_attributes"

PLANTS = (
    Plant(
        "fork-end",
        "the provider is not shut down at a child's exit",
        SDK,
        "        if shutdown_on_exit:\n",
        "        if False:\n",
    ),
    Plant(
        "event-count",
        "a span keeps 100 events",
        SDK,
        "_DEFAULT_OTEL_SPAN_EVENT_COUNT_LIMIT = 128",
        "_DEFAULT_OTEL_SPAN_EVENT_COUNT_LIMIT = 100",
    ),
    Plant(
        "event-count",
        "the newest events go",
        "opentelemetry.sdk.util",
        "            self._dq.append(item)\n",
        "            self._dq.append(item) if len(self._dq) < 128 else None\n",
    ),
    Plant(
        "tag-oldest",
        "the newest attributes go, since 1.40",
        ATTRIBUTES,
        "            del self._dict[next(iter(self._dict.keys()))]",
        "            del self._dict[next(reversed(self._dict.keys()))]",
        lane="newest",
    ),
    Plant(
        "disabled-cuts",
        "a disabled SDK makes spans",
        SDK,
        "        if self._disabled:\n",
        "        if False:\n",
    ),
    Plant(
        "peer-service",
        "the older package has the new name",
        SERVICE,
        'SERVICE_NAME: Final = "service.name"\n',
        'SERVICE_NAME: Final = "service.name"\nSERVICE_PEER_NAME: Final = "service.peer.name"\n',
        lane="pinned",
    ),
    Plant(
        "peer-service",
        "the newest package has another name",
        SERVICE,
        'SERVICE_PEER_NAME: Final = "service.peer.name"\n',
        'SERVICE_PEER_NAME: Final = "service.peer"\n',
        lane="newest",
    ),
    Plant(
        "debug-alone",
        "OpenTelemetry takes any flag for the sampled one",
        JAEGER,
        "flags & trace.TraceFlags.SAMPLED",
        "bool(flags)",
    ),
    Plant(
        "debug-alone",
        "jaeger-client reports what has any flag",
        "jaeger_client.span",
        "self.context.flags & SAMPLED_FLAG == SAMPLED_FLAG",
        "self.context.flags > 0",
    ),
    Plant(
        "span-finished",
        "an unsampled span records",
        "opentelemetry.trace.span",
        "    def is_recording(self) -> bool:\n        return False\n",
        "    def is_recording(self) -> bool:\n        return True\n",
    ),
    Plant(
        "span-finished",
        "a finished span has no end time",
        SDK,
        "        return self._end_time\n",
        "        return None\n",
    ),
    Plant(
        "propagator-missing",
        "a missing propagator is passed over",
        PROPAGATE,
        "        raise ValueError(\n",
        "        ValueError(\n",
        lane="pinned",
    ),
    Plant(
        "propagator-missing",
        "a missing propagator is passed over, since 1.40",
        PROPAGATE,
        '            raise ValueError(f"Propagator {_propagator}',
        '            ValueError(f"Propagator {_propagator}',
        lane="newest",
    ),
    Plant(
        "sampling-const",
        "ParentBased asks its root about a caller that did not sample",
        SAMPLING,
        "sampler = self._remote_parent_not_sampled\n",
        "sampler = self._root\n",
    ),
    Plant(
        "exception-event",
        "an exception is no event",
        API,
        "                span.record_exception(exc)",
        "                pass",
    ),
)
