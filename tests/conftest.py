"""The fixtures of all tests, and their Hypothesis profile."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from ot2otel.recording import Recording
from tests.support.lanes import alike
from tests.support.runs import ROOT, recorded
from tests.support.suites import Suite, suite_in

# The tests of the plugin for pytest run pytests of their own.
pytest_plugins = ["pytester"]

# No test asserts timings: on a busy machine one example may take seconds. In CI the examples are the same in
# each run, so that only a change can make them fail; elsewhere each run tries new ones.
settings.register_profile(
    "ot2otel",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
)
# `make mutants` runs the properties that cover a mutant anew: few examples, and no smaller one for a failure.
settings.register_profile(
    "mutants",
    settings.get_profile("ot2otel"),
    max_examples=10,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
)
settings.load_profile("ot2otel")

# A shell starts background commands with SIGINT ignored, nohup with SIGHUP, and programs inherit that. The
# tests go on ignoring it, by a handler, which programs don't inherit.
for _number in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, lambda *_: None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option by which the newest lane leaves out what another lane runs as well."""
    parser.addoption(
        "--may-differ", action="store_true", help="leave out tests that can't differ between the lanes"
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what can't differ between the lanes, if that is asked for."""
    return True if config.getoption("--may-differ") and collection_path in _ALIKE else None


_ALIKE = frozenset(alike())


@pytest.fixture(scope="session")
def recordings() -> Mapping[tuple[str, str], Recording]:
    """The flow `hello`, by variant and exporter."""
    return recorded("hello")


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Suite:
    """Runs a test module in a pytest of its own."""
    return suite_in(pytester, monkeypatch)


@pytest.fixture
def at_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets services find the planted variants, which are modules below the root."""
    monkeypatch.chdir(ROOT)
