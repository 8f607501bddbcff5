"""Findings: the same difference wherever it occurs, counted, with examples."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

from ot2otel.compare.comparison import Comparison
from ot2otel.compare.facts import (
    KIND,
    NAME,
    ORDER,
    PARENT,
    STATUS,
    TRACE,
    Content,
    Place,
    Resource,
    Shape,
    literal,
)
from ot2otel.compare.judgement import GRADES, UNEXPLAINED, Grade, Settled
from ot2otel.compare.links import TARGET
from ot2otel.compare.rows import Judged, Row, Times, TraceIds
from ot2otel.compare.rules.rule import Effect, Rule
from ot2otel.compare.tokens import templates
from ot2otel.model import StatusCode

Field: TypeAlias = str

# Of the values of a finding so many are named; more become a template.
_MOST_NAMED = 3
# A finding looks at so many distinct values at most.
_MOST_VALUES = 1_000
_MOST_EXPLAINED_VALUES = 30
_MOST_SPANS = 5
_POSITIONS: Mapping[Place, str] = {
    PARENT: "another span",
    ("parent", "absent"): "a span outside the recording",
    ("root",): "none",
    TRACE: "",
    ORDER: "",
}
SPAN = "span"

# Explains a fact that is the same but for an address.
ADDRESS = Rule(
    "address",
    Effect.BOOKKEEPING,
    "the two recordings are of other hosts, ports or processes: one address stands for another everywhere",
    "https://opentelemetry.io/docs/specs/semconv/registry/attributes/server/",
)


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a finding and its values there, as `literal` writes them."""

    field: Field
    values: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference: what became of `old_field` of the before, and of `new_field` of the after.

    `spans` are the names of the spans that have it, the before's where there is one. `old` and `new` are
    values as `literal` writes them; varying ones are a template, such as `"GET /users/#"`. `expected` is the
    value that a contradicted rule wants, else "". It concerns `n` of the `of` facts in that field of that
    service. `parts` are the fields and values of each side, where a side has several. `more_spans` is the
    number of further names of spans. `accepted` is the reason why the reader accepts it, "" if nobody does.
    """

    grade: Grade
    service: str
    spans: tuple[str, ...]
    old_field: Field
    new_field: Field
    old: str
    new: str
    n: int
    of: int
    rules: tuple[Rule, ...] = ()
    expected: str = ""
    examples: tuple[TraceIds, ...] = ()
    parts: tuple[tuple[Part, ...], tuple[Part, ...]] = ((), ())
    more_spans: int = 0
    accepted: str = ""

    @property
    def olds(self) -> tuple[Part, ...]:
        """The fields of the before, each with its values."""
        return self.parts[0] or ((Part(self.old_field, self.old),) if self.old_field else ())

    @property
    def news(self) -> tuple[Part, ...]:
        """The fields of the after, each with its values."""
        return self.parts[1] or ((Part(self.new_field, self.new),) if self.new_field else ())

    @property
    def field(self) -> Field:
        """The field, the before's if there is one."""
        return self.old_field or self.new_field


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """How much of the before arrived: `n` of `of`."""

    name: str
    n: int
    of: int


_ARRIVED = (Grade.KEPT, Grade.TRANSLATED, Grade.IMPROVED, Grade.NOISE)


@lru_cache(maxsize=4096)
def field_of(place: Place) -> Field:
    """Return a place as text, without the number of an event or a link: `event.attributes.message`."""
    if place in _POSITIONS:
        return "parent" if place not in (TRACE, ORDER) else str(place[0])
    return ".".join(str(part) for part in place if not isinstance(part, int))


def fields_of(places: Sequence[Place]) -> Field:
    """Return the places of one side as a finding names them."""
    names = list(dict.fromkeys(map(field_of, _told(places))))
    if len(names) > 1 and names[0].partition(".")[0] in ("event", "link"):
        whole = [name for name in names if name in ("event.name", "link.to")]
        if whole:
            return whole[0].partition(".")[0]
    return ", ".join(names)


class _Bucket:
    """Pairs of spans of one service and one status, counted once for all that is settled about them."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.times = Times()
        self.spans: Counter[str] = Counter()
        self.resources: set[Resource] = set()

    def add(self, row: Row, content: Content) -> None:
        """Count a pair; `content` is the before's."""
        self.rows.append(row)
        self.times.add(row.times.count, row.times.examples)
        self.spans[content.name] += row.times.count
        self.resources.add(content.resource)


def _buckets(rows: Iterable[Row]) -> Mapping[tuple[str, StatusCode], _Bucket]:
    found: dict[tuple[str, StatusCode], _Bucket] = defaultdict(_Bucket)
    for row in rows:
        if row.old is not None and row.new is not None:
            found[row.old.service, row.old.status].add(row, row.old)
    return found


