"""The cost of tracing, and the cost of receiving spans."""
