"""A failed comparison in at most 15 lines: the findings, both trees, and the command that accepts it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rich.cells import cell_len

from ot2otel.compare.findings import Finding
from ot2otel.compare.judgement import Grade
from ot2otel.compare.trees import Cell
from ot2otel.compare.verdict import Verdict
from ot2otel.model import Kind, StatusCode
from ot2otel.report.beside import Row, blocks
from ot2otel.report.screen import UNICODE, Screen
from ot2otel.report.telling import NO_NAME, Told, sentence, told
from ot2otel.testing.order import Branch

MOST_LINES = 15
_MOST_FINDINGS = 5
_WIDTH = 108
_SCREEN = Screen(_WIDTH)
# A row of a table: mark, the snapshot's span, the span now.
_Line = tuple[str, str, str]


def failure(
    name: str,
    verdict: Verdict,
    last: str,
    remarks: Sequence[str],
    fails_for: Callable[[Finding], bool],
) -> str:
    """Return the text. `last` is its last line; `fails_for` tells which findings are named."""
    lines = [f"{name}: {verdict.outcome.value}, {sentence(verdict)}"]
    found = [line for line in told(verdict.findings) if any(map(fails_for, line.findings))]
    room = _MOST_FINDINGS if len(found) <= _MOST_FINDINGS else _MOST_FINDINGS - 1
    lines += [f"  {_finding(line)}" for line in found[:room]]
    if len(found) > room:
        lines.append(f"  and {len(found) - room} more")
    after = [_cut(remark) for remark in remarks[:2]] + [last]
    lines += _trees(verdict, found, MOST_LINES - len(lines) - len(after))
    return "\n".join([*map(_cut, lines), *after])


def missing(path: str, now: Sequence[Branch], last: str) -> str:
    """Return the text for a snapshot that is not there yet: the tree that it would have."""
    spans = [line for root in now for line in _names(root, 1)]
    room = MOST_LINES - 3
    more = [f"  and {len(spans) - room} more"] if len(spans) > room else []
    return "\n".join([f"There is no snapshot {path}. The spans now:", *spans[:room], *more, last])


def _names(branch: Branch, depth: int) -> Iterator[str]:
    span = branch.span
    yield _cut(_span(depth, Cell(span.service, span.name, span.kind, span.status.code)))
    for child in branch.children:
        yield from _names(child, depth + 1)


def _cut(text: str) -> str:
    return _SCREEN.cut(_SCREEN.safe(text), _WIDTH)


def _finding(line: Told) -> str:
    mark = UNICODE.grades[line.grade]
    unit = line.unit.removesuffix("s") if line.of == 1 else line.unit
    change = f" {line.old} {UNICODE.arrow} {line.new}" if line.old or line.new else ""
    left = f" ({line.left})" if line.left else ""
    spans = dict.fromkeys(name for finding in line.findings for name in finding.spans)
    names = ", ".join(spans) if not line.is_span and not _is_resource(line) else ""
    of = f" of {names}" if names else ""
    rules = "".join(f" [{rule.name}]" for rule in line.rules[:1]) if line.grade is Grade.DEGRADED else ""
    begin, end = f"{mark} {line.subject}{change}".replace("  ", " "), f"{of}: {line.n} of {line.of} {unit}"
    short = f"{end}, {line.grade.value}{rules}"
    # A rule's consequence, and what stands in place of the old, are told where there is room.
    texts = (f"{begin}{left}{end}, {line.note}{rules}", f"{begin}{left}{short}", f"{begin}{short}")
    return next((text for text in texts if cell_len(text) <= _WIDTH - 2), texts[-1])


def _is_resource(line: Told) -> bool:
    return line.unit == "resources"


def _trees(verdict: Verdict, found: Sequence[Told], room: int) -> list[str]:
    """Return both trees beside each other, the differing spans marked; if need be those alone."""
    rows = [_row(row, found) for block in blocks([verdict]) or [] for row in block.rows]
    room -= 1  # the heading
    if len(rows) > room:
        kept = _with_parents(rows, room - 1)
        left = len(rows) - len(kept)
        rows = [*kept, (0, ("", f"{UNICODE.cut} {left} more {'span' if left == 1 else 'spans'}", ""))]
    lines = [("", "snapshot", "now"), *(line for _, line in rows)]
    width = min(max(cell_len(old) for _, old, _ in lines), (_WIDTH - 6) // 2)
    return [f"{mark:>2} {_padded(old, width)}  {new}".rstrip() for mark, old, new in lines]


def _padded(text: str, width: int) -> str:
    shown = _SCREEN.cut(text, width)
    return shown + " " * (width - cell_len(shown))


def _with_parents(rows: Sequence[tuple[int, _Line]], room: int) -> list[tuple[int, _Line]]:
    """Return as many rows as there is room for: the marked ones first, each with those above it."""
    kept: set[int] = set()
    for number, (depth, (mark, _, _)) in enumerate(rows):
        if not mark:
            continue
        wanted = {number}
        for above in range(number - 1, -1, -1):
            if rows[above][0] < depth:
                wanted.add(above)
                depth = rows[above][0]
        if len(kept | wanted) <= room:
            kept |= wanted
    for number in range(len(rows)):
        if len(kept) < room:
            kept.add(number)
    return [rows[number] for number in sorted(kept)]


def _row(row: Row, found: Sequence[Told]) -> tuple[int, _Line]:
    after = row.afters[0]
    cell = after.cell if after is not None else None
    shown = row.before or cell
    grades = [
        line.grade
        for line in found
        if not _is_resource(line)
        for finding in line.findings
        if shown is not None and finding.service == shown.service and shown.name in finding.spans
    ]
    if not grades and after is not None and after.has_loss:
        grades += [after.name, after.kind, after.status, after.place]
    order = list(Grade)
    grades = [grade for grade in grades if grade is not Grade.KEPT]
    mark = UNICODE.grades[max(grades, key=order.index)] if grades else ""
    return row.depth, (mark, _span(row.depth, row.before), _span(row.depth, cell) or "(gone)")


def _span(depth: int, cell: Cell | None) -> str:
    if cell is None:
        return ""
    facts = [cell.kind.name] if cell.kind is not Kind.UNSPECIFIED else []
    facts += [cell.status.name] if cell.status is not StatusCode.UNSET else []
    return "  " * depth + " ".join([_SCREEN.safe(cell.name) or NO_NAME, *facts])
