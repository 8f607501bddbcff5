# /// script
# dependencies = ["jaeger-client"]
# ///
"""`tracer.close().result(timeout=2)` raises at the end of the old service, and the last spans are lost.

Cause: `close()` of jaeger-client 4.8.0 returns a future of Tornado's, which is asyncio's: `result` takes no
    time-out and does not wait. `time.sleep(2)` after `close()` is what its README says.
Met: jaegertracing/jaeger-client-python#50
Way out: Ask the future: `while not closed.done(): time.sleep(0.01)`, with a deadline. Then leave.
Found by: `ot2otel record` of the old service, to its end: the error is on its stderr.
Lanes: pinned, newest
"""

import time

from jaeger_client import Config

tracer = Config({"sampler": {"type": "const", "param": 1}}, service_name="old").new_tracer()
closed = tracer.close()
raised = ""
try:
    closed.result(timeout=2)
except Exception as error:
    raised = f"{type(error).__name__}: {error}"

deadline = time.monotonic() + 30
while not closed.done() and time.monotonic() < deadline:
    time.sleep(0.01)
assert closed.done()
assert not raised, raised
