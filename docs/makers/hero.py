"""The content of the README's picture, from recordings and their verdicts.

`docs.makers.hero_svg` draws it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ot2otel.compare import trees
from ot2otel.compare.facts import literal
from ot2otel.compare.judgement import Grade
from ot2otel.compare.verdict import Verdict, judge
from ot2otel.lab.catalog import VARIANTS
from ot2otel.model import Kind, Span, StatusCode
from ot2otel.recording import Answer, Recording
from ot2otel.report.beside import After, Row, blocks
from ot2otel.report.telling import GRAVE

ROOT = Path(__file__).parents[2]
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


def losses(verdict: Verdict) -> int:
    """Count what a rule calls degraded or no rule explains, of the facts of the before, and other answers."""
    of_the_before = (each for each in verdict.findings if each.grade in GRAVE and each.old_field)
    return sum(finding.n for finding in of_the_before) + len(verdict.answers.changed)


def became(before: Recording, afters: Sequence[Recording]) -> Hero:
    """Return the content of the picture: the spans of the before, and their losses in each after.

    Raises LookupError if more traces are alike than it can tell apart.
    """
    verdicts = [judge(before, after) for after in afters]
    requests = verdicts[0].before.requests
    traces = _traces(verdicts, requests)
    # Of equal ones the first.
    shown = max(traces, key=lambda trace_id: _severity(traces[trace_id]))
    every = [row for rows in traces.values() for row in rows]
    lines = tuple(map(_line, traces[shown]))
    return Hero(
        requests[shown],
        len(traces),
        (
            Column("before", LIBRARIES[before.variant], before.label),
            *(
                Column("after", LIBRARIES[after.variant], after.label, lost, lost - _visible(every, number))
                for number, (after, lost) in enumerate(zip(afters, map(losses, verdicts), strict=True))
            ),
        ),
        lines,
        tuple(_tallies(every, len(afters))),
        _detail(lines, traces[shown], shown, (before, *afters), verdicts),
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


def _traces(verdicts: Sequence[Verdict], requests: Mapping[str, Answer]) -> dict[str, list[Row]]:
    """Return the spans of the before by their traces, in the order of the requests."""
    found = {
        trace_id: [row for row in block.rows if row.before is not None]
        for block in blocks(verdicts) or ()
        for trace_id, _ in block.examples
    }
    if not requests or found.keys() != requests.keys():
        raise LookupError("The traces cannot be told apart: record a request of each sort once.")
    return {trace_id: found[trace_id] for trace_id in requests}


def _severity(rows: Sequence[Row]) -> tuple[int, int, int]:
    """Count the fields that a trace lost, its losses and its errors."""
    lost = [
        name
        for row in rows
        for after in row.afters
        for name, grade in _grades(after).items()
        if grade in GRAVE
    ]
    errors = [row for row in rows if _before(row).status is StatusCode.ERROR]
    return len(set(lost)), len(lost), len(errors)


def _before(row: Row) -> trees.Cell:
    if row.before is None:
        raise ValueError("a row of the picture has a span of the before")
    return row.before


def _grades(after: After | None) -> dict[str, Grade]:
    return {} if after is None else {"kind": after.kind, "status": after.status}


def _line(row: Row) -> Line:
    before = _before(row)

    def cells(name: str) -> tuple[Cell, ...]:
        was = getattr(before, name).name
        return Cell(was), *(_cell(was, after, name) for after in row.afters)

    return Line(before.name, before.service, row.depth, cells("kind"), cells("status"))


def _cell(was: str, after: After | None, name: str) -> Cell:
    if after is None or after.cell is None:
        return Cell("gone", was, lost=True)
    value = getattr(after.cell, name).name
    return Cell(value, was if value != was else "", _grades(after)[name] in GRAVE)


def _visible(every: Sequence[Row], number: int) -> int:
    """Count the losses of one after that the picture counts: a missing span once."""
    found = 0
    for row in every:
        after = row.afters[number]
        if after is None or after.cell is None:
            found += 1
        else:
            found += after.kind in GRAVE and _before(row).kind is not Kind.UNSPECIFIED
            found += after.status in GRAVE and _before(row).status is StatusCode.ERROR
    return found


def _tallies(every: Sequence[Row], afters: int) -> Iterator[Tally]:
    """Yield each sort of facts; the kind and the error of a missing span do not arrive either."""
    kinds = [row for row in every if _before(row).kind is not Kind.UNSPECIFIED]
    errors = [row for row in every if _before(row).status is StatusCode.ERROR]
    for label, rows, name in (("spans", every, ""), ("errors", errors, "status"), ("kinds", kinds, "kind")):
        arrived = [tuple(_arrived(row.afters[number], name) for row in rows) for number in range(afters)]
        if label != "spans" or not all(map(all, arrived)):
            yield Tally(label, ((True,) * len(rows), *arrived))


def _arrived(after: After | None, name: str) -> bool:
    if after is None or after.cell is None:
        return False
    return not name or _grades(after)[name] not in GRAVE


def _detail(
    lines: Sequence[Line],
    rows: Sequence[Row],
    shown: str,
    recordings: Sequence[Recording],
    verdicts: Sequence[Verdict],
) -> Detail | None:
    """Return the detail of the last line that lost an error, None if no line did."""
    errors = [
        number
        for number, line in enumerate(lines)
        if line.statuses[0].value == StatusCode.ERROR.name and any(cell.lost for cell in line.statuses)
    ]
    if not errors:
        return None
    row = rows[errors[-1]]
    ids = [shown, *(_counterpart(verdict, shown) for verdict in verdicts)]
    cells = [row.before, *(after.cell if after else None for after in row.afters)]
    spans = map(_span, recordings, ids, cells)
    return Detail(errors[-1], _code(recordings[0]), tuple(tuple(_errors(span)) for span in spans))


def _counterpart(verdict: Verdict, trace_id: str) -> str:
    """Return the trace of the after that is paired with one of the before."""
    pairs = (example for tree in verdict.trees for example in tree.examples)
    return next(new for old, new in pairs if old == trace_id)


def _span(recording: Recording, trace_id: str, cell: trees.Cell | None) -> Span | None:
    """Return the first span of a trace that looks like a cell, None if the cell is empty."""
    if cell is None:
        return None
    in_trace = (span for span in recording.spans if span.trace_id == trace_id)
    return next(
        span for span in in_trace if trees.Cell(span.service, span.name, span.kind, span.status.code) == cell
    )


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
