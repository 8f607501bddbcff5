"""Tests of ot2otel.rules."""
