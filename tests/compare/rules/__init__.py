"""Tests of ot2otel.compare.rules."""
