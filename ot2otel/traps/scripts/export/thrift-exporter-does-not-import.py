# /// script
# dependencies = ["opentelemetry-sdk"]
# ///
"""After an upgrade the service fails on import: `cannot import name 'OTEL_EXPORTER_JAEGER_AGENT_HOST'`.

Cause: opentelemetry-exporter-jaeger-thrift 1.21.0, the last one, installs beside any SDK from 1.11 on. It
    imports names of opentelemetry-sdk that 1.40 removed.
Met: open-telemetry/opentelemetry-python#4922 (the removal)
Way out: OTLP. Until then `opentelemetry-sdk<1.40`, and `Deprecated`, which the exporter does not declare.
Found by: `ot2otel record` of the service: it ends before its first span.
Lanes: newest
"""

failed = ""
try:
    # The first lines of opentelemetry.exporter.jaeger.thrift.
    from opentelemetry.sdk.environment_variables import OTEL_EXPORTER_JAEGER_AGENT_HOST  # noqa: F401
except ImportError as error:
    failed = str(error)
assert not failed, failed
