"""The facts of two spans as the lines of a table: what was there, what is there, what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ot2otel.compare.facts import KIND, NAME, ORDER, PARENT, STATUS, TRACE, Content, Place, literal
from ot2otel.compare.forms import ORPHAN, Placed
from ot2otel.compare.judgement import UNEXPLAINED, Grade, Settled
from ot2otel.compare.rules.rule import Rule
from ot2otel.model import Span
from ot2otel.outline import printable
from ot2otel.report.html.alignment import Aligned
from ot2otel.report.telling import label

_PARENT = (PARENT, ("parent", "absent"), ("root",))
_OF_POSITION = (*_PARENT, TRACE, ORDER)
_NO_PARENT = "none: a root"
_ELSEWHERE = "a span outside the recording"
_SECTIONS = {"attributes": "Attributes", "resource": "Resource", "scope": "Scope", "link": "Link"}


@dataclass(frozen=True, slots=True)
class Line:
    """One fact, or two of which one became the other; None for a side without it."""

    section: str
    name: str
    old: str | None
    new: str | None
    grade: Grade
    note: str = ""
    rules: tuple[Rule, ...] = ()


def lines(row: Aligned, settled: Sequence[Settled]) -> tuple[Line, ...]:
    """Return the facts of a row; `settled` is all that was settled about spans with its contents."""
    sides = (
        _Values(row.old.node.content if row.old else None, row.old.span if row.old else None),
        _Values(row.new.node.content if row.new else None, row.new.span if row.new else None),
    )
    found = [line for one in own(row, settled) for line in _lines(one, row, *sides)]
    return tuple(sorted(found, key=_rank))


def own(row: Aligned, settled: Sequence[Settled]) -> Iterator[Settled]:
    """Yield what is settled about this very row: spans of equal contents may stand at unlike places."""
    return (one for one in settled if _is_own(one, row))


def _is_own(one: Settled, row: Aligned) -> bool:
    places = one.old or one.new
    if not (places and places[0] in _OF_POSITION) or not (row.old and row.new):
        return True
    return places[0] != ORDER and (one.grade is not Grade.KEPT) == _stands_elsewhere(row)


def _stands_elsewhere(row: Aligned) -> bool:
    return row.moved or bool(row.old and row.new and row.old.node.parent != row.new.node.parent)


@dataclass(frozen=True, slots=True)
class _Values:
    content: Content | None
    span: Span | None

    def at(self, place: Place) -> str | None:
        """Return the value at a place as text, None if the span says nothing there."""
        if self.content is None or self.span is None:
            return None
        stack = self._stack(place)
        if stack is not None:
            return literal(stack)
        value = self.content.value(place)
        return None if value is None and place not in self.content.shape.index else literal(value)

    def _stack(self, place: Place) -> object:
        """Return a stack trace as it stands in the file: the comparison keeps its last line alone."""
        match place:
            case ("event", int() as number, "attributes", "exception.stacktrace" | "stack" as key):
                return self.span.events[number].attributes.get(key) if self.span else None
            case ("attributes", "exception.stacktrace" | "stack" as key):
                return self.span.attributes.get(key) if self.span else None
            case _:
                return None


def _lines(one: Settled, row: Aligned, before: _Values, after: _Values) -> Iterator[Line]:
    note = _note(one, row)
    both = [place for place in one.old if place in one.new]
    olds = [place for place in one.old if place not in both]
    news = [place for place in one.new if place not in both]
    if any(place in _PARENT for place in (*one.old, *one.new)):
        yield Line("Span", "parent", *_parents(row), one.grade, note, one.rules)
    elif any(place in _OF_POSITION for place in (*one.old, *one.new)) and one.grade is not Grade.KEPT:
        name = str((one.old or one.new)[0][0])
        yield Line("Span", name, None, None, one.grade, note, one.rules)
    both, olds, news = (
        [place for place in places if place not in _OF_POSITION] for places in (both, olds, news)
    )
    if len(olds) == len(news) == 1:
        section, old_name = _named(olds[0], before)
        new_section, name = _named(news[0], after)
        renamed = f"{old_name} → {name}" if (section, old_name) != (new_section, name) else name
        if section != new_section:
            renamed = f"{old_name} → {label_of(news[0])}"
        yield Line(section, renamed, before.at(olds[0]), after.at(news[0]), one.grade, note, one.rules)
        olds, news = [], []
    for place in both:
        yield Line(*_named(place, before), before.at(place), after.at(place), one.grade, note, one.rules)
    for place in olds:
        yield Line(*_named(place, before), before.at(place), None, one.grade, note, one.rules)
    for place in news:
        yield Line(*_named(place, after), None, after.at(place), one.grade, note, one.rules)


def _note(one: Settled, row: Aligned) -> str:
    if one.grade not in UNEXPLAINED or not (row.old and row.new):
        return ""
    if not one.rules:
        return "no rule"
    rules = " and ".join(rule.name for rule in one.rules)
    if one.expected:
        expected = one.expected(row.old.node.content.values, row.new.node.content.values)
        return f"{rules} wants {literal(expected)}"
    return f"{rules} wants another value"


def _parents(row: Aligned) -> tuple[str | None, str | None]:
    old = None if row.old is None else parent_name(row.old.node.parent, row.old_parent)
    new = None if row.new is None else parent_name(row.new.node.parent, row.new_parent)
    return old, new


def parent_name(relation: str, parent: Placed | None) -> str:
    """Return the name of a span's parent, or why it has none."""
    if parent is not None:
        return literal(parent.span.name)
    return _ELSEWHERE if relation == ORPHAN else _NO_PARENT


def label_of(place: Place) -> str:
    """Return a place in words."""
    return label(".".join(str(part) for part in place if not isinstance(part, int)))


def _named(place: Place, side: _Values) -> tuple[str, str]:
    """Return the section of a fact and its name there."""
    match place:
        case ("event", int() as number, *rest):
            event = side.span.events[number].name if side.span and number < len(side.span.events) else ""
            return f"Event {number + 1}: {event}", ".".join(map(str, rest)).removeprefix("attributes.")
        case ("link", int() as number, *rest):
            return f"Link {number + 1}", ".".join(map(str, rest)).removeprefix("attributes.")
        case (("attributes" | "resource") as section, key):
            return _SECTIONS[section], str(key)
        case ("scope", *rest):
            return "Scope", ".".join(map(str, rest)).removeprefix("attributes.")
        case _:
            return "Span", {NAME: "name", KIND: "kind", STATUS: "status"}.get(place, label_of(place))


_ORDER = ("Span", "Attributes", "Event", "Link", "Scope", "Resource")
_FIRST = ("name", "kind", "status", "status message", "parent")


def _rank(line: Line) -> tuple[int, str, int, str]:
    section = next((n for n, name in enumerate(_ORDER) if line.section.startswith(name)), len(_ORDER))
    first = _FIRST.index(line.name) if section == 0 and line.name in _FIRST else len(_FIRST)
    return section, line.section, first, printable(line.name)
