"""Suites of tests that use the plugin for pytest, each run in a pytest of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.support.runs import ROOT

# With an installed entry point pytest finds the plugin by itself.
PLUGIN = () if entry_points(group="pytest11", name="ot2otel") else ("-p", "ot2otel.pytest_plugin")
# jaeger-client leaves a socket to the garbage collector when it looks for its host's address.
_NOT_OURS = ("-W", "ignore::pytest.PytestUnraisableExceptionWarning", "-W", "ignore::ResourceWarning")

Suite = Callable[..., pytest.RunResult]


def suite_in(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Suite:
    """Return a function that runs a test module, or those that are there.

    It runs in a process of its own: a global tracer of one module would be seen by the next.
    """
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    # The bytecode of ot2otel, which pytest rewrites as it does that of every plugin, is kept.
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    for name in ("CI", "BUILD_NUMBER", "PYTEST_ADDOPTS", "OT2OTEL_TRACE_SNAPSHOTS"):
        monkeypatch.delenv(name, raising=False)

    def run(source: str = "", *options: str) -> pytest.RunResult:
        if source:
            # One file may be written twice in a second: its bytecode would look up to date.
            shutil.rmtree(Path(pytester.path, "__pycache__"), ignore_errors=True)
            Path(pytester.path, "test_it.py").write_text(source, encoding="utf-8")
        given = (*PLUGIN, "-p", "no:cacheprovider", "-W", "always", *_NOT_OURS, *options)
        return pytester.runpytest_subprocess(*given, timeout=100)

    return run


def failures(result: pytest.RunResult) -> list[str]:
    """Return the lines of the failures' messages, as pytest shows them."""
    lines = [line[1:].removeprefix("       ") for line in result.outlines if line.startswith("E  ")]
    return [line.removeprefix("ot2otel.testing.spans.SpansError: ") for line in lines]
