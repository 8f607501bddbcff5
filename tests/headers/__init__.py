"""Tests of ot2otel.headers."""
