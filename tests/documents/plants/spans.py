"""Plants in what a span says: tags, logs, errors, kind, references, times."""

from __future__ import annotations

from tests.documents.plants.plant import Plant

SDK = "opentelemetry.sdk.trace"
SHIM = "opentelemetry.shim.opentracing_shim"
SHIM_UTIL = "opentelemetry.shim.opentracing_shim.util"
SPAN = "jaeger_client.span"
THRIFT = "jaeger_client.thrift"
TRACER = "jaeger_client.tracer"
TRANSLATE = "opentelemetry.exporter.jaeger.thrift.translate"

SET_TAG = "        self._otel_span.set_attribute(key, value)"
ADD_EVENT = "        self._otel_span.add_event(event_name, key_values, event_timestamp)"
ERROR = "self._otel_span.set_status(__import__('opentelemetry.trace').trace.StatusCode.ERROR)"

PLANTS = (
    Plant(
        "error-active",
        "the shim does not see the exception",
        SHIM,
        "        self._end_span_scope(exc_type, exc_val, exc_tb)",
        "        self._end_span_scope(None, None, None)",
    ),
    Plant(
        "error-active",
        "jaeger-client does not see the exception",
        "opentracing.scope",
        "        Span._on_error(self.span, exc_type, exc_val, exc_tb)",
        "        pass",
    ),
    Plant(
        "error-not-active",
        "the tag becomes the status",
        SHIM,
        SET_TAG,
        f"{SET_TAG}\n        if key == 'error':\n            {ERROR}",
    ),
    Plant(
        "error-tag",
        "the tag becomes the status",
        SHIM,
        SET_TAG,
        f"{SET_TAG}\n        if key == 'error':\n            {ERROR}",
    ),
    Plant(
        "error-tag",
        "the tag becomes the status instead of an attribute",
        SHIM,
        SET_TAG,
        f"        if key != 'error':\n            {SET_TAG.strip()}",
    ),
    Plant(
        "thrift-error-tag",
        "the exporter drops the attribute error",
        TRANSLATE,
        "            for key, value in span.attributes.items():",
        "            for key, value in [pair for pair in span.attributes.items() if pair[0] != 'error']:",
        lane="pinned",
    ),
    Plant(
        "error-log",
        "the log becomes the status",
        SHIM,
        ADD_EVENT,
        f"{ADD_EVENT}\n        if event_name == 'error':\n            {ERROR}",
    ),
    Plant(
        "error-log",
        "the log becomes an event exception",
        SHIM,
        ADD_EVENT,
        "        event_name = event_name.replace('error', 'exception')\n" + ADD_EVENT,
    ),
    Plant(
        "shim-kind",
        "the tag becomes the kind",
        SHIM,
        "            attributes=tags,\n            start_time=start_time_ns,",
        "            attributes=tags,\n            start_time=start_time_ns,\n"
        "            kind=__import__('opentelemetry.trace').trace.SpanKind.CLIENT,",
    ),
    Plant(
        "shim-kind",
        "the tag becomes the kind when it is set",
        SHIM,
        SET_TAG,
        f"{SET_TAG}\n        if key == 'span.kind':\n"
        "            self._otel_span._kind = __import__('opentelemetry.trace').trace.SpanKind.CLIENT",
    ),
    Plant(
        "native-kind",
        "an attribute changes the kind",
        SDK,
        "                self._attributes[key] = value",
        "                self._attributes[key] = value\n                if key == 'span.kind':\n"
        "                    self._kind = trace_api.SpanKind.CLIENT",
    ),
    Plant(
        "thrift-kind-twice",
        "the kind has a tag of its own",
        TRANSLATE,
        '_get_string_tag("span.kind", OTLP_JAEGER_SPAN_KIND[span.kind])',
        '_get_string_tag("otel.span.kind", OTLP_JAEGER_SPAN_KIND[span.kind])',
        lane="pinned",
    ),
    Plant(
        "shim-log",
        "an event is called log",
        SHIM_UTIL,
        '    return key_values["event"]',
        "    return DEFAULT_EVENT_NAME",
    ),
    Plant(
        "shim-log",
        "the name is no attribute",
        SHIM,
        ADD_EVENT,
        "        key_values = {key: value for key, value in key_values.items() if key != 'event'}\n"
        + ADD_EVENT,
    ),
    Plant(
        "thrift-log-message",
        "the name arrives as event",
        TRANSLATE,
        'key="message"',
        'key="event"',
        lane="pinned",
    ),
    Plant(
        "shim-log-objects",
        "objects are kept as text",
        SHIM,
        ADD_EVENT,
        "        key_values = {key: str(value) for key, value in key_values.items()}\n" + ADD_EVENT,
        lane="pinned",
    ),
    Plant(
        "shim-log-objects",
        "objects are dropped",
        SHIM,
        ADD_EVENT,
        "        key_values = {key: value for key, value in key_values.items() if type(value) is str}\n"
        + ADD_EVENT,
        lane="newest",
    ),
    Plant(
        "shim-chaining",
        "log_event returns the span",
        SHIM,
        "        super().log_event(event, payload=payload)",
        "        return super().log_event(event, payload=payload)",
    ),
    Plant(
        "shim-references",
        "a link has the type",
        SHIM,
        "valid_links.append(Link(ref.referenced_context.unwrap()))",
        "valid_links.append(Link(ref.referenced_context.unwrap(), {'opentracing.ref_type': ref.type}))",
    ),
    Plant(
        "shim-references",
        "the parent is no link",
        SHIM,
        "            links=valid_links,",
        "            links=valid_links[1:],",
    ),
    Plant(
        "shim-first-reference",
        "the last reference is the parent on the shim",
        SHIM,
        "NonRecordingSpan(valid_links[0].context)",
        "NonRecordingSpan(valid_links[-1].context)",
    ),
    Plant(
        "shim-first-reference",
        "the last reference is the parent in jaeger-client",
        TRACER,
        "            parent = valid_references[0].referenced_context",
        "            parent = valid_references[-1].referenced_context",
    ),
    Plant(
        "thrift-references",
        "a reference is CHILD_OF",
        TRANSLATE,
        "refType=TCollector.SpanRefType.FOLLOWS_FROM",
        "refType=TCollector.SpanRefType.CHILD_OF",
        lane="pinned",
    ),
    Plant(
        "shim-single-reference",
        "the shim takes one without a list",
        SHIM,
        "            for ref in references:",
        "            for ref in references if type(references) is list else [references]:",
    ),
    Plant(
        "shim-single-reference",
        "the shim ignores a reference to None",
        SHIM,
        "                if ref.referenced_context.unwrap()",
        "                if ref.referenced_context and ref.referenced_context.unwrap()",
    ),
    Plant(
        "legacy-tag-values",
        "an object arrives as its repr",
        THRIFT,
        "        return _make_string_tag(\n            key=key,\n            value=value,",
        "        return _make_string_tag(\n            key=key,\n            value=repr(value),",
    ),
    Plant(
        "shim-tag-values",
        "every value arrives as its text",
        SHIM,
        SET_TAG,
        "        self._otel_span.set_attribute(key, str(value))",
    ),
    Plant(
        "tag-repeated",
        "jaeger-client sends the last value only",
        SPAN,
        "                self.tags.append(tag)",
        "                self.tags = [other for other in self.tags if other.key != key] + [tag]",
    ),
    Plant(
        "tag-repeated",
        "OpenTelemetry keeps the first value",
        "opentelemetry.attributes",
        "            self._dict[key] = value  # type: ignore",
        "            self._dict.setdefault(key, value)",
        lane="",
    ),
    Plant(
        "tag-length",
        "jaeger-client cuts at 2048",
        "jaeger_client.constants",
        "MAX_TAG_VALUE_LENGTH = 1024",
        "MAX_TAG_VALUE_LENGTH = 2048",
    ),
    Plant(
        "tag-length",
        "OpenTelemetry cuts at 1024",
        "opentelemetry.attributes",
        "        self.max_value_len = max_value_len",
        "        self.max_value_len = max_value_len or 1024",
    ),
    Plant(
        "tag-count",
        "OpenTelemetry keeps 256 attributes",
        SDK,
        "_DEFAULT_OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT = 128",
        "_DEFAULT_OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT = 256",
    ),
    Plant(
        "tag-count",
        "the newest attributes go",
        "opentelemetry.attributes",
        "                self._dict.popitem(last=False)  # type: ignore\n                self.dropped += 1",
        "                self.dropped += 1\n                return",
    ),
    Plant(
        "tag-after-finish",
        "the tag arrives with the warning",
        SDK,
        '                logger.warning("Setting attribute on ended span.")\n                return',
        '                logger.warning("Setting attribute on ended span.")',
    ),
    Plant(
        "tag-after-finish",
        "jaeger-client ignores the tag",
        SPAN,
        "            if self.is_sampled():\n                tag = thrift.make_tag(",
        "            if self.is_sampled() and not self.finished:\n                tag = thrift.make_tag(",
    ),
    Plant(
        "tags-argument-mutated",
        "jaeger-client copies the dictionary",
        TRACER,
        "                    tags = tags or {}\n                    for",
        "                    tags = dict(tags or {})\n                    for",
    ),
    Plant(
        "tag-names",
        "the shim renames a tag",
        SHIM,
        SET_TAG,
        "        self._otel_span.set_attribute(key.replace('http.method', 'http.request.method'), value)",
    ),
    Plant(
        "start-time-zero",
        "0 is 1970 in jaeger-client",
        SPAN,
        "        self.start_time = start_time or time.time()",
        "        self.start_time = time.time() if start_time is None else start_time",
    ),
    Plant(
        "start-time-zero",
        "0 is now on the shim",
        SHIM,
        "            start_time_ns = util.time_seconds_to_ns(start_time)",
        "            start_time_ns = util.time_seconds_to_ns(start_time) or None",
    ),
    Plant(
        "time-precision",
        "the shim is exact to the microsecond",
        SHIM_UTIL,
        "    return int(time_seconds * 1e9)",
        "    return round(time_seconds * 1e6) * 1000",
    ),
    Plant(
        "time-precision",
        "jaeger-client rounds",
        THRIFT,
        "    return int(ts * 1000000)",
        "    return round(ts * 1000000)",
    ),
)
