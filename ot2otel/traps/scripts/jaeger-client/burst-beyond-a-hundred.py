# /// script
# dependencies = ["jaeger-client"]
# ///
"""The old traces have holes under load, so the new ones look as if they had spans too many.

Cause: jaeger-client 4.8.0 keeps 100 finished spans and refuses the rest until its thread has sent some,
    without a word. The queue of opentelemetry-sdk holds 2,048.
Met: not reported that we know of
Way out: `reporter_queue_size: 2048` before the recording to compare with.
Found by: `ot2otel translate-config FILE` names both queues; `ot2otel diff before.jsonl after.jsonl`: new
    spans, and orphans that found their parents.
Lanes: pinned, newest
"""

from jaeger_client import Config
from jaeger_client.reporter import Reporter
from jaeger_client.sampler import ConstSampler
from jaeger_client.tracer import Tracer


class BusyLoop:
    """An event loop under load: it takes spans into the queue and finds no time to send them."""

    @property
    def io_loop(self) -> "BusyLoop":
        return self

    def spawn_callback(self, consume: object) -> None:
        pass

    def add_callback(self, put: object, span: object) -> None:
        put(span)


def kept(**settings: int) -> int:
    capacity = Config(settings, service_name="old").reporter_queue_size
    reporter = Reporter(BusyLoop(), queue_capacity=capacity)
    tracer = Tracer("old", reporter, ConstSampler(True))
    for _ in range(200):
        tracer.start_span("row").finish()
    return reporter.queue.qsize()


assert kept(reporter_queue_size=2048) == 200
spans = kept()
assert spans == 200, f"{spans} of 200 spans are kept"
