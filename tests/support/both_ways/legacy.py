"""Runs a service of legacy_opentracing."""

from __future__ import annotations

from tests.support.both_ways import run

if __name__ == "__main__":
    run("legacy_opentracing")
