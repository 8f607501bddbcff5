"""The plugin costs a session nothing that does not use it."""

from __future__ import annotations

import subprocess
import sys

from tests.support.runs import ROOT
from tests.support.suites import Suite

TRACING = (
    "opentelemetry.trace",
    "opentelemetry.sdk",
    "opentracing",
    "jaeger_client",
    "thrift",
    "requests",
    "rich",
)
MODULES = f"""
import sys
loaded = [name for name in sys.modules if name in {TRACING!r} or name.startswith("ot2otel.")]
"""


def test_importing_the_plugin_imports_no_tracing_library_and_nothing_heavy() -> None:
    source = f"import pytest, ot2otel.pytest_plugin{MODULES}print(loaded)"
    done = subprocess.run(
        [sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout.strip() == "['ot2otel.pytest_plugin']"


def test_importing_the_plugin_takes_less_than_30_ms() -> None:
    source = """
import sys, time, pytest
times = []
for _ in range(5):
    for name in [name for name in sys.modules if name.partition(".")[0] == "ot2otel"]:
        del sys.modules[name]
    begun = time.process_time()
    import ot2otel.pytest_plugin
    times.append(time.process_time() - begun)
print(min(times))
"""
    done = subprocess.run(
        [sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )

    assert float(done.stdout) < 0.03


def test_a_session_without_the_fixture_is_left_alone(suite: Suite) -> None:
    result = suite(
        f"""
import threading
START = threading.Thread.start.__module__
{MODULES}
def test_it():
    assert START == threading.Thread.start.__module__ == "threading"
    assert loaded == ["ot2otel.pytest_plugin"]
""",
    )

    result.assert_outcomes(passed=1)


def test_the_fixture_imports_no_tracing_library(suite: Suite) -> None:
    result = suite(
        """
import sys

def test_it(spans):
    assert spans.tree() == ()
    tracing = {"opentelemetry", "opentracing", "jaeger_client"}
    assert tracing.isdisjoint(name.partition(".")[0] for name in sys.modules)
""",
    )

    result.assert_outcomes(passed=1)
