"""The same with OpenTelemetry."""

from opentelemetry import baggage, context, propagate
from opentelemetry.trace import SpanKind


def say_hello(tracer, formatter, name, greeting):
    token = context.attach(baggage.set_baggage("greeting", greeting))
    try:
        with tracer.start_as_current_span("say-hello") as span:
            span.add_event("baggage", {"key": "greeting", "value": greeting})
            with tracer.start_as_current_span("format", kind=SpanKind.CLIENT) as inner:
                headers = {}
                propagate.inject(headers)
                text = formatter(headers, name)
                inner.add_event("formatted", {"value": text})
            return text
    finally:
        context.detach(token)


def formatter(tracer):
    def handle(headers, name):
        token = context.attach(propagate.extract(headers))
        try:
            with tracer.start_as_current_span("format", kind=SpanKind.SERVER):
                greeting = baggage.get_baggage("greeting") or "Hello"
                return f"{greeting}, {name}!"
        finally:
            context.detach(token)

    return handle
