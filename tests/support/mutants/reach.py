"""Which tests execute which lines of the engine, and which lines run when it is imported."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from coverage import Coverage

from tests.support.mutants.modules import Cached, caches, forget
from tests.support.runs import ROOT

_IMPORTED = ""


@dataclass
class Reach:
    """Tests by their ids."""

    # CPU time of each in seconds with that of the programs it runs, while its lines are counted.
    seconds: dict[str, float] = field(default_factory=dict)
    # By path below the root, then by line. The test "" is the import and the collection.
    tests: dict[str, dict[int, frozenset[str]]] = field(default_factory=dict)

    def of(self, path: Path, lines: tuple[int, int]) -> set[str]:
        """Return the tests that execute a line between these two, both included."""
        by_line = self.tests.get(str(path.relative_to(ROOT)), {})
        return {test for line in range(lines[0], lines[1] + 1) for test in by_line.get(line, ())} - {
            _IMPORTED
        }

    def drop(self, test: str) -> None:
        """Leave a test out."""
        self.seconds.pop(test, None)
        for by_line in self.tests.values():
            for line, tests in by_line.items():
                by_line[line] = tests - {test}

    def is_imported(self, path: Path, lines: tuple[int, int]) -> bool:
        """Tell whether one of these lines runs when the tests are imported and collected."""
        by_line = self.tests.get(str(path.relative_to(ROOT)), {})
        return any(_IMPORTED in by_line.get(line, ()) for line in range(lines[0], lines[1] + 1))


def measured(arguments: Sequence[str], directory: Path) -> Reach:
    """Run the tests of these arguments in this process, with all modules imported anew.

    Tests that do not pass are left out: what fails anyway cannot kill a mutant.
    """
    forget()
    coverage = Coverage(data_file=None, config_file=False, include=[f"{directory}/*"])
    plugin = _Measuring(coverage)
    coverage.start()
    pytest.main([*arguments], plugins=[plugin])
    coverage.stop()
    data = coverage.get_data()
    tests = {
        str(Path(path).relative_to(ROOT)): _passed(data.contexts_by_lineno(path), plugin.failed)
        for path in data.measured_files()
    }
    return Reach({test: time for test, time in plugin.seconds.items() if test not in plugin.failed}, tests)


def _passed(by_line: Mapping[int, Iterable[str]], failed: set[str]) -> dict[int, frozenset[str]]:
    return {line: frozenset(tests) - failed for line, tests in by_line.items()}


def _cpu_time() -> float:
    """Return the CPU time of this process and of the programs that it has run, in seconds."""
    return time.process_time() + sum(os.times()[2:4])


class _Measuring:
    """Tells coverage which test runs, and takes its CPU time."""

    def __init__(self, coverage: Coverage) -> None:
        self._coverage = coverage
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()
        self._caches: list[Cached] = []

    def pytest_collection_finish(self) -> None:
        self._caches = caches()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        for cached in self._caches:  # otherwise only the first test would reach the function
            cached.cache_clear()
        self._coverage.switch_context(item.nodeid)
        began = _cpu_time()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = _cpu_time() - began
            self._coverage.switch_context(_IMPORTED)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not report.passed:
            self.failed.add(report.nodeid)
