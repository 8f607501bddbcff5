"""The note at the end of a recording: what is in it, what was masked, and what was lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ot2otel.capture.driving import Drive
from ot2otel.capture.tally import Summary
from ot2otel.receive.collector import Collector, Counts, Observations

_MOST_SERVICES = 10  # to name


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a file has: the summary of its spans, the number of answers, and the masked values by name."""

    path: str
    summary: Summary
    answers: int
    masked: Mapping[str, int]

    @property
    def lines(self) -> Iterator[str]:
        """The sentences about it."""
        found = self.summary
        if not found.spans:
            left = f"{self.path} has the answers alone." if self.answers else f"{self.path} was not written."
            yield f"No span arrived. {left}"
        else:
            yield self._traces
            yield f"Services: {_listed(found.services, 'without a name')}."
        if found.orphans:
            yield (
                f"{_number(found.orphans, 'orphan')} in {_number(found.incomplete_traces, 'trace')}: "
                "the parents did not arrive."
            )
        if found.looked_at < found.spans:
            yield f"Traces and orphans are those of the first {found.looked_at} spans."
        if total := sum(self.masked.values()):
            yield f"Masked {_number(total, 'value')}: {_listed(self.masked, '')}."

    @property
    def _traces(self) -> str:
        found = self.summary
        incomplete = (
            f"{found.incomplete_traces} of them incomplete" if found.incomplete_traces else "complete"
        )
        return f"{self.path}: {_number(found.spans, 'span')}, {_number(found.traces, 'trace')}, {incomplete}."


def driven(drive: Drive | None) -> Iterator[str]:
    """Yield the sentences about the requests that were sent."""
    if drive is None:
        return
    answered = drive.sent - drive.unanswered
    yield f"{drive.sent} of {_number(drive.wanted, 'request')} sent, {answered} answered."


def lost(counts: Counts) -> Iterator[str]:
    """Yield a sentence about what did not get into the file, if anything."""
    # The collector keeps the latest spans alone; those that it evicts are in the file.
    if losses := replace(counts, evicted_spans=0, evicted_traces=0).losses:
        yield f"Lost: {', '.join(losses)}."


def others(seen: Observations) -> Iterator[str]:
    """Yield a sentence about requests that are no spans, if there were any."""
    numbers = {"metrics": seen.metrics, "logs": seen.logs}
    if found := [f"{_number(number, 'request')} with {name}" for name, number in numbers.items() if number]:
        yield f"{' and '.join(found)} answered, and not recorded."


def listened(collector: Collector, host: str) -> str:
    """Return the sentence about the ports that are open on this address."""
    ports = collector.ports
    named: Mapping[str, Sequence[int | None]] = {
        "Jaeger's agent on UDP": [ports.agent, ports.binary],
        "Jaeger's collector on": [ports.thrift],
        "OTLP/HTTP on": [ports.otlp],
        "OTLP/gRPC on": [ports.grpc if collector.serves_grpc else None],
        "sampling strategies on": [ports.sampling],
    }
    opened = {
        name: " and ".join(str(number) for number in numbers if number is not None)
        for name, numbers in named.items()
    }
    return f"Listening on {host}: {', '.join(f'{n} {p}' for n, p in opened.items() if p)}."


def _listed(numbers: Mapping[str, int], unnamed: str) -> str:
    ordered = sorted(numbers.items(), key=lambda item: -item[1])
    named = [f"{name or unnamed} {number}" for name, number in ordered[:_MOST_SERVICES]]
    more = len(ordered) - len(named)
    return ", ".join([*named, *([f"and {more} more"] if more else [])])


def _number(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
