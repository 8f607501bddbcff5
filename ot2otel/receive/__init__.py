"""Where spans arrive: the embedded collector, a Jaeger that runs, and when a trace is complete."""
