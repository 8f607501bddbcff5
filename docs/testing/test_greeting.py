import greeting
import greeting_native
import pytest
from tracers import STEP, opentracing_tracer, provider


@pytest.fixture
def hello(spans):
    if STEP == "native":
        client, service = (provider(name).get_tracer("greeting") for name in ("client", "formatter"))
        program = greeting_native
    else:
        client, service = (opentracing_tracer(name) for name in ("client", "formatter"))
        program = greeting
    spans.watch(client)
    spans.watch(service)
    formatter = program.formatter(service)
    return lambda name, text: program.say_hello(client, formatter, name, text)


def test_greeting(hello, spans):
    hello("Ada", "Bonjour")

    assert spans.tree() == (("say-hello", (("format", (("format", ()),)),)),)
    spans.assert_equivalent("greeting")
