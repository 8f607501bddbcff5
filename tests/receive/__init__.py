"""Tests of ot2otel.receive."""
