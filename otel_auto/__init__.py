"""The flows without a line of tracing: `opentelemetry-instrument` traces their frameworks."""
