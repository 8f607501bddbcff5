# /// script
# dependencies = ["jaeger-client"]
# ///
"""Scripts and cron jobs leave no spans, or not their last ones; on OpenTelemetry they do.

Cause: jaeger-client 4.8.0 sends from a thread once a second and has no exit handler. A process that ends
    takes its queue along. So the recording to compare with lacks spans that the new side has.
Met: jaegertracing/jaeger-client-python#246
Way out: `tracer.close()` at the end, and wait for its future: `while not closed.done(): time.sleep(0.01)`.
Found by: `ot2otel record` of the old program: missing spans; `ot2otel diff before.jsonl after.jsonl`: new
    ones.
Lanes: pinned, newest
"""

import socket
import subprocess
import sys

JOB = """
import sys, time
from jaeger_client import Config

agent = {"reporting_host": "127.0.0.1", "reporting_port": int(sys.argv[1])}
config = Config({"sampler": {"type": "const", "param": 1}, "local_agent": agent}, service_name="job")
tracer = config.new_tracer()
tracer.start_span("job").finish()
if sys.argv[2] == "closed":
    closed = tracer.close()
    while not closed.done():
        time.sleep(0.01)
"""


def delivered(how: str) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(0.5)
        subprocess.run([sys.executable, "-c", JOB, str(receiver.getsockname()[1]), how], check=True)
        try:
            return b"job" in receiver.recv(65536)
        except TimeoutError:
            return False


assert delivered("closed")
assert delivered("left"), "no datagram arrives"
