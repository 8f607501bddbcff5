"""The variants' services, each writing the spans that it makes as they are captured in its process.

A module is run in place of a variant's package: `python -m tests.support.both_ways.legacy hello server-1`.
The environment variable CAPTURED names the directory to write to.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any

from ot2otel.recording import Recording
from ot2otel.recording_file import read, write
from ot2otel.testing import captured

CAPTURED = "OT2OTEL_TEST_CAPTURED"


def run(package: str) -> None:
    """Run a service of the package as its own command does; write its spans when it ends."""
    variant = importlib.import_module(f"{package}.__main__")
    with captured() as spans:

        def start_tracing(service: str) -> Any:  # Any: each variant has a type of its own
            tracing = variant.start_tracing(service)
            spans.watch(tracing.tracer)
            return tracing

        try:
            variant.main(obj=start_tracing, prog_name=package)
        finally:
            found = Recording(tuple(each.span for each in spans))
            write(found, _directory(package, os.environ["OTEL_TRACES_EXPORTER"]) / f"{sys.argv[2]}.json")


def captured_by(package: str, exporter: str) -> Recording:
    """Return the spans that the services of a package wrote."""
    files = sorted(_directory(package, exporter).iterdir())
    return Recording(tuple(span for file in files for span in read(file).spans))


def _directory(package: str, exporter: str) -> Path:
    return Path(os.environ[CAPTURED], f"{package}-{exporter}")
