"""Suites of tests that use the plugin, each run in a pytest of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

# They are loaded once: a suite in this process would load them anew, and Protobuf's messages stand only one.
import jaeger_client  # noqa: F401
import opentelemetry.sdk.trace.export  # noqa: F401
import opentelemetry.shim.opentracing_shim  # noqa: F401
import opentracing.mocktracer  # noqa: F401
import pytest

import ot2otel.testing.judging
import ot2otel.testing.over_wire  # noqa: F401
from tests.support.runs import ROOT

# With an installed entry point pytest finds the plugin by itself.
PLUGIN = () if entry_points(group="pytest11", name="ot2otel") else ("-p", "ot2otel.pytest_plugin")
# jaeger-client leaves a socket to the garbage collector when it looks for its host's address.
_NOT_OURS = ("-W", "ignore::pytest.PytestUnraisableExceptionWarning", "-W", "ignore::ResourceWarning")

Suite = Callable[..., pytest.RunResult]


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Suite:
    """Return a function that runs a test module, or those that are there.

    One that sets a global tracer, or that is about processes, runs `apart`: in a process of its own.
    """
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # one file is written twice in a second
    for name in ("CI", "BUILD_NUMBER", "PYTEST_ADDOPTS", "OT2OTEL_TRACE_SNAPSHOTS"):
        monkeypatch.delenv(name, raising=False)

    def run(source: str = "", *options: str, apart: bool = False) -> pytest.RunResult:
        if source:
            Path(pytester.path, "test_it.py").write_text(source, encoding="utf-8")
        given = (*PLUGIN, "-p", "no:cacheprovider", "-W", "always", *_NOT_OURS, *options)
        if apart:
            return pytester.runpytest_subprocess(*given, timeout=100)
        return pytester.runpytest_inprocess(*given)

    return run
