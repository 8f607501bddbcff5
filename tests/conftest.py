"""What many tests share: each variant's run over each exporter, recorded once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pytest

from ot2otel.errors import Ot2OtelError
from ot2otel.lab.catalog import FLOWS, VARIANTS
from ot2otel.lab.installed import check_exporter
from ot2otel.lab.plan import Plan
from ot2otel.lab.run import record
from ot2otel.recording import Recording

ROOT = Path(__file__).parents[1]
# Tells the two dependency lanes apart: (1, 39, 1) is the pinned one's.
SDK = tuple(int(part) for part in version("opentelemetry-sdk").split("."))


def runs() -> list[tuple[str, str]]:
    """Return every variant and exporter that can be had in this dependency lane."""
    found = []
    for variant in VARIANTS.values():
        for exporter in variant.exporters:
            try:
                check_exporter(variant, exporter)
            except Ot2OtelError:
                continue
            found.append((variant.name, exporter))
    return found


RUNS = runs()
JUDGED = [run for run in RUNS if run[0] != "legacy"]


@cache
def recorded(flow: str) -> Mapping[tuple[str, str], Recording]:
    """A flow, really run once for all tests, by variant and exporter."""
    plans = [Plan(FLOWS[flow], VARIANTS[variant], exporter, work=0) for variant, exporter in RUNS]
    return dict(zip(RUNS, record(plans), strict=True))


@pytest.fixture(scope="session")
def recordings() -> Mapping[tuple[str, str], Recording]:
    """The flow `hello`, by variant and exporter."""
    return recorded("hello")


@pytest.fixture
def at_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets services find the planted variants, which are modules below the root."""
    monkeypatch.chdir(ROOT)