@dataclass(slots=True)
class _Group:
    """One finding in the making."""

    settled: Settled
    times: Times = field(default_factory=Times)
    spans: Counter[str] = field(default_factory=Counter)
    values: Counter[tuple[str, str]] = field(default_factory=Counter)
    # The values of each field, where one side has several: the before's and the after's.
    olds: dict[Field, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    news: dict[Field, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    expected: str = ""
    resources: set[Resource] = field(default_factory=set)

    def add(self, settled: Settled, bucket: _Bucket) -> None:
        """Count the pairs of a bucket, for which this was settled."""
        self.times.add(bucket.times.count, bucket.times.examples)
        self.spans.update(bucket.spans)
        self.resources |= bucket.resources
        most = _MOST_VALUES if settled.grade in UNEXPLAINED else _MOST_EXPLAINED_VALUES
        for row in bucket.rows[: most - len(self.values)]:
            self.values[_text(row.old, settled.old), _text(row.new, settled.new)] += row.times.count
            for found, side, places in zip(
                (self.olds, self.news), (row.old, row.new), (settled.old, settled.new), strict=True
            ):
                if side is not None and len(places) > 1:
                    for place in places:
                        found[field_of(place)][_literal(side, place)] += row.times.count
        row = bucket.rows[0]
        if settled.expected and row.old and row.new and not self.expected:
            self.expected = literal(settled.expected(row.old.values, row.new.values))


def _text(content: Content | None, places: Sequence[Place]) -> str:
    """Return the values at these places; those of an event or a link as one text."""
    if content is None or not places:
        return ""
    if len(places) > 1 and places[0][0] in ("event", "link"):
        main = next((place for place in places if place[2] in ("name", "to")), places[0])
        return literal(content.value(main))
    return ", ".join(dict.fromkeys(_literal(content, place) for place in _told(places)))


def _told(places: Sequence[Place]) -> Sequence[Place]:
    """Return the places that are told: a root's trace goes without saying where its parent is told."""
    return places[:-1] if len(places) > 1 and places[-1] == TRACE else places


def _literal(content: Content, place: Place) -> str:
    if place in _POSITIONS:
        return _POSITIONS[place]
    if place[-1] == TARGET:
        return literal(content.value((*place[:-1], "to")))
    return literal(content.value(place))


def findings(comparison: Comparison, judged: Iterable[Judged]) -> tuple[Finding, ...]:
    """Return the findings, the gravest grade first, and within a grade the most frequent first."""
    totals = _Totals(comparison)
    groups: dict[tuple[Any, ...], _Group] = {}  # Any: the parts of a key
    for each in judged:
        told = [one for one in each.settled if one.grade is not Grade.KEPT and not _is_address(one)]
        if not told:
            continue
        for (service, status), bucket in _buckets(each.rows).items():
            for settled in told:
                told_apart = status if settled.old == (STATUS,) else None
                key = (
                    settled.grade,
                    settled.rules,
                    fields_of(settled.old),
                    fields_of(settled.new),
                    service,
                    told_apart,
                )
                if key not in groups:
                    groups[key] = _Group(settled)
                groups[key].add(settled, bucket)
    found = [_finding(key, group, totals) for key, group in groups.items()]
    found += _spans(comparison.missing, Grade.GONE, totals, comparison)
    found += _spans(comparison.extra, Grade.NEW, totals, comparison)
    order = list(Grade)
    return tuple(
        sorted(
            found,
            key=lambda one: (-order.index(one.grade), one.field != SPAN, -one.n, one.service, one.field),
        )
    )


def _is_address(settled: Settled) -> bool:
    """Tell whether a fact differs in an address alone, which has a finding of its own."""
    return settled.grade is Grade.NOISE and ADDRESS in settled.rules


def _finding(key: tuple[Any, ...], group: _Group, totals: _Totals) -> Finding:  # Any: see findings
    grade, rules, old_field, new_field, service, status = key
    old, new = _values(group.values)
    if old_field.startswith("resource.") or new_field.startswith("resource."):
        n = len(group.resources)
        of = max(n, totals.resources[service])
    else:
        n = group.times.count
        of = max(n, totals.of(service, group.settled, status))
    return Finding(
        grade,
        service,
        tuple(name for name, _ in group.spans.most_common(_MOST_SPANS)),
        old_field,
        new_field,
        old,
        new,
        n,
        of,
        rules,
        group.expected,
        tuple(group.times.examples),
        (_parts(group.olds), _parts(group.news)),
        max(len(group.spans) - _MOST_SPANS, 0),
    )


def _parts(parts: Mapping[Field, Counter[str]]) -> tuple[Part, ...]:
    return tuple(Part(each, _named(found)) for each, found in parts.items())


def _values(values: Counter[tuple[str, str]]) -> tuple[str, str]:
    """Return the old and the new values as one text each."""
    olds, news = Counter[str](), Counter[str]()
    for (old, new), times in values.items():
        olds[old] += times
        news[new] += times
    return _named(olds), _named(news)


def _named(values: Counter[str]) -> str:
    if len(values) > _MOST_NAMED:
        values = templates(values)
    named = [text for text, _ in values.most_common(_MOST_NAMED)]
    more = len(values) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def _spans(rows: Sequence[Row], grade: Grade, totals: _Totals, comparison: Comparison) -> Iterator[Finding]:
    groups: dict[tuple[str, str, Rule | None], Times] = defaultdict(Times)
    for row in rows:
        content = row.old or row.new
        if content is not None:
            key = (content.service, content.name, comparison.rule_of(row))
            groups[key].add(row.times.count, row.times.examples)
    for (service, name, rule), times in groups.items():
        gone = grade is Grade.GONE
        of = totals.spans[not gone][service, name]
        sides = (SPAN, "") if gone else ("", SPAN)
        values = (literal(name), "") if gone else ("", literal(name))
        yield Finding(
            GRADES[rule.effect] if rule else grade,
            service,
            (name,),
            *sides,
            *values,
            times.count,
            of,
            (rule,) if rule else (),
            examples=tuple(times.examples),
        )


class _Totals:
    """How many facts of a field each side has in a service."""

    def __init__(self, comparison: Comparison) -> None:
        self._fields: tuple[Counter[tuple[str, Field]], Counter[tuple[str, Field]]] = (Counter(), Counter())
        self._statuses: Counter[tuple[str, object]] = Counter()
        self.spans: tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]] = (Counter(), Counter())
        # Those of the before: a finding is of one of its services.
        resources: dict[str, set[Resource]] = defaultdict(set)
        self._all: Counter[str] = Counter()
        for index, side in enumerate((comparison.before, comparison.after)):
            alike: dict[tuple[Resource, Shape, str, StatusCode], int] = {}
            for content, times in side.counts.items():
                key = content.resource, content.shape, content.name, content.status
                alike[key] = alike.get(key, 0) + times
            for (resource, shape, name, status), times in alike.items():
                service = resource.service
                self.spans[index][service, name] += times
                if index == 0:
                    resources[service].add(resource)
                    self._statuses[service, status] += times
                    self._all[service] += times
                for place in shape.places:
                    self._fields[index][service, field_of(place)] += times
        self.resources = {service: len(found) for service, found in resources.items()}

    def of(self, service: str, settled: Settled, status: object) -> int:
        """Return the number of facts among which those settled are counted."""
        if status is not None:
            return self._statuses[service, status]
        if settled.old and settled.old[0] in _POSITIONS:
            return self._all[service]
        side, places = (0, settled.old) if settled.old else (1, settled.new)
        return self._fields[side][service, field_of(places[0])]


