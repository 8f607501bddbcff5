import asyncio

import prices
import prices_native
import pytest
from tracers import STEP, opentracing_tracer, provider


@pytest.fixture
def best_price(spans):
    if STEP == "native":
        tracer, program = provider("prices").get_tracer("prices"), prices_native
    else:
        tracer, program = opentracing_tracer("prices"), prices
    spans.watch(tracer)
    return lambda *shops: asyncio.run(program.best_price(tracer, shops))


def test_best_price(best_price, spans):
    assert best_price("east", "closed") == 12

    assert spans.tree() == (("best price", (("price", ()), ("price", ()))),)
    assert spans.one("best price")["prices"] == 1
    spans.assert_equivalent("best-price")
