"""The recordings that tests share: each variant of a flow over each exporter, recorded once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

from ot2otel.errors import Ot2OtelError
from ot2otel.lab.catalog import BY_HAND, COMPARABLE, FLOWS, REPAIRED, VARIANTS
from ot2otel.lab.installed import check_runnable
from ot2otel.lab.plan import Plan
from ot2otel.lab.run import record
from ot2otel.recording import Recording

ROOT = Path(__file__).parents[2]
# The version, which differs between the two dependency lanes: (1, 39, 1) in the pinned one.
SDK = tuple(int(part) for part in version("opentelemetry-sdk").split("."))


def _runs() -> list[tuple[str, str]]:
    found = []
    for variant in (*VARIANTS.values(), REPAIRED):
        for exporter in variant.exporters:
            try:
                check_runnable(variant, exporter)
            except Ot2OtelError:
                continue
            found.append((variant.name, exporter))
    return found


# Every variant of all flows, and exporter, that runs in this dependency lane.
RUNS = _runs()
# Those whose spans are made by hand.
HAND_MADE = [run for run in RUNS if run[0] in BY_HAND]
JUDGED = [run for run in HAND_MADE if run[0] != "legacy"]
# Those with ports of their own.
INSTALLED = tuple(dict.fromkeys(variant for variant, _ in RUNS if variant in VARIANTS))


@cache
def recorded(flow: str) -> Mapping[tuple[str, str], Recording]:
    """Run a flow once for all tests; return its recordings by variant and exporter."""
    plans = [Plan(FLOWS[flow], COMPARABLE[variant], exporter, work=0) for variant, exporter in RUNS]
    return dict(zip(RUNS, record(plans), strict=True))
