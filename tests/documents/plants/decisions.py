"""Plants beside a span: sampling, scopes, resource, what is installed, what only jaeger-client has."""

from __future__ import annotations

from tests.documents.plants.plant import Plant

EXPORTER = "opentelemetry.exporter.jaeger.thrift"
RESOURCES = "opentelemetry.sdk.resources"
SAMPLING = "opentelemetry.sdk.trace.sampling"
SCOPES = "opentracing.scope_managers"
SDK = "opentelemetry.sdk.trace"
SHIM = "opentelemetry.shim.opentracing_shim"
SPAN = "jaeger_client.span"
TRACER = "jaeger_client.tracer"
TRANSLATE = "opentelemetry.exporter.jaeger.thrift.translate"

DEFAULT_MANAGER = "            scope_manager=scope_manager or ThreadLocalScopeManager()"
OF_THE_CONTEXT = (
    "            scope_manager=scope_manager or __import__(\n"
    "                'opentracing.scope_managers.contextvars', fromlist=['x']\n"
    "            ).ContextVarsScopeManager()"
)
PARENT = "            child_of = self.active_span"
ANY_PARENT = (
    "            current = get_current_span()\n"
    "            if current.get_span_context() != INVALID_SPAN_CONTEXT:\n"
    "                child_of = SpanShim(None, None, current)"
)

