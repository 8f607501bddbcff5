"""Translates the agent's address, the reporter's queue and the flush interval."""

from __future__ import annotations

from ot2otel.receive.ports import OTLP_HTTP
from ot2otel.settings.given import Given, SettingsError
from ot2otel.settings.part import Part, Variable
from ot2otel.settings.remarks import JAEGER_CLIENT, SPECIFICATION, Remark, by_test

_REPORTER = f"{JAEGER_CLIENT}, reporter.py"
_BATCH, _QUEUE, _FLUSH = "reporter_batch_size", "reporter_queue_size", "reporter_flush_interval"
# jaeger-client's defaults, then the SDK's.
_OLD_BATCH, _OLD_QUEUE = 10, 100
_NEW_BATCH, _NEW_QUEUE = 512, 2048
_LONG = 60  # seconds; a longer interval was probably meant in milliseconds


def endpoint(given: Given) -> Part:
    """Return the endpoint: the agent's host, with the port of OTLP over HTTP."""
    key = "local_agent.reporting_host"
    if given.is_computed(key):
        return Part()
    host = str(given.values.get(key) or "localhost")
    written = f"[{host}]" if ":" in host and not host.startswith("[") else host
    port = given.values.get("local_agent.reporting_port", 6831)
    text = (
        f"Spans went to UDP port {port} of a Jaeger agent; they go to TCP port {OTLP_HTTP.number} now. "
        f"An agent does not listen there: {host} needs a Jaeger from 1.35 on (before 1.46 with "
        "COLLECTOR_OTLP_ENABLED=true) or an OpenTelemetry Collector, and firewalls have to know the port."
    )
    return Part(
        (
            Variable("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://{written}:{OTLP_HTTP.number}", key),
            Variable("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", key),
        ),
        (by_test("local_agent", text, "config-otlp"),),
    )


def queue(given: Given, where: str) -> Part:
    """Return the given sizes of queue and batch; raise SettingsError where jaeger-client raises."""
    old_batch, old_queue = _size(given, _BATCH, _OLD_BATCH), _size(given, _QUEUE, _OLD_QUEUE)
    if old_queue < old_batch and not given.is_computed(_BATCH, _QUEUE):
        raise SettingsError(
            f"{where}: reporter_queue_size {old_queue} is below reporter_batch_size {old_batch}: "
            "jaeger-client "
            "ends with a ValueError there."
        )
    if _BATCH not in given.values and _QUEUE not in given.values:
        if given.is_computed(_BATCH, _QUEUE):
            return Part()
        text = (
            f"Without a setting the queue holds {_NEW_QUEUE} spans instead of {_OLD_QUEUE}, and a batch has "
            f"{_NEW_BATCH} instead of {_OLD_BATCH}. A full queue drops its oldest span, not the newest."
        )
        return Part((), (by_test(_QUEUE, text, "queue-defaults", "queue-legacy", "queue-native"),))
    variables, remarks = [], []
    size = _size(given, _QUEUE, _NEW_QUEUE)
    batch = _size(given, _BATCH, _NEW_BATCH)
    if _QUEUE in given.values:
        text = "A full queue drops its oldest span; jaeger-client refused the newest."
        remarks.append(by_test(_QUEUE, text, "queue-legacy", "queue-native"))
    if batch > size and _QUEUE in given.values:
        batch = size
        text = (
            f"The SDK's batch of {_NEW_BATCH} is larger than this queue, which it refuses: the "
            f"batch is {size}."
        )
        remarks.append(Remark(_BATCH, text, SPECIFICATION))
    if _QUEUE in given.values:
        variables.append(Variable("OTEL_BSP_MAX_QUEUE_SIZE", str(size), _QUEUE))
    if _BATCH in given.values or batch != _NEW_BATCH:
        variables.append(Variable("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", str(batch), _BATCH))
    if _BATCH in given.values and batch < _NEW_BATCH:
        text = (
            "A batch is an HTTP request now, no datagram. "
            f"Requests of at most {batch} span{'' if batch == 1 else 's'} cost more than the SDK's of 512."
        )
        remarks.append(by_test(_BATCH, text))
    return Part(tuple(variables), tuple(remarks))


def flush_interval(given: Given) -> Part:
    """Return the delay between two exports in milliseconds."""
    if given.is_computed(_FLUSH):
        return Part()
    if _FLUSH not in given.values:
        text = (
            "Spans leave every 5 s instead of every 1 s: they are seen later, and a process "
            "that is killed loses more. "
            "OTEL_BSP_SCHEDULE_DELAY=1000 keeps the old interval."
        )
        return Part((), (by_test(_FLUSH, text),))
    seconds = given.values[_FLUSH]
    assert isinstance(seconds, (int, float))  # checked
    milliseconds = round(seconds * 1000)
    if milliseconds <= 0:
        text = (
            "With 0 jaeger-client sends full batches alone. The SDK has no such setting and "
            "refuses 0: it sends every "
            "5 s."
        )
        return Part((), (Remark(_FLUSH, text, f"{_REPORTER}, Reporter"),))
    remarks = []
    if seconds > _LONG:
        text = f"{seconds:g} s is long: jaeger-client takes seconds. Were milliseconds meant?"
        remarks.append(by_test(_FLUSH, text))
    return Part((Variable("OTEL_BSP_SCHEDULE_DELAY", str(milliseconds), _FLUSH),), tuple(remarks))


def _size(given: Given, key: str, default: int) -> int:
    found = given.values.get(key, default)
    assert isinstance(found, int)  # checked
    return found
