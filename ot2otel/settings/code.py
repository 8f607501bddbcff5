"""The code that sets OpenTelemetry up with the translated variables."""

from __future__ import annotations

from ot2otel.settings.part import InCode

_DOCSTRING = '''"""Sets OpenTelemetry up in place of jaeger-client's Config; OTEL_* variables do the rest."""

from __future__ import annotations
'''
_FUNCTION = '''
def set_up_tracing() -> TracerProvider:
    """Set up and return the provider of the process; call it once in each process, after a fork.

    A process that ends by itself exports its last spans. One that a signal ends has to call `shutdown()`.
    """
'''


def source(extras: InCode) -> str:
    """Return a module with the function `set_up_tracing`."""
    header = extras.trace_id_header or extras.baggage_prefix
    lines = ["from opentelemetry import trace"]
    lines += ["from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter"]
    if header:
        lines += ["from opentelemetry.propagate import get_global_textmap, set_global_textmap"]
        lines += ["from opentelemetry.propagators.composite import CompositePropagator"]
        lines += ["from opentelemetry.propagators.jaeger import JaegerPropagator"]
    if extras.attributes:
        lines += ["from opentelemetry.sdk.resources import Resource"]
    lines += ["from opentelemetry.sdk.trace import TracerProvider"]
    console = ", ConsoleSpanExporter" if extras.console else ""
    lines += [f"from opentelemetry.sdk.trace.export import BatchSpanProcessor{console}"]
    if header:
        lines += ["", "", *_propagator(extras)]
    return "\n".join([_DOCSTRING, *lines, "", *_FUNCTION.splitlines(), *_body(extras), ""])


def _propagator(extras: InCode) -> list[str]:
    lines = ["class OwnHeaders(JaegerPropagator):"]
    lines += ['    """Reads and writes the headers that the services with jaeger-client use."""', ""]
    if extras.trace_id_header:
        lines.append(f"    TRACE_ID_KEY = {extras.trace_id_header!r}")
    if extras.baggage_prefix:
        lines.append(f"    BAGGAGE_PREFIX = {extras.baggage_prefix!r}")
    return lines


def _body(extras: InCode) -> list[str]:
    if extras.attributes:
        lines = ["    resource = Resource.create(", "        {"]
        lines += [f"            {key!r}: {value!r}," for key, value in extras.attributes.items()]
        lines += ["        }", "    )", "    provider = TracerProvider(resource=resource)"]
    else:
        lines = ["    provider = TracerProvider()"]
    lines.append("    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))")
    if extras.console:
        lines.append("    provider.add_span_processor(BatchSpanProcessor(ConsoleSpanExporter()))")
    if extras.trace_id_header or extras.baggage_prefix:
        lines.append("    set_global_textmap(CompositePropagator([get_global_textmap(), OwnHeaders()]))")
    return [*lines, "    trace.set_tracer_provider(provider)", "    return provider"]
