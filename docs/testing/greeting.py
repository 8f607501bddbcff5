"""A client and a service that greet, traced with OpenTracing; the greeting travels as baggage."""

from opentracing import Format, tags


def say_hello(tracer, formatter, name, greeting):
    with tracer.start_active_span("say-hello") as scope:
        scope.span.set_baggage_item("greeting", greeting)
        with tracer.start_active_span("format") as inner:
            inner.span.set_tag(tags.SPAN_KIND, tags.SPAN_KIND_RPC_CLIENT)
            headers = {}
            tracer.inject(inner.span, Format.HTTP_HEADERS, headers)
            text = formatter(headers, name)
            inner.span.log_kv({"event": "formatted", "value": text})
        return text


def formatter(tracer):
    def handle(headers, name):
        caller = tracer.extract(Format.HTTP_HEADERS, headers)
        kind = {tags.SPAN_KIND: tags.SPAN_KIND_RPC_SERVER}
        with tracer.start_active_span("format", child_of=caller, tags=kind) as scope:
            greeting = scope.span.get_baggage_item("greeting") or "Hello"
            return f"{greeting}, {name}!"

    return handle
