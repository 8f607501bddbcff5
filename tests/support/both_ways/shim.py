"""Runs a service of shim_bridge."""

from __future__ import annotations

from tests.support.both_ways import run

if __name__ == "__main__":
    run("shim_bridge")
