"""The flows as they shall be: the OpenTelemetry API and SDK, exported over OTLP or to a Jaeger agent."""
