"""A test, or a `with` block, and the spans that were started and ended in it."""

from __future__ import annotations

import itertools
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from weakref import WeakKeyDictionary

from ot2otel.model import Span

# A thread, and in it a task of asyncio; 0 for none.
Lane: TypeAlias = tuple[int, int]

_NUMBERS = itertools.count(1)
_TASKS: WeakKeyDictionary[object, int] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Seen:
    """A span that ended; `number` tells the order in which spans were started, `lane` where."""

    span: Span
    number: int
    lane: Lane


@dataclass(frozen=True, slots=True, eq=False)
class Started:
    """A span that was started; `name` returns its name by now, `is_kept` whether its end will be seen."""

    owner: Owner
    name: Callable[[], str]
    is_kept: Callable[[], bool]
    number: int
    lane: Lane


class Owner:
    """A test or a `with` block that owns spans; `outer` is the one around it, which sees them as well.

    Without `collects` it keeps no span: the test did not ask for them.
    """

    def __init__(self, name: str, outer: Owner | None = None, *, collects: bool = False) -> None:
        self.name = name
        self.outer = outer
        self.runs = True
        self.collects = collects
        self.lane = _lane()
        self._changed = threading.Condition()
        self._seen: list[Seen] = []
        self._open: dict[Started, None] = {}
        self._problems: list[str] = []

    def innermost_running(self) -> Owner:
        """Return this one, or if it has ended the first around it that runs; this one if none does."""
        found: Owner | None = self
        while found is not None and not found.runs:
            found = found.outer
        return found or self

    def end(self) -> None:
        """Stop: a span that ends from now on is nobody's."""
        self.runs = False
        with self._changed:
            self._open.clear()

    def start(self, name: Callable[[], str], is_kept: Callable[[], bool] = lambda: True) -> Started:
        """Note a span that was started."""
        started = Started(self, name, is_kept, next(_NUMBERS), _lane())
        for each in self._with_outer():
            with each._changed:
                if each.runs:
                    each._open[started] = None
        return started

    def finish(self, started: Started, span: Callable[[], Span] | None) -> None:
        """Note that a span ended; `span` returns it, and is None if the sampler dropped it.

        A span that cannot be read is a problem, never an error of the program that ended it.
        """
        wanted = []
        for each in self._with_outer():
            with each._changed:
                if started in each._open:
                    del each._open[started]
                    if each.collects and span is not None:
                        wanted.append(each)
        if not wanted or span is None:
            return
        try:
            seen = Seen(span(), started.number, started.lane)
        except Exception as error:  # the tracer's own code made it of the program's values
            for each in wanted:
                each.tell(f"The span {started.name()!r} can't be sent: {type(error).__name__}: {error}")
            return
        for each in wanted:
            with each._changed:
                each._seen.append(seen)
                each._changed.notify_all()

    def _with_outer(self) -> list[Owner]:
        found: list[Owner] = []
        owner: Owner | None = self
        while owner is not None:
            found.append(owner)
            owner = owner.outer
        return found

    def tell(self, problem: str) -> None:
        """Keep a problem to be told."""
        with self._changed:
            if problem not in self._problems:
                self._problems.append(problem)

    @property
    def seen(self) -> Sequence[Seen]:
        """The spans that have ended, in the order of their start."""
        with self._changed:
            return sorted(self._seen, key=lambda each: each.number)

    @property
    def number(self) -> int:
        """The number of spans that have ended."""
        return len(self._seen)

    @property
    def unfinished(self) -> Sequence[str]:
        """The names of the spans that were started and have not ended, in the order of their start."""
        with self._changed:
            found = list(self._open)
        return [each.name() for each in found if each.is_kept()]

    @property
    def unsampled(self) -> int:
        """The number of started spans that the sampler dropped, as far as the tracer tells."""
        with self._changed:
            found = list(self._open)
        return sum(not each.is_kept() for each in found)

    @property
    def problems(self) -> Sequence[str]:
        """What was met, a sentence each."""
        with self._changed:
            return list(self._problems)

    def wait_until(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Wait until the spans meet the condition, at most `timeout` seconds; tell whether they did."""
        with self._changed:
            return self._changed.wait_for(condition, timeout)


def _lane() -> Lane:
    return threading.get_ident(), _task()


def _task() -> int:
    """Return the number of the running task of asyncio, 0 without one."""
    asyncio = sys.modules.get("asyncio")
    if asyncio is None:
        return 0
    try:
        task = asyncio.current_task()
    except RuntimeError:  # no loop runs in this thread
        return 0
    if task is None:
        return 0
    if task not in _TASKS:
        _TASKS[task] = next(_NUMBERS)
    return _TASKS[task]
