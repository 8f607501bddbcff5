# /// script
# dependencies = ["opentelemetry-sdk"]
# ///
"""Every deployment and every scale-down loses the last seconds of the old instances.

Cause: A process that SIGTERM ends by default runs no exit handlers. opentelemetry-sdk, up to 1.45.2, delivers
    the pending spans in one; by default, spans wait for up to 5 s.
Met: open-telemetry/opentelemetry-python#4813
Way out: A handler for SIGTERM that leaves by `sys.exit`, so that exit handlers run. Most servers have one.
Found by: `ot2otel record`: it ends the service by SIGTERM and says what did not arrive.
Lanes: pinned, newest
"""

import subprocess
import sys

SERVICE = """
import signal, sys, time
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter

if sys.argv[1] == "handled":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(ConsoleSpanExporter()))
provider.get_tracer("app").start_span("last request").end()
print("ready", flush=True)
time.sleep(60)
"""


def delivered(how: str) -> bool:
    command = [sys.executable, "-c", SERVICE, how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as service:
        service.stdout.readline()
        service.terminate()
        return "last request" in service.stdout.read()


assert delivered("handled")
assert delivered("by default"), "the span `last request` is lost"
