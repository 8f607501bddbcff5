"""The flows as they were: the OpenTracing API, reported by jaeger-client to a Jaeger agent over UDP."""
