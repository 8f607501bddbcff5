"""Small real exchanges, each traced by an OpenTracing integration or an OpenTelemetry instrumentation.

Each module has `exchange(tracing, scenario)`. A scenario is one of two: rules are written from the first and
held by the second, another service with other requests.
"""
