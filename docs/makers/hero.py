"""The content of the README's picture, from recordings and their verdicts.

`docs.makers.hero_svg` draws it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from ot2otel.compare.align import Place, places
from ot2otel.compare.diff import Changed, Difference, Missing, Moved, compare, literal
from ot2otel.compare.rules import Effect
from ot2otel.compare.verdict import Verdict, judge
from ot2otel.lab.catalog import VARIANTS
from ot2otel.model import Kind, Span, StatusCode
from ot2otel.recording import Answer, Recording

ROOT = Path(__file__).parents[2]
KIND, STATUS = "kind", "status.code"
LIBRARIES = {"legacy": "jaeger-client", "shim": "the shim", "native": "native"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as it arrived; `was` is the value of the before if it differs, `lost` is true for a loss."""

    value: str
    was: str = ""
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One span: its kind and its status in each recording, the before first."""

    name: str
    service: str
    depth: int
    kinds: tuple[Cell, ...]
    statuses: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Detail:
    """The loss of one error: its line, its code, and the attributes that still have it."""

    line: int
    code: str
    attributes: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """For each recording, whether each fact of the before arrived, over all requests."""

    label: str
    arrived: tuple[tuple[bool, ...], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A recording, and the number of losses in its verdict, 0 for the before.

    `others` counts those that are no span, no kind and no error.
    """

    side: str
    library: str
    label: str
    losses: int = 0
    others: int = 0


@dataclass(frozen=True, slots=True)
class Hero:
    """The trace with the most losses, and the facts that arrive of all traces."""

    answer: Answer
    requests: int
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    tallies: tuple[Tally, ...]
    detail: Detail | None


@dataclass(frozen=True, slots=True)
class Loss:
    """A fact of the before that does not arrive; `field` is "" for a span, `path` is "" for an answer."""

    path: str
    field: str


def losses(verdict: Verdict) -> tuple[Loss, ...]:
    """Return each loss of a verdict once: a rule calls it degraded, or no rule explains it."""
    found: dict[Loss, None] = {}
    for explained in verdict.explained:
        if explained.rule.effect is Effect.DEGRADED:
            # A fact that a rule leaves in the place of a lost one is no loss itself.
            taken = [change for change in explained.differences if change.before is not None]
            found |= dict.fromkeys(Loss(each.path, each.field) for each in taken or explained.differences)
    for unexplained in verdict.unexplained:
        found |= dict.fromkeys(loss for origin in unexplained.origins for loss in _unexplained(origin))
    found |= dict.fromkeys(Loss("", f"answer {number}") for number, _ in enumerate(verdict.answers))
    return tuple(found)


def became(before: Recording, afters: Sequence[Recording]) -> Hero:
    """Return the content of the picture: the spans of the before, and their losses in each after."""
    verdicts = [judge(before, after) for after in afters]
    lost = [frozenset(losses(verdict)) for verdict in verdicts]
    sides = [_paired(before, after) for after in afters]
    roots = places(before.normalized_spans())
    # Of equal ones the first.
    number = max(range(len(roots)), key=lambda root: (_severity(roots[root], lost), -root))
    shown = list(roots[number].walk())
    lines = tuple(_line(place, sides, lost) for place in shown)
    facts = _facts([place for root in roots for place in root.walk()])
    counted = frozenset(chain.from_iterable(facts.values()))
    return Hero(
        # Requests are sent one after the other, so that their traces begin in the same order.
        dict(zip(range(len(roots)), before.normalized_answers(), strict=True))[number],
        len(roots),
        (
            Column("before", LIBRARIES[before.variant], before.label),
            *(
                Column("after", LIBRARIES[after.variant], after.label, len(each), len(each - counted))
                for after, each in zip(afters, lost, strict=True)
            ),
        ),
        lines,
        tuple(_tallies(facts, lost)),
        _detail(before, shown, lines, sides),
    )


def in_words(hero: Hero) -> str:
    """Return the content of the picture in words."""
    columns = " ".join(_column_in_words(hero, number) for number in range(len(hero.columns)))
    return f"The spans of a request, {request(hero)}, in {len(hero.columns)} columns. {columns}"


def request(hero: Hero) -> str:
    """Return the request of the trace in the picture, and its status."""
    return f"{hero.answer.request}, answered {hero.answer.status}"


