"""The cost of tracing for a request, measured so that a second run gives the same figures."""
