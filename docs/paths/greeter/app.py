import sys

from flask import Flask, request
from tracing import caller, start_tracing

app = Flask(__name__)
tracer = start_tracing("greeter")


@app.get("/hello/<name>")
def hello(name):
    with tracer.start_active_span("hello", child_of=caller(request.headers)) as scope:
        scope.span.set_tag("span.kind", "server").set_tag("http.url", request.url)
        if name == "nobody":
            scope.span.set_tag("error", True)
            return "Hello who?", 500
        scope.span.log_kv({"event": "greeted", "length": len(name)})
        return f"Hello {name}!"


if __name__ == "__main__":
    app.run(port=int(sys.argv[1]))
