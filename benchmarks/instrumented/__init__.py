"""The untraced flows under `opentelemetry-instrumentation-flask` and `-requests`, which most people install."""
