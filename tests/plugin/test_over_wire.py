"""In process equals over the wire; and services in processes of their own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ot2otel.compare.verdict import Outcome, judge
from ot2otel.lab.catalog import FLOWS, VARIANTS
from ot2otel.lab.plan import Plan
from ot2otel.lab.run import record
from tests.support import both_ways
from tests.support.runs import HAND_MADE
from tests.support.suites import Suite

# This exporter writes the shim's attributes beside the span's own kind and status, under the names that
# Jaeger reads kind and status from. So what arrives differs from OTLP, and from what is captured.
CHANGED_BY_THE_EXPORTER = ("shim", "jaeger")


@pytest.mark.parametrize(
    "flow", [pytest.param(flow, marks=[pytest.mark.slow] if flow != "hello" else []) for flow in FLOWS]
)
def test_a_flow_is_the_same_in_process_and_over_the_wire(
    flow: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(both_ways.CAPTURED, str(tmp_path))
    plans = [
        Plan(
            FLOWS[flow],
            replace(VARIANTS[variant], package=f"{both_ways.__name__}.{variant}"),
            exporter,
            work=0,
        )
        for variant, exporter in HAND_MADE
    ]

    over_wire = {(found.variant, found.exporter): found for found in record(plans)}

    assert over_wire.keys() == set(HAND_MADE)
    for run, arrived in over_wire.items():
        captured = both_ways.captured_by(VARIANTS[run[0]].package, run[1]).spans
        assert len(captured) == len(arrived.spans) > 0
        in_process = replace(arrived, spans=captured)
        expected = over_wire["shim", "otlp"] if run == CHANGED_BY_THE_EXPORTER else arrived
        for verdict in (judge(expected, in_process), judge(in_process, expected)):
            assert verdict.outcome in (Outcome.IDENTICAL, Outcome.EQUIVALENT), (run, verdict.findings)


def test_a_service_in_its_own_process_is_seen_by_spans_over_wire(suite: Suite) -> None:
    result = suite(
        """
import subprocess
import sys

NATIVE = '''
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
with provider.get_tracer("app").start_as_current_span("native"):
    pass
provider.shutdown()
'''
LEGACY = '''
import time
from jaeger_client import Config

tracer = Config({"sampler": {"type": "const", "param": 1}}, service_name="shop").initialize_tracer()
with tracer.start_active_span("legacy"):
    pass
done = tracer.close()
while not done.done():
    time.sleep(0.01)
'''


def test_it(spans_over_wire):
    assert "JAEGER_TAGS" not in spans_over_wire.environment
    for program in (NATIVE, LEGACY):
        subprocess.run([sys.executable, "-c", program], env=spans_over_wire.environment, check=True)
    spans_over_wire.wait_for(2)
    assert spans_over_wire.tree() == (("native", ()), ("legacy", ()))
    assert spans_over_wire.one("legacy").service == "shop"
    spans_over_wire.assert_equivalent("both")
""",
        "--trace-snapshots=update",
    )

    result.assert_outcomes(passed=1)


def test_too_few_spans_over_the_wire_are_told(suite: Suite) -> None:
    result = suite(
        """
import pytest

def test_it(spans_over_wire):
    with pytest.raises(AssertionError, match="Waited 0.01 s for 1 spans, got 0:"):
        spans_over_wire.wait_for(1, timeout=0.01)
    with pytest.raises(Exception, match="Start the service with its `environment`"):
        spans_over_wire.watch(object())
"""
    )

    result.assert_outcomes(passed=1)
