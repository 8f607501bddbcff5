"""The flow without tracing: the foot of the ladder."""

from __future__ import annotations

from benchmarks.rungs import Flow
from benchmarks.untraced import hello


def open_flow(level: str) -> Flow:
    """Open the one rung that there is."""
    return Flow(lambda url: hello.server_1(url, work=0), lambda: hello.server_2(work=0))