PLANTS = (
    *(
        Plant(claim, "tasks have an active span of their own", TRACER, DEFAULT_MANAGER, OF_THE_CONTEXT)
        for claim in ("scope-gather", "scope-to-thread", "scope-copy-context")
    ),
    Plant(
        "scope-executor",
        "threads share an active span",
        SCOPES,
        "        self._tls_scope = threading.local()",
        "        self._tls_scope = type('Shared', (), {})()",
    ),
    Plant(
        "scope-ignore-active",
        "the shim ignores the active span",
        SHIM,
        "current_span.get_span_context() is not INVALID_SPAN_CONTEXT",
        "current_span.get_span_context() is not INVALID_SPAN_CONTEXT and not ignore_active_span",
    ),
    Plant(
        "scope-out-of-order",
        "jaeger-client ends the outer span",
        SCOPES,
        "        if self.manager.active is not self:\n            return\n",
        "",
    ),
    Plant(
        "scope-out-of-order",
        "the shim leaves no context behind",
        SHIM,
        "            self._span_cm.__exit__(exc_type, exc_val, exc_tb)",
        "            self._span_cm.__exit__(exc_type, exc_val, exc_tb)\n            attach(Context())",
    ),
    Plant("mixing-start-span", "the native span is the parent", SHIM, PARENT, ANY_PARENT),
    Plant("mixing-new-root", "the native span is the parent", SHIM, PARENT, ANY_PARENT),
    Plant(
        "mixing-native-inside",
        "the shim's span is not current",
        SHIM,
        "        span_cm = use_span(span.unwrap(), end_on_exit=finish_on_close)",
        "        span_cm = __import__('contextlib').closing(span.unwrap())\n"
        "        span_cm.thing.close = span.unwrap().end",
    ),
    Plant(
        "shim-gone",
        "a span has a trace_id",
        SHIM,
        "        self._otel_span = span\n",
        "        self._otel_span = span\n        self.trace_id = span.get_span_context().trace_id\n",
    ),
    Plant(
        "shim-gone",
        "a tracer can be closed",
        SHIM,
        "        self._otel_tracer = tracer\n",
        "        self._otel_tracer = tracer\n        self.close = lambda: None\n",
    ),
    Plant(
        "native-not-current",
        "start_span makes its span current",
        SDK,
        "            span.start(start_time=start_time, parent_context=context)",
        "            span.start(start_time=start_time, parent_context=context)\n"
        "            context_api.attach(trace_api.set_span_in_context(span))",
    ),
    Plant(
        "scope-tornado",
        "it imports without stack_context",
        "opentracing.scope_managers.tornado",
        "import tornado.stack_context\n",
        "import tornado\n",
    ),
    Plant(
        "scope-active-native",
        "the native span is the active one",
        SHIM,
        "            return get_value(_SHIM_KEY)",
        "            if not get_value(_SHIM_KEY):\n                raise KeyError\n"
        "            return get_value(_SHIM_KEY)",
    ),
    Plant(
        "conformance-legacy",
        "baggage is not found",
        SPAN,
        "        return self.context.baggage.get(key)",
        "        return None",
    ),
    Plant(
        "conformance-shim",
        "the shim ignores the active span if it should",
        SHIM,
        "current_span.get_span_context() is not INVALID_SPAN_CONTEXT",
        "current_span.get_span_context() is not INVALID_SPAN_CONTEXT and not ignore_active_span",
    ),
    Plant(
        "global-tracer-copied",
        "the first tracer hands on to the second",
        "opentracing",
        "    global tracer, is_tracer_registered\n    tracer = value\n",
        "    global tracer, is_tracer_registered\n    tracer.start_span = value.start_span\n"
        "    tracer = value\n",
    ),
    Plant(
        "sampling-defaults",
        "jaeger-client begins with everything",
        "jaeger_client.sampler",
        "DEFAULT_SAMPLING_PROBABILITY = 0.001",
        "DEFAULT_SAMPLING_PROBABILITY = 1.0",
    ),
    Plant(
        "sampling-defaults",
        "OpenTelemetry records nothing",
        SAMPLING,
        '"parentbased_always_on": DEFAULT_ON',
        '"parentbased_always_on": DEFAULT_OFF',
    ),
    Plant(
        "sampling-unknown",
        "an unknown name is nothing",
        SAMPLING,
        '        trace_sampler = "parentbased_always_on"',
        '        trace_sampler = "parentbased_always_off"',
    ),
    Plant(
        "sampling-tags",
        "jaeger-client does not write its sampler",
        TRACER,
        "                        tags[k] = v",
        "                        pass",
    ),
    Plant(
        "sampling-priority",
        "0 is ignored",
        SPAN,
        "            self.context.flags &= ~(SAMPLED_FLAG | DEBUG_FLAG)",
        "            pass",
    ),
    Plant(
        "sampling-priority",
        "1 is ignored",
        SPAN,
        "            self.context.flags |= SAMPLED_FLAG | DEBUG_FLAG",
        "            pass",
    ),
    Plant(
        "sampling-priority",
        "the shim drops the attribute",
        SHIM,
        "            attributes=tags,\n            start_time=start_time_ns,",
        "            attributes={k: v for k, v in (tags or {}).items() if k != 'sampling.priority'},\n"
        "            start_time=start_time_ns,",
    ),
    Plant(
        "sampling-parent",
        "a caller that samples does not decide",
        SAMPLING,
        "                    sampler = self._remote_parent_sampled",
        "                    sampler = self._root",
    ),
    Plant(
        "sampling-parent",
        "a caller that does not sample does not decide",
        SAMPLING,
        "                    sampler = self._remote_parent_not_sampled",
        "                    sampler = self._root",
    ),
    Plant(
        "sampling-rate",
        "there is a sampler by rate",
        SAMPLING,
        '    "always_on": ALWAYS_ON,',
        '    "always_on": ALWAYS_ON,\n    "ratelimiting": ALWAYS_ON,',
    ),
    Plant(
        "resource-process",
        "the SDK reports the host",
        RESOURCES,
        '        TELEMETRY_SDK_LANGUAGE: "python",',
        '        TELEMETRY_SDK_LANGUAGE: "python",\n        "host.name": "here",',
    ),
    Plant(
        "resource-process",
        "jaeger-client reports no host",
        TRACER,
        "                self.tags[constants.JAEGER_HOSTNAME_TAG_KEY] = hostname",
        "                pass",
    ),
    Plant(
        "resource-unknown-service",
        "it has another name",
        RESOURCES,
        '"unknown_service"',
        '"nameless"',
    ),
    Plant(
        "resource-environment",
        "the environment wins",
        RESOURCES,
        "        merged_attributes.update(other.attributes)",
        "        merged_attributes = {**other.attributes, **merged_attributes}",
    ),
    Plant(
        "resource-environment",
        "OTEL_RESOURCE_ATTRIBUTES is ignored",
        RESOURCES,
        "env_resources_items = environ.get(OTEL_RESOURCE_ATTRIBUTES)",
        "env_resources_items = ''",
        by="KeyError: 'team'",
    ),
    Plant(
        "resource-tags-variable",
        "JAEGER_TAGS takes a value with an equals sign",
        "jaeger_client.config",
        "                key, value = kv.split('=')",
        "                key, value = kv.split('=', 1)",
    ),
    Plant(
        "resource-tags-variable",
        "OTEL_RESOURCE_ATTRIBUTES is not decoded",
        RESOURCES,
        "parse.unquote(value.strip())",
        "value.strip()",
    ),
    Plant(
        "thrift-resource",
        "a span has no resource",
        TRANSLATE,
        "        if span.resource.attributes:",
        "        if False:",
        lane="pinned",
    ),
    Plant(
        "thrift-resource",
        "the process has a tag",
        EXPORTER,
        "process=jaeger_thrift.Process(serviceName=self.service_name),",
        "process=jaeger_thrift.Process(serviceName=self.service_name, tags=[\n"
        "                jaeger_thrift.Tag(key='telemetry.sdk.name', vType=0, vStr='opentelemetry')]),",
        lane="pinned",
    ),
    Plant(
        "scope-name",
        "the scope is the specification's",
        SHIM,
        "otel_tracer_provider.get_tracer(__name__, __version__)",
        "otel_tracer_provider.get_tracer('opentracing-shim', __version__)",
    ),
    Plant(
        "install-six",
        "jaeger-client brings six along",
        "jaeger_client",
        "from .tracer import Tracer  # noqa",
        "__import__('sys').modules.pop('six', None)\nfrom .tracer import Tracer  # noqa",
    ),
    Plant(
        "install-deprecated",
        "the exporter does without it",
        EXPORTER,
        "from deprecated import deprecated\n",
        "deprecated = lambda **_: lambda function: function\n",
        lane="pinned",
    ),
    Plant(
        "install-thrift-exporter",
        "SDK 1.39 lacks the name as well",
        "opentelemetry.sdk.environment_variables",
        'OTEL_EXPORTER_JAEGER_AGENT_HOST = "',
        'OTEL_EXPORTER_JAEGER_AGENT = "',
        lane="pinned",
    ),
    Plant(
        "install-thrift-exporter",
        "the exporter does without the name",
        EXPORTER,
        "    OTEL_EXPORTER_JAEGER_AGENT_HOST,\n    OTEL_EXPORTER_JAEGER_AGENT_PORT,",
        "    OTEL_EXPORTER_JAEGER_AGENT_PORT as OTEL_EXPORTER_JAEGER_AGENT_HOST,\n"
        "    OTEL_EXPORTER_JAEGER_AGENT_PORT,",
        lane="pinned",
    ),
    Plant(
        "install-thrift-exporter",
        "a newer SDK has the name",
        "opentelemetry.sdk.environment_variables",
        'OTEL_SDK_DISABLED = "',
        'OTEL_EXPORTER_JAEGER_AGENT_HOST = ""\nOTEL_SDK_DISABLED = "',
        lane="newest",
    ),
    Plant(
        "install-propagators",
        "a propagator that can't be loaded is left out",
        "opentelemetry.propagate",
        '        logger.exception("Failed to load propagator: %s", propagator)\n        raise',
        "        pass",
        lane="pinned",
    ),
)
