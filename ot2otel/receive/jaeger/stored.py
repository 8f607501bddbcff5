"""Reads the traces of one service from a running Jaeger, a window of time after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from ot2otel.model import Span
from ot2otel.receive.jaeger.query import AnswerTooLargeError, JaegerError, JaegerQuery
from ot2otel.recording import STORED_IN_JAEGER
from ot2otel.wire.decoded import Decoded

# Parsed, an answer takes some ten times as much memory as its bytes.
MAX_ANSWER = 16 * 1024 * 1024  # bytes
_SHORTEST = 1_000_000  # ns; a window that is shorter is not divided
_LATER = 60 * 10**9  # ns; clocks of other machines may be ahead of ours
_MOST_NAMES = 10  # services that an error names


class StoredTraces:
    """The traces of `service` that began in the last `look_back` seconds, in the Jaeger at `url`.

    At most `limit` traces are read, the newest windows first. Each answer may take `timeout` seconds. While
    `messages` is read, `traces` counts the traces so far, and `notes` gets a sentence for each limit that was
    reached and for spans that could not be read. Notes and errors may have foreign text: escape them.
    """

    stored_in = STORED_IN_JAEGER  # for `Recording.stored_in`

    def __init__(
        self,
        url: str,
        service: str,
        look_back: float = 3600.0,
        limit: int = 1000,
        timeout: float = 60.0,
        max_answer: int = MAX_ANSWER,
    ) -> None:
        self.service = service
        self.notes: list[str] = []
        self._query = JaegerQuery(url, timeout, max_answer, option="--from-jaeger")
        self._look_back = look_back
        self._limit = limit
        self._seen: set[str] = set()  # trace ids
        self._has_v3 = True

    @property
    def traces(self) -> int:
        """The number of traces so far."""
        return len(self._seen)

    def messages(self, progress: Callable[[str], None] = lambda _: None) -> Iterator[tuple[Span, ...]]:
        """Yield the spans of one answer after the other, each trace whole and once.

        The API v3 is asked, which tells spans as OTLP; if this Jaeger has none, `/api/traces` is. `progress`
        gets the current activity. Raises JaegerError if there is no usable answer, or no trace at all.
        """
        now = _now()
        windows = [(max(0, now - int(self._look_back * 1e9)), now + _LATER)]  # the newest last
        with self._query:
            while windows and self.traces < self._limit:
                since, until = windows.pop()
                progress(f"reading {self.service} from {self._query.url}: {self.traces} traces")
                try:
                    decoded = self._look(since, until)
                except AnswerTooLargeError as error:
                    if until - since > _SHORTEST:
                        middle = (since + until) // 2
                        windows += [(since, middle), (middle, until)]
                    else:
                        self.notes.append(f"Traces were left out: {error} Those of one millisecond do.")
                    continue
                if decoded.rejected:
                    self.notes.append(
                        f"{len(decoded.rejected)} spans could not be read, the first: {decoded.rejected[0]}"
                    )
                if spans := self._new(decoded.spans):
                    yield spans
            if not self.traces and not self.notes:
                raise self._nothing()
        if self.traces >= self._limit:
            self.notes.append(
                f"The limit of {self._limit} traces was reached: Jaeger may have more. Raise it with --limit,"
                " or shorten --lookback."
            )

    def _look(self, since: int, until: int) -> Decoded:
        wanted = self._limit - self.traces
        if self._has_v3:
            decoded = self._query.otlp_traces(self.service, since, until, wanted)
            if decoded is not None:
                return decoded
            self._has_v3 = False
        return self._query.traces(self.service, {}, since, wanted, until)

    def _new(self, spans: tuple[Span, ...]) -> tuple[Span, ...]:
        """Return the spans of traces that were not there in another window, up to the limit of traces."""
        ids = dict.fromkeys(span.trace_id for span in spans if span.trace_id not in self._seen)
        new = set(list(ids)[: self._limit - self.traces])
        self._seen |= new
        return tuple(span for span in spans if span.trace_id in new)

    def _nothing(self) -> JaegerError:
        names = self._query.services()
        if self.service in names:
            return JaegerError(
                f"{self._query.url} has no trace of {self.service!r} in the last {self._look_back:g} s. Look"
                " back further with --lookback."
            )
        known = ", ".join(repr(name[:80]) for name in sorted(names)[:_MOST_NAMES])
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        return JaegerError(
            f"{self._query.url} has no service {self.service!r}. It has {known or 'none'}{more}."
        )


def _now() -> int:
    return time.time_ns()
