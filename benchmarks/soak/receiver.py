"""A receiver in a process of its own: it writes down the number of each span that arrived.

`python -m benchmarks.soak.receiver AGENT_PORT OTLP_PORT MAX_SPANS FILE` runs until SIGTERM. It reads its
store twice a second, as a user of the collector would, and adds to FILE.arrivals and FILE.counts.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from benchmarks.soak.journal import NUMBER, write_arrivals
from ot2otel.model import Span
from ot2otel.receive.collector import Collector, Ports

_PERIOD = 0.5  # seconds


class _Reader:
    """Finds the spans that are new, among those that the collector still keeps."""

    def __init__(self, collector: Collector, path: Path, opened: ExitStack) -> None:
        self._collector = collector
        self._before: Sequence[Span] = ()
        self._read = 0
        self._arrivals = opened.enter_context(path.with_suffix(".arrivals").open("wb"))
        self._counts = opened.enter_context(path.with_suffix(".counts").open("w"))

    def look(self) -> None:
        """Write down what arrived since the last look, and the counts."""
        spans = self._collector.spans
        seen = set(map(id, self._before))
        new = [span for span in spans if id(span) not in seen]
        # They are kept until the next look, so no id is given to another span before.
        self._before = spans
        self._read += len(new)
        write_arrivals([(span.service, _number(span)) for span in new], self._arrivals)
        self._arrivals.flush()
        counts = {"time": time.monotonic(), "read": self._read, **asdict(self._collector.counts)}
        print(json.dumps(counts), file=self._counts, flush=True)


def _number(span: Span) -> int:
    number = span.attributes[NUMBER]
    if not isinstance(number, int):
        raise TypeError(f"{NUMBER} is {number!r}")
    return number


def main() -> None:
    """Receive until SIGTERM."""
    agent_port, otlp_port, max_spans, path = sys.argv[1:]
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    collector = Collector(ports=Ports(int(agent_port), int(otlp_port)), max_spans=int(max_spans))
    with ExitStack() as opened:
        reader = _Reader(collector, Path(path), opened)
        with collector:
            print(f"ready {collector.agent_port} {collector.otlp_port}", flush=True)
            while not ended.wait(_PERIOD):
                reader.look()
        reader.look()  # after the end: what had reached its sockets was still taken


if __name__ == "__main__":
    main()
