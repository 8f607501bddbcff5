"""What the newest lane leaves out can't differ from what the other lane runs."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata

from tests.support.lanes import TESTS, alike
from tests.support.runs import ROOT

# Prints the file of each module that is loaded when these have been imported.
_IMPORTS = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(*{module.__file__ for module in sys.modules.values() if getattr(module, "__file__", None)}, sep="\\n")
"""
# Messages, for the decoders, whose tests run in both lanes; and what urllib3 imports where it is installed.
_LEFT_ASIDE = {"opentelemetry-proto", "protobuf", "backports.zstd"}


def pinned(constraints: str) -> set[str]:
    lines = (ROOT / constraints).read_text(encoding="utf-8").splitlines()
    return {line for line in lines if "==" in line and not line.startswith("#")}


def test_what_the_newest_lane_leaves_out_imports_no_library_that_differs() -> None:
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in alike()]
    assert len(modules) > 50
    loaded = subprocess.run(
        [sys.executable, "-c", _IMPORTS, *modules], cwd=ROOT, capture_output=True, text=True, check=True
    )
    files = set(loaded.stdout.splitlines())

    differing = {
        line.partition("==")[0] for line in pinned("constraints.txt") ^ pinned("constraints-newest.txt")
    }
    installed = {each.metadata["Name"] for each in metadata.distributions()} & differing
    assert {"opentelemetry-sdk", "opentelemetry-proto"} <= installed
    used = {
        name
        for name in installed - _LEFT_ASIDE
        for file in metadata.files(name) or ()
        if str(file.locate()) in files
    }
    assert used == set()


def test_they_are_tests_of_this_directory() -> None:
    assert all(path.is_relative_to(TESTS) for path in alike())
