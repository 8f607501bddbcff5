"""Translates limits and ids, and tells the keys that have no counterpart."""

from __future__ import annotations

from collections.abc import Iterator

from ot2otel.settings.given import Given
from ot2otel.settings.part import Part, Variable
from ot2otel.settings.remarks import JAEGER_CLIENT, SPECIFICATION, Remark, by_test
from ot2otel.settings.table import BY_NAME

_LENGTH, _TRACEBACK = "max_tag_value_length", "max_traceback_length"
_CONFIG = f"{JAEGER_CLIENT}, config.py"
# Keys without a counterpart, and what becomes of them.
_WITHOUT = {
    "sampling_refresh_interval": "It belongs to the remote sampler, which Python's SDK does not have.",
    "max_operations": "It belongs to the remote sampler, which Python's SDK does not have.",
    "local_agent.sampling_port": "It belongs to the remote sampler, which Python's SDK does not have.",
    "throttler": "It limits debug traces, which OpenTelemetry does not have.",
    "throttler.port": "It limits debug traces, which OpenTelemetry does not have.",
    "throttler.refresh_interval": "It limits debug traces, which OpenTelemetry does not have.",
}


def limits(given: Given) -> Part:
    """Return the limit for the length of values."""
    variables: tuple[Variable, ...] = ()
    remarks = []
    if _LENGTH in given.values:
        limit = str(given.values[_LENGTH])
        variables = (Variable("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", limit, _LENGTH),)
        text = f"This one limit is for stacks too: exception.stacktrace is cut at {limit} characters."
        remarks.append(Remark(_LENGTH, text, SPECIFICATION))
    elif not given.is_computed(_LENGTH):
        text = (
            "jaeger-client cuts text at 1,024 characters, OpenTelemetry does not. "
            "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT=1024 keeps that, and cuts stacks too."
        )
        remarks.append(by_test(_LENGTH, text, "tag-length"))
    if _TRACEBACK in given.values:
        text = "OpenTelemetry has no limit for stacks alone; OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT cuts all text."
        remarks.append(Remark(_TRACEBACK, text, SPECIFICATION))
    text = (
        "A span keeps 128 attributes, 128 events and 128 links; jaeger-client has no such limits. "
        "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT, OTEL_SPAN_EVENT_COUNT_LIMIT and "
        "OTEL_SPAN_LINK_COUNT_LIMIT set them."
    )
    remarks.append(by_test(_LENGTH, text, "tag-count"))
    return Part(variables, tuple(remarks))


def ids(given: Given) -> Part:
    """Return the warning about the width of trace ids."""
    key = "generate_128bit_trace_id"
    if given.values.get(key) or given.is_computed(key):
        return Part()
    text = "Trace ids have 32 digits, always. Queries over logs, and columns, that expect 16 need a change."
    return Part((), (by_test(key, text, "id-width", "id-in-logs"),))


def switches(given: Given) -> Part:
    """Return the warnings about what switches jaeger-client on, off or to the log."""
    return Part((), tuple(_switches(given)))


def _switches(given: Given) -> Iterator[Remark]:
    if given.values.get("enabled") is False:
        yield by_test(
            "enabled",
            "jaeger-client never reads this key: unless your own program does, it traces. If it does, "
            "set OTEL_SDK_DISABLED=true.",
        )
    if given.values.get("local_agent.enabled") is False:
        text = "jaeger-client never uses this key: it reports to the agent all the same."
        yield Remark("local_agent.enabled", text, f"{_CONFIG}, local_agent_enabled")
    if given.values.get("logging"):
        yield by_test(
            "logging",
            "The code writes each span to standard output as JSON; jaeger-client logged a line for each, "
            "Reporting span ..., to the logger jaeger_tracing.",
        )
    if given.values.get("metrics"):
        yield by_test("metrics", "Python's SDK counts its own spans for nobody by default.", "metrics-client")


def without_counterpart(given: Given) -> Part:
    """Return a warning for each key that has no counterpart, and for each that is computed."""
    remarks = [
        Remark(key, f"It has no counterpart. {_WITHOUT[key]}", _CONFIG)
        for key in given.values
        if key in _WITHOUT
    ]
    for key, value in given.computed.items():
        row = BY_NAME["tags" if key.startswith("tags.") else key]
        counterpart = row.counterpart.partition(" [✓]")[0].replace("`", "")
        text = (
            f"It is computed in line {value.line} ({value.expression}) and not translated. "
            f"Its counterpart: {counterpart}."
        )
        remarks.append(by_test(key, text) if key in BY_NAME else Remark(key, text, "docs/reference.md"))
    return Part((), tuple(remarks))
