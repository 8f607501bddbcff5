"""The spans of this process, captured for a test or a `with` block."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ot2otel.capture.in_process import CAPTURE, Left, Owner
from ot2otel.testing.files import DIRECTORY, Files, Mode
from ot2otel.testing.order import Entry, Lane
from ot2otel.testing.spans import Spans

SETTING = "OT2OTEL_TRACE_SNAPSHOTS"


class LeftoverWarning(UserWarning):
    """A test left a span that did not end, or a scope that is still active."""


class InProcess:
    """The spans of one owner."""

    def __init__(self, owner: Owner, left: Left) -> None:
        self._owner = owner
        self._left = left

    @property
    def entries(self) -> Sequence[Entry]:
        """The spans that have ended, in the order of their start."""
        return [Entry(seen.span, seen.number, seen.lane) for seen in self._owner.seen]

    @property
    def lane(self) -> Lane:
        """Where the test itself runs."""
        return self._owner.lane

    @property
    def remarks(self) -> Sequence[str]:
        """What the reader of a failure should know."""
        found = list(self._owner.problems)
        unfinished, unsampled, late = self._owner.unfinished, self._owner.unsampled, self._left.unwatched
        if unfinished:
            found.append(f"Not ended: {', '.join(map(repr, unfinished))}.")
        if unsampled:
            found.append(f"The sampler dropped {unsampled} started spans.")
        if late:
            found.append(
                f"{' and '.join(late)} was made global while the test ran: import it before, or hand it to"
                " spans.watch()."
            )
        elif not self._owner.seen and not self._left.has_tracers:
            found.append("No global tracer is set: set one, or hand yours to spans.watch().")
        return found

    def watch(self, tracer: Any) -> None:  # Any: any tracer or provider
        """Watch this tracer or provider as well."""
        self._left.watch(tracer)

    def wait(self, number: int, timeout: float) -> bool:
        """Wait for a number of spans, at most `timeout` seconds; tell whether they came."""
        return self._owner.wait_until(lambda: self._owner.number >= number, timeout)


@contextmanager
def collected(owner: Owner, files: Files, directory: Path, how: str) -> Iterator[Spans]:
    """Collect the spans of an owner; warn of what it left behind."""
    from ot2otel.testing.judging import Snapshots

    with CAPTURE.collecting(owner) as left:
        yield Spans(InProcess(owner, left), Snapshots(files, directory, how))
    told = _told(owner, left)
    if told:
        warnings.warn(f"{owner.name} left {told}", LeftoverWarning, stacklevel=2)


def _told(owner: Owner, left: Left) -> str:
    parts = []
    if left.unfinished:
        parts.append(f"spans that did not end: {', '.join(map(repr, left.unfinished))}")
    if left.active:
        parts.append(f"spans active, taken away now: {', '.join(map(repr, left.active))}")
    parts += owner.problems
    return "; ".join(parts)


@contextmanager
def captured(snapshots: str | Path = DIRECTORY, *, name: str = "captured()") -> Iterator[Spans]:
    """Capture the spans that are started in a `with` block, in any program.

    `snapshots` is the directory of the snapshots. The environment variable OT2OTEL_TRACE_SNAPSHOTS takes
    `update` or `none`; where CI is set, nothing is written. `name` is the block's in warnings. In a test
    with the fixture `spans` both have these spans.
    """
    wanted = os.environ.get(SETTING, Mode.NONE.value)
    mode = Mode.UPDATE if wanted == Mode.UPDATE.value and not os.environ.get("CI") else Mode.NONE
    owner = Owner(name, CAPTURE.ownership.current())
    how = f"run it again with {SETTING}=update"
    with (
        CAPTURE.watching(),
        CAPTURE.ownership.running(owner),
        collected(owner, Files(mode), Path(snapshots), how) as spans,
    ):
        yield spans
