"""redis: commands, a pipeline, an error and a database other than 0."""

from __future__ import annotations

from contextlib import suppress

import redis

from tests.golden.exchanges.tracing import Started
from tests.support.redis_server import redis_server

SERVICES = ("carts", "counters")


def exchange(tracing: Started, scenario: int) -> None:
    """Send the scenario's commands to a server of its own."""
    with redis_server() as url:
        print(f"port {url.rpartition(':')[2].partition('/')[0]}", flush=True)
        if tracing.tracer is None:
            from opentelemetry.instrumentation.redis import RedisInstrumentor

            RedisInstrumentor().instrument()
        else:
            import redis_opentracing

            redis_opentracing.init_tracing(tracing.tracer)
        client = redis.Redis.from_url(url.rpartition("/")[0] + f"/{3 - scenario}", protocol=2, lib_name=None)
        if scenario == 0:
            client.set("user:7", "secret")
            client.get("user:7")
            with client.pipeline(transaction=False) as pipeline:
                pipeline.set("a", "1").incrby("a", 2).execute()
            with suppress(redis.ResponseError):
                client.lpush("user:7", "not a list")
        else:
            client.hset("h", "field", "value")
            client.hgetall("h")
            client.expire("h", 60)
            with client.pipeline(transaction=False) as pipeline:
                pipeline.rpush("l", "1", "2").lrange("l", 0, -1).delete("l").execute()
            with suppress(redis.ResponseError):
                client.incr("h")
        client.close()
