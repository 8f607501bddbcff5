"""Receives spans: an embedded collector, a running Jaeger, and the test for a complete trace."""
