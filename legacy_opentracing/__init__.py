"""The flows before the migration: the OpenTracing API; jaeger-client reports to a Jaeger agent over UDP."""
