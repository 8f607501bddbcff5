# /// script
# dependencies = ["jaeger-client"]
# ///
"""Unrelated requests of the old service share one trace, or its workers send nothing: it runs with
`--preload`.

Cause: A tracer of jaeger-client 4.8.0 has a generator of ids and a thread that sends. Forked workers inherit
    the generator with its state, so they make the same ids, and not the thread.
Met: jaegertracing/jaeger-client-python#282, jaegertracing/jaeger-client-python#305
Way out: Make the tracer in each worker, after the fork: gunicorn's `post_fork`, uWSGI's `postfork`.
Found by: `ot2otel record` of the old service: two roots in one trace, or no spans.
Lanes: pinned, newest
"""

import multiprocessing

from jaeger_client.reporter import NullReporter
from jaeger_client.sampler import ConstSampler
from jaeger_client.tracer import Tracer


def new_tracer() -> Tracer:
    return Tracer("old", NullReporter(), ConstSampler(True))


def request(tracer: Tracer | None, ids: object) -> None:
    ids.put((tracer or new_tracer()).start_span("request").trace_id)


def trace_ids(tracer: Tracer | None) -> set[int]:
    """Return the trace ids of a request in each of two workers."""
    fork = multiprocessing.get_context("fork")
    ids = fork.Queue()
    workers = [fork.Process(target=request, args=(tracer, ids)) for _ in range(2)]
    for worker in workers:
        worker.start()
    found = {ids.get() for _ in workers}
    for worker in workers:
        worker.join()
    return found


assert len(trace_ids(None)) == 2
assert len(trace_ids(new_tracer())) == 2, "two workers give their requests the same trace id"
