"""What a page shows, as plain values: they become its JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

# An index into `Content.strings`, -1 for a fact that is absent.
Text: TypeAlias = int
# Section, name, old value, new value, grade, note, names of the rules.
Fact: TypeAlias = tuple[Text, Text, Text, Text, str, Text, Sequence[str]]
# A piece of a sentence, and whether it tells a loss.
Piece: TypeAlias = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Span:
    """A span on one side; `start` and `took` are nanoseconds, `start` since the start of its trace."""

    name: str
    kind: str
    status: str
    start: int
    took: int
    events: Sequence[int]


@dataclass(frozen=True, slots=True)
class Row:
    """A span of the before beside its counterpart.

    `facts` is an index into `Content.facts`, `findings` are indexes into those of the comparison. `cells` are
    the grades of name, kind, status and place where they are not kept. `moved` names the new place.
    """

    depth: int
    service: str
    before: Span | None
    after: Span | None
    cells: dict[str, str]
    grade: str
    facts: int
    findings: Sequence[int]
    moved: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """Two traces span by span; `extent` is the longer one's duration in nanoseconds."""

    id: str
    title: str
    answer: str
    before: str
    after: str
    extent: int
    rows: Sequence[Row]
    example: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A span in the outline of a form, with the grades of its name, kind, status and place."""

    depth: int
    service: str
    name: str
    kind: str
    status: str
    grades: dict[str, str] = field(default_factory=dict)
    was: str = ""


@dataclass(frozen=True, slots=True)
class Durations:
    """Durations of roots: how many are in each of equally wide bins, up to `most`; all in nanoseconds."""

    before: Sequence[int]
    after: Sequence[int]
    medians: tuple[int, int]
    most: int


@dataclass(frozen=True, slots=True)
class Form:
    """Traces that look alike on either side: `count` pairs, `share` of all in percent.

    A cell of `rows` is None on a side without the span. `findings` are pairs of an index and a number.
    `examples` are indexes into the traces of the comparison.
    """

    count: int
    share: float
    grade: str
    rows: Sequence[tuple[Cell | None, Cell | None]]
    more_rows: int
    findings: Sequence[tuple[int, int]]
    durations: Durations | None
    examples: Sequence[int]


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding as it is told; `turns` are subject, old and new value, `who` are services with their spans.

    `mark` is a word about a finding that somebody has dealt with, "" for none.
    """

    id: str
    grade: str
    grave: bool
    n: int
    of: int
    unit: str
    what: str
    turns: Sequence[tuple[str, str, str]]
    consequences: Sequence[str]
    note: str
    rules: Sequence[str]
    who: Sequence[str]
    examples: Sequence[tuple[str, str]]
    way_out: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Values:
    """A field with few values: each value with its number before and after."""

    title: str
    counts: Sequence[tuple[str, int, int]]


@dataclass(frozen=True, slots=True)
class Side:
    """One recording: its name, where it comes from, and what is wrong with it."""

    name: str
    source: str
    amount: str
    health: Sequence[str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One verdict. If not all traces are shown, `examples` says so, and there are `forms` and `values`."""

    id: str
    label: str
    outcome: str
    mark: str
    headline: Sequence[Piece]
    lede: str
    sides: Sequence[Side]
    notes: Sequence[str]
    ledger: Sequence[tuple[str, int, int]]
    findings: Sequence[Finding]
    answers: Sequence[tuple[str, str]]
    services: Sequence[str]
    traces: Sequence[Trace]
    forms: Sequence[Form]
    examples: str
    values: Sequence[Values]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its summary, the address of its source, and the place there."""

    summary: str
    url: str
    where: str


@dataclass(frozen=True, slots=True)
class Content:
    """All of a page. A string of `strings` that was cut is a pair: its beginning and its length."""

    heading: str
    comparisons: Sequence[Comparison]
    rules: dict[str, Rule]
    strings: Sequence[str | tuple[str, int]]
    facts: Sequence[Sequence[Fact]]
