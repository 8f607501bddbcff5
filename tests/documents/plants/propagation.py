"""Plants in the way of a trace from one process to the next: formats, carriers, baggage, ids."""

from __future__ import annotations

from tests.documents.plants.plant import Plant

CODECS = "jaeger_client.codecs"
JAEGER_PROPAGATOR = "opentelemetry.propagators.jaeger"
SHIM = "opentelemetry.shim.opentracing_shim"

PLANTS = (
    Plant(
        "legacy-baggage",
        "baggage is not logged",
        "jaeger_client.span",
        "            self.log_kv(key_values=logs)",
        "            pass",
    ),
    Plant(
        "legacy-baggage",
        "children don't inherit baggage",
        "jaeger_client.tracer",
        "            flags = parent.flags\n            baggage = dict(parent.baggage)",
        "            flags = parent.flags\n            baggage = None",
    ),
    Plant(
        "legacy-baggage",
        "inject sends no baggage",
        CODECS,
        "                carrier[header_key] = encoded_value",
        "                pass",
    ),
    Plant(
        "shim-baggage",
        "children inherit baggage",
        SHIM,
        "        span = SpanShim(manager.tracer, span_context, otel_span)\n        return cls(",
        "        span = SpanShim(manager.tracer, span_context, otel_span)\n"
        "        if outer := get_value(_SHIM_KEY):\n"
        "            span_context._baggage = outer.span.context._baggage\n"
        "        return cls(",
    ),
    Plant(
        "shim-baggage",
        "inject sends baggage",
        SHIM,
        "        propagator.inject(carrier, context=ctx)",
        "        propagator.inject(carrier, context=set_span_in_context(span, span_context.baggage))",
    ),
    Plant(
        "shim-baggage",
        "extract finds baggage",
        SHIM,
        "        return SpanContextShim(otel_context)",
        "        found = SpanContextShim(otel_context)\n"
        "        found._baggage = __import__('opentelemetry.baggage').baggage.get_all(ctx)\n"
        "        return found",
    ),
    Plant(
        "shim-scope-span",
        "a scope keeps the span that was activated",
        SHIM,
        "        span_cm = use_span(span.unwrap(), end_on_exit=finish_on_close)\n"
        "        return ScopeShim.from_context_manager(self, span_cm=span_cm)",
        "        span_cm = use_span(span.unwrap(), end_on_exit=finish_on_close)\n"
        "        span_cm.__enter__()\n"
        "        return ScopeShim(self, span, span_cm)",
    ),
    Plant(
        "native-baggage",
        "start_as_current_span attaches the given context",
        "opentelemetry.sdk.trace",
        "        span = self.start_span(\n            name=name,",
        "        context is not None and context_api.attach(context)\n"
        "        span = self.start_span(\n            name=name,",
    ),
    Plant(
        "native-baggage",
        "inject sends no baggage",
        "opentelemetry.baggage.propagation",
        "        baggage_entries = get_all(context=context)",
        "        baggage_entries = {}",
    ),
    Plant(
        "native-baggage-set",
        "it makes an event",
        "opentelemetry.baggage",
        "    baggage[name] = value\n",
        "    baggage[name] = value\n"
        "    __import__('opentelemetry.trace').trace.get_current_span().add_event('baggage')\n",
    ),
    Plant(
        "propagation-defaults",
        "the default has Jaeger's format as well",
        "opentelemetry.propagate",
        '    "tracecontext,baggage",\n)',
        '    "tracecontext,baggage,jaeger",\n)',
        lane="pinned",
    ),
    Plant(
        "propagation-defaults",
        "the default has Jaeger's format as well, in newer packages",
        "opentelemetry.propagate",
        "    configured = environ.get(OTEL_PROPAGATORS)\n",
        "    configured = environ.get(OTEL_PROPAGATORS, 'tracecontext,baggage,jaeger')\n",
        lane="newest",
    ),
    Plant(
        "propagation-composite",
        "the propagator jaeger sends another header",
        JAEGER_PROPAGATOR,
        'TRACE_ID_KEY = "uber-trace-id"',
        'TRACE_ID_KEY = "jaeger-trace-id"',
    ),
    Plant(
        "propagation-composite",
        "traceparent is not read",
        "opentelemetry.trace.propagation.tracecontext",
        "        if not header:\n            return context",
        "        if header:\n            return context",
    ),
    Plant(
        "propagation-w3c-ignored",
        "w3c is B3",
        "jaeger_client.config",
        "        if propagation == 'b3':",
        "        if propagation in ('b3', 'w3c'):",
    ),
    Plant(
        "propagation-w3c-ignored",
        "the value is read in any case",
        "jaeger_client.config",
        "        if propagation == 'b3':",
        "        if str(propagation).lower() == 'b3':",
    ),
    Plant(
        "carrier-title-case",
        "OpenTelemetry finds names in any case",
        "opentelemetry.propagators.textmap",
        "        val = carrier.get(key, None)",
        "        val = {name.lower(): value for name, value in carrier.items()}.get(key)",
    ),
    Plant(
        "carrier-title-case",
        "jaeger-client finds lower-case names only",
        CODECS,
        "            uc_key = key.lower()",
        "            uc_key = key",
    ),
    Plant(
        "carrier-title-case",
        "B3 of jaeger-client finds lower-case names only",
        CODECS,
        "            lower_key = header_key.lower()",
        "            lower_key = header_key",
    ),
    Plant(
        "carrier-request-headers",
        "Jaeger's baggage is found in Title-Case",
        JAEGER_PROPAGATOR,
        "if key.startswith(self.BAGGAGE_PREFIX)",
        "if key.lower().startswith(self.BAGGAGE_PREFIX)",
    ),
    Plant(
        "carrier-request-headers",
        "B3 of jaeger-client reads any carrier with items",
        CODECS,
        "            raise InvalidCarrierException('carrier not a dictionary')\n"
        "        trace_id = span_id = parent_id = None",
        "            pass\n        trace_id = span_id = parent_id = None",
    ),
    Plant(
        "extract-malformed",
        "jaeger-client ignores it",
        CODECS,
        "    parts = value.split(':')",
        "    parts = value.split(':')\n    if len(parts) != 4:\n        return None, None, None, None",
    ),
    Plant(
        "extract-malformed",
        "OpenTelemetry raises",
        JAEGER_PROPAGATOR,
        "    if len(fields) != 4:\n        return invalid_header_result",
        "    if len(fields) != 4:\n        raise ValueError('malformed')",
        by="ValueError: malformed",
    ),
    Plant(
        "extract-encoded",
        "OpenTelemetry reads it",
        JAEGER_PROPAGATOR,
        'header.split(":")',
        'urllib.parse.unquote(header).split(":")',
    ),
    Plant(
        "extract-encoded",
        "jaeger-client does not read it",
        CODECS,
        "            if uc_key == self.trace_id_header:\n                if self.url_encoding:",
        "            if uc_key == self.trace_id_header:\n                if False:",
        by="opentracing.propagation.SpanContextCorruptedException",
    ),
    Plant(
        "extract-nothing",
        "the shim returns None",
        SHIM,
        "        return SpanContextShim(otel_context)",
        "        return SpanContextShim(otel_context) if otel_context.is_valid else None",
    ),
    Plant(
        "extract-nothing",
        "jaeger-client returns a context",
        CODECS,
        "        if not trace_id and not debug_id and not baggage:\n            return None",
        "        if not trace_id and not debug_id and not baggage:\n"
        "            return SpanContext(None, None, None, None)",
    ),
    Plant(
        "extract-binary",
        "the shim tries binary carriers",
        SHIM,
        "            Format.HTTP_HEADERS,\n        )",
        "            Format.HTTP_HEADERS,\n            Format.BINARY,\n        )",
        by="TypeError: 'str' object cannot be interpreted as an integer",
    ),
    Plant(
        "extract-baggage-only",
        "the sampler decides",
        "jaeger_client.tracer",
        "            if parent is None:\n                sampled, sampler_tags",
        "            if parent is None or parent.debug_id is None:\n                sampled, sampler_tags",
    ),
    Plant(
        "debug-id",
        "jaeger-client ignores it",
        "jaeger_client.tracer",
        "            elif parent.debug_id and self.is_debug_allowed(operation_name):",
        "            elif False:",
        by="ValueError: not enough values to unpack",
    ),
    Plant(
        "propagation-debug-flag",
        "the flag is not sent",
        JAEGER_PROPAGATOR,
        "            trace_flags |= self.DEBUG_FLAG",
        "            pass",
    ),
    Plant(
        "propagation-debug-flag",
        "jaeger-client ignores the flag",
        CODECS,
        "        flags = int(parts[3], 16)",
        "        flags = int(parts[3], 16) & 1",
    ),
    Plant(
        "propagation-last-wins",
        "the first wins",
        "opentelemetry.propagators.composite",
        "        for propagator in self._propagators:\n            context =",
        "        for propagator in reversed(self._propagators):\n            context =",
    ),
    Plant(
        "propagation-b3",
        "B3 serves TEXT_MAP as well",
        "jaeger_client.config",
        "            return {Format.HTTP_HEADERS: B3Codec(",
        "            return {Format.TEXT_MAP: B3Codec(), Format.HTTP_HEADERS: B3Codec(",
    ),
    Plant(
        "id-width",
        "jaeger-client makes 128 bits by default",
        "jaeger_client.tracer",
        "            else constants._max_id_bits\n",
        "            else constants._max_trace_id_bits\n",
    ),
    Plant(
        "id-width",
        "OpenTelemetry makes 64 bits",
        "opentelemetry.sdk.trace.id_generator",
        "    def generate_trace_id(self) -> int:\n        trace_id = random.getrandbits(128)",
        "    def generate_trace_id(self) -> int:\n        trace_id = random.getrandbits(64)",
    ),
    Plant(
        "id-padding",
        "OpenTelemetry sends no zeros",
        JAEGER_PROPAGATOR,
        '    return f"{format_trace_id(trace_id)}:',
        '    return f"{trace_id:x}:',
    ),
    Plant(
        "id-padding",
        "jaeger-client sends the zeros",
        CODECS,
        "'{:x}:{:x}:{:x}:{:x}'.format",
        "'{:032x}:{:x}:{:x}:{:x}'.format",
    ),
    Plant(
        "id-b3-zero",
        "jaeger-client keeps the zero",
        CODECS,
        "format(span_context.trace_id, 'x').zfill(16)",
        "format(span_context.trace_id, 'x').zfill(32)",
    ),
    Plant(
        "id-in-logs",
        "a small id has fewer digits",
        "opentelemetry.trace.span",
        '    return format(trace_id, "032x")',
        '    return format(trace_id, "x")',
    ),
)
