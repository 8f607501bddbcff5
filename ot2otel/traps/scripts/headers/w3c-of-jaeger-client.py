# /// script
# dependencies = ["jaeger-client", "opentracing"]
# ///
"""`propagation: w3c` is set, and the service still sends `uber-trace-id`.

Cause: jaeger-client 4.8.0 for Python, the last one, knows `b3` alone and ignores any other word. `w3c` exists
    in Jaeger's clients for Java, Go and Node.
Met: jaegertracing/jaeger-client-python#288
Way out: Let the new services read `uber-trace-id`: `OTEL_PROPAGATORS=tracecontext,baggage,jaeger`.
Found by: `ot2otel translate-config FILE`, and `ot2otel fleet`.
Lanes: pinned, newest
"""

from jaeger_client import Config
from jaeger_client.reporter import NullReporter
from opentracing.propagation import Format

config = Config({"propagation": "w3c", "sampler": {"type": "const", "param": 1}}, service_name="old")
tracer = config.create_tracer(reporter=NullReporter(), sampler=config.sampler)
sent: dict[str, str] = {}
tracer.inject(tracer.start_span("call").context, Format.HTTP_HEADERS, sent)
assert "traceparent" in sent, f"the service sends {', '.join(sent)}"
