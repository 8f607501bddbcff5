"""The keys of jaeger-client's configuration and their counterparts: the table of docs/reference.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Takes(Enum):
    """The values that a key takes, in words for a message."""

    TEXT = "text in one line"
    TRUTH = "true or false"
    COUNT = "a whole number, 1 or more"
    LENGTH = "a whole number, 0 or more"
    SECONDS = "a number of seconds"
    PORT = "a port from 1 to 65535"
    GROUP = "a mapping of keys"
    ANY = "anything"


@dataclass(frozen=True, slots=True)
class Row:
    """A key or a variable, and its counterpart; cells are Markdown, with claims as `[✓][id]`.

    A key in a group is written `group.key`. `default` is jaeger-client's own.
    """

    name: str
    takes: Takes
    default: str
    counterpart: str
    trap: str = ""

    @property
    def claims(self) -> tuple[str, ...]:
        """The ids of the tests that back this row."""
        return tuple(re.findall(r"\[✓\]\[([\w-]+)\]", f"{self.counterpart} {self.trap}"))


# The defaults and the keys are those of jaeger-client 4.8.0, which tests/documents/test_reference.py reads.
KEYS = (
    Row(
        "service_name",
        Takes.TEXT,
        "required",
        "`OTEL_SERVICE_NAME`",
        "without one: `unknown_service` [✓][resource-unknown-service]; the name in code wins "
        "[✓][resource-environment]",
    ),
    Row(
        "enabled",
        Takes.TRUTH,
        "`True`",
        "`OTEL_SDK_DISABLED=true`",
        "nothing in jaeger-client asks for it [✓][config-enabled]; SDK 1.39 sends no header on under a span "
        "of `start_span` or the shim then [✓][disabled-cuts]",
    ),
    Row(
        "sampler",
        Takes.GROUP,
        "none: remote",
        "`OTEL_TRACES_SAMPLER`",
        "from one in a thousand to everything [✓][sampling-defaults]",
    ),
    Row(
        "sampler.type",
        Takes.ANY,
        "none",
        "`const`: `parentbased_always_on`, `parentbased_always_off`; `probabilistic`: "
        "`parentbased_traceidratio`; `ratelimiting`: none [✓][sampling-rate]; remote: none",
        "decides for roots alone: the caller's decision wins [✓][sampling-parent]; an unknown name is "
        "everything [✓][sampling-unknown]",
    ),
    Row("sampler.param", Takes.ANY, "none", "`OTEL_TRACES_SAMPLER_ARG`"),
    Row("sampling_refresh_interval", Takes.SECONDS, "`60`", "none"),
    Row(
        "max_operations",
        Takes.ANY,
        "`None`",
        "none",
        "`validate=True` refuses the key [✓][config-validate]",
    ),
    Row(
        "local_agent",
        Takes.GROUP,
        "none",
        "`OTEL_EXPORTER_OTLP_ENDPOINT`",
        "the exporter adds `/v1/traces` [✓][config-otlp]",
    ),
    Row("local_agent.enabled", Takes.TRUTH, "`True`", "none"),
    Row(
        "local_agent.reporting_host",
        Takes.TEXT,
        "`localhost`",
        "the host in `OTEL_EXPORTER_OTLP_ENDPOINT`",
        "wins over JAEGER_AGENT_HOST [✓][config-environment]",
    ),
    Row(
        "local_agent.reporting_port",
        Takes.PORT,
        "`6831`",
        "the port: 4318 for HTTP",
        "wins over JAEGER_AGENT_PORT [✓][config-environment]",
    ),
    Row("local_agent.sampling_port", Takes.PORT, "`5778`", "none"),
    Row(
        "reporter_batch_size",
        Takes.COUNT,
        "`10`",
        "`OTEL_BSP_MAX_EXPORT_BATCH_SIZE` (512)",
        "[✓][queue-defaults]",
    ),
    Row(
        "reporter_queue_size",
        Takes.COUNT,
        "`100`",
        "`OTEL_BSP_MAX_QUEUE_SIZE` (2048)",
        "full, it refuses the newest [✓][queue-legacy]; there the oldest goes [✓][queue-native]",
    ),
    Row(
        "reporter_flush_interval",
        Takes.SECONDS,
        "`1` s",
        "`OTEL_BSP_SCHEDULE_DELAY` (5000 ms)",
        "seconds there, milliseconds here [✓][queue-defaults]",
    ),
    Row(
        "logging",
        Takes.TRUTH,
        "`False`",
        "a second processor with `ConsoleSpanExporter`",
        "`close()` is never done [✓][close-logging]",
    ),
    Row(
        "metrics",
        Takes.TRUTH,
        "`True`",
        "none in Python's SDK by default",
        "`validate=True` refuses the key [✓][config-validate]",
    ),
    Row(
        "tags",
        Takes.GROUP,
        "`{}`",
        "`OTEL_RESOURCE_ATTRIBUTES`",
        "JAEGER_TAGS is merged in [✓][resource-tags-variable]",
    ),
    Row(
        "propagation",
        Takes.ANY,
        "`{}`",
        "`OTEL_PROPAGATORS`",
        "knows `b3`, ignores anything else [✓][propagation-w3c-ignored]",
    ),
    Row(
        "trace_id_header",
        Takes.TEXT,
        "`uber-trace-id`",
        "none: a subclass of `JaegerPropagator` with another `TRACE_ID_KEY`",
    ),
    Row(
        "baggage_header_prefix",
        Takes.TEXT,
        "`uberctx-`",
        "none: a subclass of `JaegerPropagator` with another `BAGGAGE_PREFIX`",
    ),
    Row(
        "debug_id_header",
        Takes.TEXT,
        "`jaeger-debug-id`",
        "none",
        "[✓][debug-id]; `validate=True` refuses the key [✓][config-validate]",
    ),
    Row("generate_128bit_trace_id", Takes.TRUTH, "`False`", "always", "[✓][id-width]"),
    Row(
        "max_tag_value_length",
        Takes.LENGTH,
        "`1024`",
        "`OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT` (no limit)",
        "[✓][tag-length]",
    ),
    Row(
        "max_traceback_length",
        Takes.LENGTH,
        "`4096`",
        "`OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT` (no limit)",
    ),
    Row("throttler", Takes.GROUP, "none", "none"),
    Row("throttler.port", Takes.PORT, "`None`", "none"),
    Row("throttler.refresh_interval", Takes.SECONDS, "`None`", "none"),
)

# The variables that jaeger-client for Python reads itself.
VARIABLES = (
    Row("JAEGER_AGENT_HOST", Takes.TEXT, "`localhost`", "`OTEL_EXPORTER_OTLP_ENDPOINT`"),
    Row("JAEGER_AGENT_PORT", Takes.PORT, "`6831`", "`OTEL_EXPORTER_OTLP_ENDPOINT`"),
    Row(
        "JAEGER_TAGS",
        Takes.TEXT,
        "none",
        "`OTEL_RESOURCE_ATTRIBUTES`",
        "no `=` in a value [✓][resource-tags-variable]",
    ),
    Row("JAEGER_TRACEID_128BIT", Takes.TRUTH, "`False`", "none: always", "[✓][id-width]"),
)

BY_NAME = {row.name: row for row in (*KEYS, *VARIABLES)}
GROUPS = frozenset(row.name.partition(".")[0] for row in KEYS if "." in row.name)
# Keys that hardly any other dictionary has.
OWN_NAMES = frozenset(row.name for row in KEYS if "." not in row.name) - {
    "service_name",
    "enabled",
    "logging",
    "metrics",
    "tags",
}
