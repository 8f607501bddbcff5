"""Whose span is it: the test, or the `with` block, in which a span was started."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar
from weakref import WeakKeyDictionary, ref

from ot2otel.capture.in_process.owner import Owner

_T = TypeVar("_T")

# A trace is forgotten after so many later ones.
_MOST_TRACES = 10_000

_SHARED = Owner("all tests")
_ENDED = Owner("a test that has ended")
_ENDED.end()
_HELD: ContextVar[Owner | None] = ContextVar("ot2otel_owner", default=None)


class Ownership:
    """Decides to whom a span belongs that is started now, in this thread and this task.

    Several signs are looked at, the surest first:

    1. The span continues a trace of an owner that still runs.
    2. The context variable: a test sets it, and tasks inherit it. The work that is given to a
       ThreadPoolExecutor brings it along, only this variable and nothing of the program's own context.
    3. The thread: one that a test started belongs to it, also after the test's end.
    4. The span continues a trace of an owner that has ended: the span is that one's.
    5. The clock: a thread that no test started, such as the server of a session's fixture, works for the
       test that runs now.

    A span whose owner has ended is nobody's: no other test sees it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: list[Owner] = []
        # Not held: an owner has all its spans.
        self._traces: OrderedDict[Hashable, ref[Owner]] = OrderedDict()
        self._threads: WeakKeyDictionary[threading.Thread, Owner] = WeakKeyDictionary()

    def owner(self, trace: Hashable) -> Owner | None:
        """Return the owner of a span of this trace that is started now, and keep the trace for it."""
        sure = self._sure()
        with self._lock:
            held = self._traces.get(trace)
            known = None if held is None else held() or _ENDED
            now = self._running[-1] if self._running else None
            found = known if known and known.runs else sure or known or now
            if found is not None and trace not in self._traces:
                self._traces[trace] = ref(found)
                if len(self._traces) > _MOST_TRACES:
                    self._traces.popitem(last=False)
        return found

    def _sure(self) -> Owner | None:
        held = _HELD.get()
        if held is None:
            held = self._threads.get(threading.current_thread())
        return held if held is None else None if held is _SHARED else held.innermost_running()

    def current(self) -> Owner | None:
        """Return the owner of the work that is done now, None if it is all tests'."""
        sure = self._sure()
        return sure or (self._running[-1] if self._running else None)

    @contextmanager
    def running(self, owner: Owner) -> Iterator[None]:
        """Give the spans that are started in the `with` block to `owner`."""
        token = _HELD.set(owner)
        with self._lock:
            self._running.append(owner)
        try:
            yield
        finally:
            with self._lock:
                self._running.remove(owner)
            owner.end()
            _HELD.reset(token)

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Give nothing to one test that is started in the `with` block: threads, tasks, spans."""
        token = _HELD.set(_SHARED)
        try:
            yield
        finally:
            _HELD.reset(token)

    def follow_threads(self) -> Callable[[], None]:
        """Note from now on who starts a thread, and who gives work to a pool; return the function that stops.

        `Thread.start` and `ThreadPoolExecutor.submit` are replaced by functions that do the same and note it.
        """
        start, submit = threading.Thread.start, ThreadPoolExecutor.submit
        threads = self._threads

        def noting_start(thread: threading.Thread) -> None:
            held = _HELD.get() or threads.get(threading.current_thread())
            if held is not None:
                threads[thread] = held
            start(thread)

        def noting_submit(
            self: ThreadPoolExecutor, call: Callable[..., _T], /, *args: Any, **kwargs: Any
        ) -> Future[_T]:  # Any: as the function takes them
            held = _HELD.get() or threads.get(threading.current_thread())
            return submit(self, call if held is None else _carried(held, call), *args, **kwargs)

        threading.Thread.start = noting_start  # type: ignore[method-assign,assignment]  # this is the purpose
        ThreadPoolExecutor.submit = noting_submit  # type: ignore[method-assign,assignment]  # as above

        def stop() -> None:
            # Whoever replaced them later keeps ours below theirs.
            if threading.Thread.start is noting_start:
                threading.Thread.start = start  # type: ignore[method-assign]  # as above
            if ThreadPoolExecutor.submit is noting_submit:
                ThreadPoolExecutor.submit = submit  # type: ignore[method-assign]  # as above

        return stop


def _carried(owner: Owner, call: Callable[..., _T]) -> Callable[..., _T]:
    """Return the function that calls `call` for `owner`."""

    def for_owner(*args: Any, **kwargs: Any) -> _T:  # Any: as the function takes them
        token = _HELD.set(owner)
        try:
            return call(*args, **kwargs)
        finally:
            _HELD.reset(token)

    return for_owner
