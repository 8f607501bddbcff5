"""A session: a command runs, its spans are recorded as they arrive, and something ends it."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from ot2otel.capture.driving import Drive
from ot2otel.capture.foreground import Command
from ot2otel.capture.masking import Masks
from ot2otel.capture.tally import Summary, Tally
from ot2otel.model import Span
from ot2otel.recording import Answer
from ot2otel.recording_file import Appender, RecordingError

if TYPE_CHECKING:
    from ot2otel.wire.checked import Checked

_LOOK = 0.05  # seconds between two looks
_FLUSH = 0.5  # seconds; a kill loses the spans of a second at most
_GRACE = 10.0  # seconds for a command that is asked to end
_SETTLED = 3.0  # seconds; the tracers send every second at the latest
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Recorder:
    """Masks, appends and counts the spans of a collector's messages, of which it is the sink."""

    def __init__(self, file: Appender, masks: Masks) -> None:
        self.answers = 0
        self._file = file
        self._masks = masks
        self._tally = Tally()
        self._lock = threading.Lock()
        self._fault: Exception | None = None
        self._latest = time.monotonic()

    @property
    def spans(self) -> int:
        """The number of spans so far."""
        return self._tally.spans

    @property
    def quiet(self) -> float:
        """Seconds since the last span."""
        return time.monotonic() - self._latest

    def take(self, checked: Checked) -> None:
        """Record the spans of a message. In the thread of a receiver, it raises nothing: `flush` does."""
        self._take(checked.build)

    def take_spans(self, spans: Sequence[Span]) -> None:
        """Record spans; `flush` raises what is wrong with them."""
        self._take(lambda: spans)

    def _take(self, build: Callable[[], Sequence[Span]]) -> None:
        try:
            built = build()
            with self._lock:
                spans = [self._masks.span(span) for span in built]
                self._latest = time.monotonic()
                self._tally.add(spans)
                self._file.append(spans)
        except Exception as error:
            self._fault = error

    def take_answer(self, answer: Answer) -> None:
        """Record an answer."""
        with self._lock:
            self._file.append_answer(self._masks.answer(answer))
            self.answers += 1

    def flush(self) -> None:
        """Write what waits; raise RecordingError if something could not be written."""
        if self._fault:
            raise self._fault
        self._file.flush()
        if self._file.problem:
            raise RecordingError(self._file.problem)

    def summary(self) -> Summary:
        """Return what was recorded."""
        with self._lock:
            return self._tally.summary()


@dataclass(frozen=True, slots=True)
class Until:
    """When a session ends by itself; None leaves a condition out.

    Attributes:
        idle: seconds without a new span, after the first one; or after the last request of a drive.
        spans: so many spans arrived, or more.
        seconds: since the start.
    """

    idle: float | None = None
    spans: int | None = None
    seconds: float | None = None

    def reached(self, recorder: Recorder, seconds: float, drive: Drive | None) -> bool:
        """Tell whether the session ends, after so many seconds."""
        return (
            self._is_idle(recorder, drive)
            or (self.spans is not None and recorder.spans >= self.spans)
            or (self.seconds is not None and seconds >= self.seconds)
        )

    def _is_idle(self, recorder: Recorder, drive: Drive | None) -> bool:
        if drive:
            # Without another condition, the end of the requests is the end.
            idle = _SETTLED if self == Until() else self.idle
            return idle is not None and min(drive.quiet, recorder.quiet) >= idle
        return self.idle is not None and recorder.spans > 0 and recorder.quiet >= self.idle


class Ending(Enum):
    """What ended a session."""

    BY_COMMAND = "the command ended"
    BY_CONDITION = "a condition was met"
    BY_SIGNAL = "a signal"


def watch(
    recorder: Recorder,
    until: Until,
    drive: Drive | None,
    signals: Sequence[int],
    command: Command | None = None,
    look: Callable[[], None] = lambda: None,
) -> Ending:
    """Record until the command ends, a condition is met, or a signal comes; the command has ended then.

    After the last request of `drive`, the end is when no span arrived for a while. `signals` grows with each
    signal. It is passed to the command, which ends or goes on as it likes; a second one ends it. `look` is
    called often. Raises RecordingError if the file can't be written, and the error of the drive.
    """
    started = flushed = time.monotonic()
    sent = 0
    while True:
        now = time.monotonic()
        if now - flushed >= _FLUSH:
            recorder.flush()
            flushed = now
        look()
        if command and command.ended:
            return Ending.BY_COMMAND
        if drive and drive.error:
            raise drive.error
        while len(signals) > sent:
            if not command:
                return Ending.BY_SIGNAL
            command.send(signals[sent])
            sent += 1
            if sent > 1:
                command.end(_GRACE)
        if until.reached(recorder, now - started, drive):
            if command:
                command.end(_GRACE)
            return Ending.BY_CONDITION
        time.sleep(_LOOK)


@contextmanager
def signals_collected() -> Iterator[list[int]]:
    """Collect the signals that would end this process; those that are ignored stay ignored."""
    collected: list[int] = []
    earlier = {
        number: signal.signal(number, lambda number, _: collected.append(number))
        for number in _SIGNALS
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield collected
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
