"""Tests of ot2otel.capture."""
