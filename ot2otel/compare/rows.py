"""What a comparison judges: pairs of contents, how often each occurs, and the judgements with their pairs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from ot2otel.compare.facts import Content
from ot2otel.compare.judgement import Settled

# Example of a pair: the ids of the two traces, "" on a side that has none.
TraceIds: TypeAlias = tuple[str, str]

MOST_EXAMPLES = 3


@dataclass(slots=True)
class Times:
    """How often something was seen, and the first examples."""

    count: int = 0
    examples: list[TraceIds] = field(default_factory=list)

    def add(self, times: int, examples: Iterable[TraceIds]) -> None:
        """Count it some more times."""
        self.count += times
        for example in examples:
            if len(self.examples) == MOST_EXAMPLES:
                break
            if example not in self.examples:
                self.examples.append(example)


@dataclass(slots=True)
class AllTimes(Times):
    """Pairs of traces, all of them by their ids."""

    traces: list[TraceIds] = field(default_factory=list)

    def add(self, times: int, examples: Iterable[TraceIds]) -> None:
        """Count pairs of traces; `examples` are all of them."""
        found = list(examples)
        Times.add(self, times, found)
        self.traces += found


class Row(NamedTuple):
    """Two contents side by side, and how often; None on one side for a span without a counterpart."""

    old: Content | None
    new: Content | None
    times: Times


@dataclass(frozen=True, slots=True)
class Judged:
    """One judgement and all pairs of spans that it holds for."""

    settled: Sequence[Settled]
    rows: Sequence[Row]
