"""The migration workbench from OpenTracing to OpenTelemetry."""
