import sys

from flask import Flask, request
from opentelemetry.trace import SpanKind, StatusCode
from tracing import continuing, start_tracing

app = Flask(__name__)
tracer = start_tracing("greeter")


@app.get("/hello/<name>")
def hello(name):
    with continuing(request.headers), tracer.start_as_current_span("hello", kind=SpanKind.SERVER) as span:
        span.set_attribute("url.scheme", request.scheme)
        span.set_attribute("url.path", request.path)
        span.set_attribute("server.address", request.host.partition(":")[0])
        span.set_attribute("server.port", int(request.host.partition(":")[2] or 80))
        if name == "nobody":
            span.set_status(StatusCode.ERROR)
            return "Hello who?", 500
        span.add_event("greeted", {"length": len(name)})
        return f"Hello {name}!"


if __name__ == "__main__":
    app.run(port=int(sys.argv[1]))
