"""Runs mutants one by one, each with the tests that reach its change."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.mutants import anew, served
from tests.support.mutants.forks import forked
from tests.support.mutants.modules import caches
from tests.support.mutants.mutations import Mutant
from tests.support.mutants.reach import Reach
from tests.support.mutants.results import UNCLEAR, Result
from tests.support.mutants.served import LEFT
from tests.support.mutants.swap import swap
from tests.support.runs import ROOT

# As many tests that have killed other mutants of the function come first.
_KILLERS = 8


class Bounds(NamedTuple):
    """What a run may cost."""

    # Normal CPU time of the tests of one mutant.
    seconds: float
    at_once: int


class _Task(NamedTuple):
    mutant: Mutant
    tests: Sequence[str]
    reaching: int
    # What pytest gets, if the project is imported anew.
    arguments: Sequence[str]


class Campaign:
    """Runs mutants in forks of a process that has collected the tests."""

    def __init__(
        self, items: Mapping[str, pytest.Item], reach: Reach, bounds: Bounds, arguments: Sequence[str]
    ) -> None:
        # No fork copies what is here already just to look at it.
        gc.collect()
        gc.freeze()
        self._items = items
        self._reach = reach
        self._bounds = bounds
        self._arguments = arguments
        # Tests that were seen to pass without a mutant, in a fork as well.
        self._sound: set[str] = set()
        self._killers: dict[tuple[Path, tuple[str, ...]], list[str]] = defaultdict(list)

    def run(self, mutants: Iterable[Mutant]) -> Iterator[tuple[Mutant, Result]]:
        """Yield each mutant with its result."""
        imported = []
        tasks = (self._task(mutant) for mutant in mutants)
        for task, text in forked(tasks, self._serve, at_once=self._bounds.at_once):
            result = self._result(task, text) if self._is_sound(task, text) else self._again(task)
            if not result.is_killed and self._reach.is_imported(task.mutant.path, task.mutant.body):
                imported.append(task)
            else:
                yield task.mutant, result
        anew_ = (task._replace(arguments=self._files(task.mutant)) for task in imported)
        for task, text in forked(anew_, self._import, at_once=self._bounds.at_once):
            yield task.mutant, self._result(task, text)

    def _task(self, mutant: Mutant) -> _Task:
        """Choose the tests: those that killed its neighbours, then by time, first its subject's."""
        reaching = [test for test in self._reach.of(mutant.path, mutant.lines) if test in self._items]
        killers = [test for test in self._killers[mutant.path, mutant.function] if test in reaching][
            :_KILLERS
        ]
        own = f"/test_{mutant.path.stem}"
        rest = sorted(
            set(reaching) - set(killers),
            key=lambda test: (self._reach.seconds[test] / (10 if own in test else 1), test),
        )
        chosen = list(killers)
        left = self._bounds.seconds
        for test in rest:
            left -= self._reach.seconds[test]
            if left < 0:
                break
            chosen.append(test)
        return _Task(mutant, chosen, len(reaching), ())

    def _is_sound(self, task: _Task, text: str | None) -> bool:
        """Tell whether the test that killed a mutant passes without one, behind the same tests."""
        outcome, _, by = (text or UNCLEAR).partition(" ")
        if outcome == LEFT or not by or by in self._sound:
            return True
        tests = task.tests[: task.tests.index(by) + 1]
        ((_, control),) = forked([tests], self._without, at_once=1)
        if control == f"{LEFT} ":
            self._sound.add(by)
            return True
        self._reach.drop(by)
        return False

    def _again(self, task: _Task) -> Result:
        ((_, text),) = forked([self._task(task.mutant)], self._serve, at_once=1)
        return self._result(task, text)

    def _without(self, tests: Sequence[str]) -> str:
        return served.first_failure([self._items[test] for test in tests], self._reach.seconds)

    def _serve(self, task: _Task) -> str:
        swap(task.mutant)
        for cached in caches():
            cached.cache_clear()
        return served.first_failure([self._items[test] for test in task.tests], self._reach.seconds)

    def _import(self, task: _Task) -> str:
        return anew.first_failure(task.mutant, [*self._arguments, *task.arguments], self._reach.seconds)

    def _files(self, mutant: Mutant) -> list[str]:
        """Return the tests of what runs at import: its subject's files, then those of rules that are fast."""
        seconds: dict[str, float] = defaultdict(float)
        for test, time in self._reach.seconds.items():
            seconds[test.partition("::")[0]] += time
        files = sorted((ROOT / "tests" / "compare").rglob("test_*.py"))
        own = [path for path in files if path.stem.startswith(f"test_{mutant.path.stem}")]
        rules = [
            path
            for path in files
            if path.parent.name == "rules" and path not in own
            if 0 < seconds.get(path.relative_to(ROOT).as_posix(), 0.0) <= self._bounds.seconds
        ]
        killers = self._killers[mutant.path, mutant.function][:_KILLERS]
        return [*killers, *map(str, own), *map(str, rules)]

    def _result(self, task: _Task, text: str | None) -> Result:
        outcome, _, by = (text or f"{UNCLEAR} ").partition(" ")
        if by:
            killers = self._killers[task.mutant.path, task.mutant.function]
            if by in killers:
                killers.remove(by)
            killers.insert(0, by)
        chosen = 0 if task.arguments else len(task.tests)
        return Result(outcome, by, task.mutant.digest, task.reaching, chosen)