# The ledger.


def ledger(comparison: Comparison, judged: Iterable[Judged]) -> tuple[LedgerRow, ...]:
    """Return how many spans, parents, kinds, errors, names, attributes and events of the before arrived.

    Facts that are bookkeeping count nowhere, nor do those of a missing span: it counts once, as a span.
    """
    arrived: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for each in judged:
        rows = [row for row in each.rows if row.old is not None and row.new is not None]
        times = sum(row.times.count for row in rows)
        for settled in each.settled:
            if settled.grade is Grade.BOOKKEEPING:
                continue
            for place in settled.old:
                name = _row_name(place)
                if not name:
                    continue
                counted = times
                if name == "errors":
                    counted = sum(
                        row.times.count for row in rows if row.old and row.old.status is StatusCode.ERROR
                    )
                total[name] += counted
                arrived[name] += counted * (settled.grade in _ARRIVED)
    spans = comparison.before.spans
    missing = sum(row.times.count for row in comparison.missing)
    return (
        LedgerRow("spans", spans - missing, spans),
        *(
            LedgerRow(name, arrived[name], total[name])
            for name in ("parents", "kinds", "errors", "names", "attributes", "events")
        ),
    )


def _row_name(place: Place) -> str:
    """Return the ledger's row in which a fact counts, "" if it counts in none."""
    match place:
        case ("attributes", _):
            return "attributes"
        case ("event", _, "name"):
            return "events"
        case _:
            return _ROWS.get(place, "")


_ROWS: Mapping[Place, str] = {PARENT: "parents", KIND: "kinds", STATUS: "errors", NAME: "names"}
