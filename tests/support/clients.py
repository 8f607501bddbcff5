"""Programs with real tracers, as processes that report to a collector through their environment."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ot2otel.capture.environment import untraced
from ot2otel.receive.collector import Collector
from tests.support.runs import ROOT


def environment(collector: Collector, **more: str) -> dict[str, str]:
    """Return the variables that point both tracers at the collector, over HTTP and Jaeger's agent."""
    return {
        **untraced(),
        "PYTHONPATH": str(ROOT),
        "JAEGER_AGENT_HOST": collector.host,
        "JAEGER_AGENT_PORT": str(collector.agent_port),
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.otlp_endpoint,
        "OTEL_SERVICE_NAME": "shop",
        "TEST_SAMPLING_PORT": str(collector.ports.sampling),
        **more,
    }


def run(name: str, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run one of tests.support.planted.clients to its end."""
    return subprocess.run(
        command(name), env=variables, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


@contextmanager
def running(name: str, variables: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run one that stays; the block begins when it has written its first line."""
    with subprocess.Popen(
        command(name), env=variables, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        try:
            assert process.stdout.readline()
            yield process
        finally:
            process.kill()


def command(name: str) -> list[str]:
    """Return the command that runs one of them."""
    return [sys.executable, "-m", "tests.support.planted.clients", name]
