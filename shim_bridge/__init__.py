"""The flows of `legacy_opentracing`, unchanged, on OpenTelemetry's OpenTracing shim."""
