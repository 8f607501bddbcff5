# /// script
# dependencies = ["jaeger-client", "opentracing"]
# ///
"""The trees of the old service are wrong, so the new ones look wrong beside them: one of two concurrent
requests is the parent of the other.

Cause: jaeger-client 4.8.0 takes opentracing's ThreadLocalScopeManager by default. All tasks of an event loop
    share one active scope.
Met: jaegertracing/jaeger-client-python#252
Way out: `Config(..., scope_manager=ContextVarsScopeManager())` before the recording to compare with.
Found by: `ot2otel diff before.jsonl after.jsonl`: parents that changed; `ot2otel accept` notes the repair as
    intended.
Lanes: pinned, newest
"""

import asyncio

from jaeger_client.reporter import InMemoryReporter
from jaeger_client.sampler import ConstSampler
from jaeger_client.tracer import Tracer
from opentracing.scope_managers import ThreadLocalScopeManager
from opentracing.scope_managers.contextvars import ContextVarsScopeManager


async def request(tracer: Tracer, name: str) -> int | None:
    with tracer.start_active_span(name) as scope:
        await asyncio.sleep(0.01)
        return scope.span.context.parent_id


async def parents(scopes: object) -> list[int | None]:
    tracer = Tracer("old", InMemoryReporter(), ConstSampler(True), scope_manager=scopes)
    return await asyncio.gather(request(tracer, "GET /a"), request(tracer, "GET /b"))


assert not any(asyncio.run(parents(ContextVarsScopeManager())))
assert not any(asyncio.run(parents(ThreadLocalScopeManager()))), (
    "the root span `GET /b` is a child of `GET /a`"
)
