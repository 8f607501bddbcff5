"""The in-process shape: for each sample one fresh process with both services and every rung."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from ot2otel.capture.environment import reporting_to
from ot2otel.lab.catalog import FLOWS, Flow
from ot2otel.lab.overhead import child
from ot2otel.lab.overhead.ladder import Level, Rung
from ot2otel.lab.overhead.sample import Blocks, Footprint, Sample
from ot2otel.receive.collector import Collector, SpansMissing
from ot2otel.recording import RUN_ID

WARM_UP = 30
BLOCK = 25
ROUNDS = 12

_WORKER = "ot2otel.lab.overhead.programs.worker"
_FOOTPRINT = "ot2otel.lab.overhead.programs.footprint"
_NS_PER_US = 1000
_ARRIVAL = 5.0  # seconds for the last spans to arrive after their sender ended


def measure(rungs: Sequence[Rung], flow: Flow = FLOWS["hello"], rounds: int = ROUNDS) -> Sample:
    """Measure every rung in one fresh process, against a collector in this one.

    Raises ChildFailedError if the process does not answer.
    """
    with Collector() as collector:
        answer = child.ask(
            _WORKER,
            {
                "rungs": [rung_as_json(rung, flow, collector) for rung in rungs],
                "warm_up": WARM_UP,
                "rounds": rounds,
                "block": BLOCK,
            },
        )
        requests = WARM_UP + rounds * BLOCK
        sent = {
            rung.name: requests * flow.requests[0].spans if rung.level is Level.REAL else 0 for rung in rungs
        }
        arrived = _arrived(collector, sent)
    blocks = {
        rung.name: _blocks(answer["rungs"][rung.name], sent[rung.name], arrived[rung.name]) for rung in rungs
    }
    return Sample(blocks, answer["cheapest_span_ns"] / _NS_PER_US)


def footprint(rung: Rung, flow: Flow = FLOWS["hello"]) -> Footprint:
    """Import and use one rung in a fresh process.

    Raises ChildFailedError if the process does not answer.
    """
    with Collector() as collector:
        answer = child.ask(_FOOTPRINT, rung_as_json(rung, flow, collector))
    peak = answer["peak_memory_kib"]
    return Footprint(answer["import_ms"], None if peak is None else peak / 1024)


def rung_as_json(rung: Rung, flow: Flow, collector: Collector) -> dict[str, Any]:  # Any: JSON
    """Describe a rung for a measured process; `environment` has the variables that its tracing reads."""
    return {
        "name": rung.name,
        "variant": rung.variant,
        "level": rung.level.value,
        "flow": flow.name,
        "environment": reporting_to(collector, rung.exporter, {RUN_ID: rung.name}),
    }


def _arrived(collector: Collector, sent: Mapping[str, int]) -> Counter[str]:
    """Count the spans that arrived by rung, the one that their run id names; a late span is lost."""
    expected = sum(sent.values())
    with suppress(SpansMissing):
        collector.wait_for(lambda spans: len(spans) >= expected, _ARRIVAL)
    return Counter(str(span.resource_value(RUN_ID)) for span in collector.spans)


def _blocks(taken: Mapping[str, Sequence[int]], sent: int, arrived: int) -> Blocks:
    wall, foreground, cpu = (
        [nanoseconds / BLOCK / _NS_PER_US for nanoseconds in taken[clock]]
        for clock in ("wall", "foreground", "cpu")
    )
    return Blocks(wall, foreground, cpu, sent, arrived)
