"""The migration workbench from OpenTracing to OpenTelemetry."""

__version__ = "0.1.0"
