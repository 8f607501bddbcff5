"""Translates jaeger-client's configuration into OpenTelemetry's settings and code."""
