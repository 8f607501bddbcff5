"""Runs tests on a mutant with all of the project imported anew, in a process that has imported it before."""

from __future__ import annotations

import sys
from collections.abc import Generator, Mapping, Sequence

import pytest

from tests.support.mutants.modules import Mutated, forget
from tests.support.mutants.mutations import Mutant
from tests.support.mutants.served import KILLED, LEFT, TIMEOUT, TimedOut, limit

_PASSED = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)


def first_failure(mutant: Mutant | None, arguments: Sequence[str], seconds: Mapping[str, float]) -> str:
    """Import all anew and run the tests of the arguments for pytest until one fails; return as the served do.

    What decided it is empty if the import or the collection fails. Without a mutant nothing should fail.
    """
    forget()
    if mutant is not None:
        sys.meta_path.insert(0, Mutated(mutant))
    plugin = _First(seconds)
    try:
        code = pytest.main(["-x", *arguments], plugins=[plugin])
    except TimedOut:
        code = pytest.ExitCode.INTERRUPTED
    if plugin.hangs:
        return f"{TIMEOUT} {plugin.hangs}"
    return f"{LEFT} " if code in _PASSED else f"{KILLED} {plugin.failed}"


class _First:
    def __init__(self, seconds: Mapping[str, float]) -> None:
        self._seconds = seconds
        self.failed = ""
        self.hangs = ""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        try:
            with limit(self._seconds.get(item.nodeid, 1.0)):
                return (yield)
        except TimedOut:
            self.hangs = item.nodeid
            raise

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid
