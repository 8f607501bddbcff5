"""The untraced flows under `opentelemetry-instrumentation-flask` and `-requests`: what most people install."""
