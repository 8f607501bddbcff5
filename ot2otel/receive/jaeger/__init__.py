"""A running Jaeger: its query API, and the spans of one run in it."""