def _column_in_words(hero: Hero, number: int) -> str:
    column = hero.columns[number]
    head = f"{column.side.capitalize()}, {column.library}"
    if not number:
        spans = (f"{line.name} {line.kinds[0].value} {line.statuses[0].value}" for line in hero.lines)
        return f"{head}: {', '.join(spans)}."
    struck: dict[str, dict[str, None]] = {}
    for line in hero.lines:
        for cell in (line.kinds[number], line.statuses[number]):
            if cell.lost:
                struck.setdefault(cell.value, {})[cell.was] = None
    marked = [f"{' and '.join(olds)} struck through for {now}" for now, olds in struck.items()]
    counts = [f"{sum(t.arrived[number])} of {len(t.arrived[number])} {t.label}" for t in hero.tallies]
    others = f" Other losses: {column.others}." if column.others else ""
    return (
        f"{head}: {', '.join(marked) or 'nothing is struck through'}; "
        f"of all {hero.requests} requests {' and '.join(counts)} arrive.{others}"
    )


def _unexplained(difference: Difference) -> Iterator[Loss]:
    match difference:
        case Missing(path):
            yield Loss(path, "")
        case Moved(path):
            yield Loss(path, "parent")
        case Changed(path, field, before) if before is not None:
            yield Loss(path, field)


def _paired(before: Recording, after: Recording) -> dict[str, Span]:
    """Return the counterparts in the after by the path in the before."""
    return {
        pair.path: pair.new for pair in compare(before.normalized_spans(), after.normalized_spans()).pairs
    }


def _severity(root: Place, lost: Sequence[frozenset[Loss]]) -> tuple[int, int, int]:
    """Count the fields that a trace lost, its losses and its errors."""
    paths = {place.path for place in root.walk()}
    here = [loss for each in lost for loss in each if loss.path in paths]
    errors = [place for place in root.walk() if place.span.status.code is StatusCode.ERROR]
    return len({loss.field for loss in here}), len(here), len(errors)


def _line(place: Place, sides: Sequence[Mapping[str, Span]], lost: Sequence[frozenset[Loss]]) -> Line:
    def cells(field: str) -> tuple[Cell, ...]:
        was = _value(place.span, field)
        return (
            Cell(was),
            *(_cell(was, side.get(place.path), Loss(place.path, field), of) for side, of in both),
        )

    both = list(zip(sides, lost, strict=True))
    return Line(place.span.name, place.span.service, place.depth, cells(KIND), cells(STATUS))


def _cell(was: str, span: Span | None, loss: Loss, lost: frozenset[Loss]) -> Cell:
    if span is None:
        return Cell("gone", was, lost=True)
    value = _value(span, loss.field)
    return Cell(value, was if value != was else "", loss in lost)


def _value(span: Span, field: str) -> str:
    return {KIND: span.kind.name, STATUS: span.status.code.name}[field]


def _facts(every: Sequence[Place]) -> dict[str, list[Loss]]:
    """Return all facts of each sort that the picture counts."""
    return {
        "spans": [Loss(place.path, "") for place in every],
        "errors": [Loss(place.path, STATUS) for place in every if place.span.status.code is StatusCode.ERROR],
        "kinds": [Loss(place.path, KIND) for place in every if place.span.kind is not Kind.UNSPECIFIED],
    }


def _tallies(facts: Mapping[str, list[Loss]], lost: Sequence[frozenset[Loss]]) -> Iterator[Tally]:
    for label, all_of_it in facts.items():
        # The kind and the status of a span that is missing do not arrive either.
        arrived = [tuple(not {fact, Loss(fact.path, "")} & each for fact in all_of_it) for each in lost]
        if label != "spans" or not all(map(all, arrived)):
            yield Tally(label, ((True,) * len(all_of_it), *arrived))


def _detail(
    before: Recording, shown: Sequence[Place], lines: Sequence[Line], sides: Sequence[Mapping[str, Span]]
) -> Detail | None:
    """Return the detail of the last line that lost an error, None if no line did."""
    errors = [
        number
        for number, line in enumerate(lines)
        if line.statuses[0].value == StatusCode.ERROR.name and any(cell.lost for cell in line.statuses)
    ]
    if not errors:
        return None
    path = shown[errors[-1]].path
    spans = (shown[errors[-1]].span, *(side.get(path) for side in sides))
    return Detail(errors[-1], _code(before), tuple(tuple(_errors(span)) for span in spans))


def _errors(span: Span | None) -> Iterator[str]:
    for key, value in span.attributes.items() if span else ():
        if key.partition(".")[0] == "error":
            yield f"{key} = {literal(value)}"


def _code(recording: Recording) -> str:
    """Return the call that marks a span as failed in a variant; raise LookupError if there is none."""
    path = ROOT / VARIANTS[recording.variant].package / f"{recording.flow}.py"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            arguments = ", ".join(map(ast.unparse, node.args))
            if arguments.startswith("tags.ERROR,"):
                return f"{node.func.attr}({arguments})"
    raise LookupError(f"{path} sets no error tag")
