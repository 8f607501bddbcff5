"""Captures the spans of this process: for a test, or for a `with` block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ot2otel.capture.in_process.owner import Owner
from ot2otel.capture.in_process.ownership import Ownership
from ot2otel.capture.in_process.scopes import ActiveScopes
from ot2otel.capture.in_process.tracers import Tracers, global_tracers


class Capture:
    """Watches the tracers of this process, and gives each span to its owner.

    The program's tracers, providers and exporters stay in place: each span also goes where it went before.

    Only the wire shows these:

    - a value that a sender or a receiver refuses, such as a half of a surrogate; a number that jaeger-client
      cannot send is told as a problem
    - the limits of queues, packets and messages, and spans lost since the process ended before they were sent
    - a format's own translation: an exporter for Thrift writes `span.kind` and `error` of the shim as
      kind and status
    - attributes that jaeger-client takes after the end of a span, before its batch is sent

    Nobody sees these:

    - a span that was started before its tracer was watched
    - spans of a tracer that was made global by an assignment, or whose module was imported while a test ran;
      the next failure tells its type
    - root spans of a thread that a test left running, and that later does another test's work: threads of a
      ThreadPoolExecutor are told apart, those of other pools belong to the test that started them
    - the owner of a root span in a thread that native code started: it is the test that runs
    """

    def __init__(self) -> None:
        self.ownership = Ownership()
        self.tracers = Tracers(self.ownership)
        self._stop_threads: Callable[[], None] | None = None
        self._users = 0

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch tracers and threads while the `with` block runs; then leave all as it was."""
        if self._users == 0:
            self._stop_threads = self.ownership.follow_threads()
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            if self._users == 0:
                self.tracers.stop()
                if self._stop_threads is not None:
                    self._stop_threads()

    @contextmanager
    def collecting(self, owner: Owner) -> Iterator[Left]:
        """Collect the owner's spans while the `with` block runs; the global tracers are watched.

        What the block left active in this thread is taken away at its end, and named in the value.
        """
        self.tracers.watch_global()
        owner.collects = True
        left = Left(self, owner)
        try:
            yield left
        finally:
            left.close()


class Left:
    """What a test left behind: spans that did not end, and scopes that are still active."""

    def __init__(self, capture: Capture, owner: Owner) -> None:
        self._capture = capture
        self._owner = owner
        self._known = global_tracers()
        self._scopes = [ActiveScopes(self._known)]
        self.unfinished: list[str] = []
        self.active: list[str] = []

    @property
    def has_tracers(self) -> bool:
        """Tell whether any tracer is watched."""
        return self._capture.tracers.has_any

    @property
    def unwatched(self) -> list[str]:
        """The types of global tracers that nobody watches: they were set in a way that cannot be seen."""
        return self._capture.tracers.unwatched()

    def watch(self, tracer: Any) -> None:  # Any: any tracer or provider
        """Watch this tracer or provider as well; raises NotWatchableError."""
        self._capture.tracers.watch(tracer)
        if tracer not in self._known:
            self._known.append(tracer)
            self._scopes.append(ActiveScopes([tracer]))

    def close(self) -> None:
        """Note what is left, and take it away."""
        self.unfinished = list(self._owner.unfinished)
        self._owner.end()
        late = [tracer for tracer in global_tracers() if tracer not in self._known]
        for scopes in [ActiveScopes(late, anew=True), *reversed(self._scopes)]:
            self.active += scopes.restore()


# One for the process: a test, a block in it and the plugin share the watched tracers.
CAPTURE = Capture()
