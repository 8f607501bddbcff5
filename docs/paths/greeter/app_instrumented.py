import sys

from flask import Flask
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from tracing import start_tracing

app = Flask(__name__)
start_tracing("greeter")
FlaskInstrumentor().instrument_app(app)


@app.get("/hello/<name>")
def hello(name):
    return ("Hello who?", 500) if name == "nobody" else f"Hello {name}!"


if __name__ == "__main__":
    app.run(port=int(sys.argv[1]))
