import sys

from flask import Flask
from flask_opentracing import FlaskTracing
from tracing import start_tracing

app = Flask(__name__)
tracer = start_tracing("greeter")
FlaskTracing(tracer, True, app)


@app.get("/hello/<name>")
def hello(name):
    with tracer.start_active_span("greet") as scope:
        scope.span.log_kv({"event": "greeted", "length": len(name)})
        return ("Hello who?", 500) if name == "nobody" else f"Hello {name}!"


if __name__ == "__main__":
    app.run(port=int(sys.argv[1]))
