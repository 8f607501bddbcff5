"""A Jaeger that runs already: its query API, and as the destination of a run."""
