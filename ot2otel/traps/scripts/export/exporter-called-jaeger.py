# /// script
# dependencies = ["opentelemetry-sdk"]
# ///
"""`OTEL_TRACES_EXPORTER=jaeger` under `opentelemetry-instrument`: the program runs and makes no span.

Cause: No Python package has an exporter of this name. The last one for Jaeger's protocol was called
    `jaeger_thrift`; `opentelemetry-instrument` logs `Configuration of configurator failed` and starts the
    program untraced.
Met: open-telemetry/opentelemetry-python#2062
Way out: `OTEL_TRACES_EXPORTER=otlp`: Jaeger takes OTLP on 4317 and 4318 since 1.35, before 1.46 with
    `COLLECTOR_OTLP_ENABLED=true`.
Found by: `ot2otel record` of the program: it gets no span, and the error is on the program's stderr.
Lanes: pinned, newest
"""

import os

from opentelemetry.sdk._configuration import _OTelSDKConfigurator

os.environ["OTEL_TRACES_EXPORTER"] = "none"
_OTelSDKConfigurator().configure()

os.environ["OTEL_TRACES_EXPORTER"] = "jaeger"
failed = ""
try:
    _OTelSDKConfigurator().configure()
except RuntimeError as error:
    failed = str(error)
assert not failed, failed
