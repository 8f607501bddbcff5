"""Runs a service of otel_native."""

from __future__ import annotations

from tests.support.both_ways import run

if __name__ == "__main__":
    run("otel_native")
