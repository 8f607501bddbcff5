"""Children of multiprocessing deliver their spans before they end, in each way to start them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ot2otel.capture.environment import reporting_to, untraced
from ot2otel.receive.collector import Collector
from tests.support.runs import ROOT

OPENTELEMETRY = ["otel_native", "shim_bridge"]


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
@pytest.mark.parametrize("package", OPENTELEMETRY)
def test_a_child_delivers_its_span(package: str, method: str) -> None:
    assert _names_of_spans(package, method) == ["child", "parent"]


def test_with_jaeger_client_the_span_of_a_forked_child_is_lost() -> None:
    assert _names_of_spans("legacy_opentracing", "fork") == ["parent"]


def _names_of_spans(package: str, method: str) -> list[str]:
    with Collector() as collector:
        subprocess.run(
            [sys.executable, "-m", "tests.support.planted.children", package, method],
            cwd=ROOT,
            env={**untraced(), **reporting_to(collector, "otlp", {})},
            timeout=60,
            check=True,
        )
    return sorted(span.name for span in collector.spans)
