"""Fixtures of all tests."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, settings

from ot2otel.recording import Recording
from tests.support.runs import ROOT, recorded

# A busy machine is no reason to fail: what an example costs is not judged by the clock.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


@pytest.fixture(scope="session")
def recordings() -> Mapping[tuple[str, str], Recording]:
    """The flow `hello`, by variant and exporter."""
    return recorded("hello")


@pytest.fixture
def at_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets services find the planted variants, which are modules below the root."""
    monkeypatch.chdir(ROOT)
