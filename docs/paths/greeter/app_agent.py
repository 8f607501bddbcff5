import sys

from flask import Flask
from tracing import start_tracing

app = Flask(__name__)
tracer = start_tracing("greeter")


@app.get("/hello/<name>")
def hello(name):
    with tracer.start_as_current_span("greet") as span:
        span.add_event("greeted", {"length": len(name)})
        return ("Hello who?", 500) if name == "nobody" else f"Hello {name}!"


if __name__ == "__main__":
    app.run(port=int(sys.argv[1]))
