"""The flows after the migration: the OpenTelemetry API and SDK, exporting over OTLP or to a Jaeger agent."""
