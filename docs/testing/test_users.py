import pytest
from tracers import STEP, opentracing_tracer, provider
from users import make_app


@pytest.fixture
def client(spans):
    app = make_app()
    if STEP == "native":
        from opentelemetry.instrumentation.flask import FlaskInstrumentor

        provided = provider("users")
        spans.watch(provided)
        FlaskInstrumentor().instrument_app(app, tracer_provider=provided)
    else:
        from flask_opentracing import FlaskTracing

        tracer = opentracing_tracer("users")
        spans.watch(tracer)
        FlaskTracing(tracer, True, app)
    return app.test_client()


def test_users(client, spans):
    client.get("/users/7?fields=name")
    client.get("/down")

    assert len(spans.roots) == 2
    spans.assert_equivalent("users")
