"""Tests of ot2otel.cli."""
