import sys

from flask import Flask
from flask_opentracing import FlaskTracing
from tracing import start_tracing

app = Flask(__name__)
FlaskTracing(start_tracing("greeter"), True, app)


@app.get("/hello/<name>")
def hello(name):
    return ("Hello who?", 500) if name == "nobody" else f"Hello {name}!"


if __name__ == "__main__":
    app.run(port=int(sys.argv[1]))
