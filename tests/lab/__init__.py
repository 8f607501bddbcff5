"""Tests of ot2otel.lab."""
