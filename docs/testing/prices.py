"""A service with asyncio that asks two shops at once, traced with OpenTracing."""

import asyncio


async def price(tracer, shop):
    with tracer.start_active_span("price", tags={"span.kind": "client", "shop": shop}) as scope:
        await asyncio.sleep(0)
        if shop == "closed":
            scope.span.set_tag("error", True)
            return None
        return 12


async def best_price(tracer, shops):
    with tracer.start_active_span("best price", tags={"span.kind": "server"}) as scope:
        found = await asyncio.gather(*(price(tracer, shop) for shop in shops))
        prices = [each for each in found if each is not None]
        scope.span.set_tag("prices", len(prices))
        return min(prices)
