"""Tests of ot2otel.report."""
