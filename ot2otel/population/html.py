"""A comparison of populations as one HTML page: findings, forms, and a table of shares and shifts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ot2otel.compare.judgement import Grade
from ot2otel.population import text
from ot2otel.population.chances import FormShift
from ot2otel.population.comparing import MeasuredShift, PopulationVerdict
from ot2otel.population.measures import COVERAGE, ERRORS, QUANTILES, SPANS, TRAFFIC
from ot2otel.report.html import render
from ot2otel.report.screen import WIDEST, Screen

_SCREEN = Screen(WIDEST, "utf-8")
_SLOWER = tuple(f"slower than p{share * 100:g}" for share in QUANTILES)
_COLUMNS = (TRAFFIC, ERRORS, SPANS, *_SLOWER)
_HEADINGS = (TRAFFIC, ERRORS, SPANS, *(f"p{share * 100:g}, ms" for share in QUANTILES))
# The page's words for what a row is: kept, a loss by a rule, or a difference.
_STATES = {Grade.GONE: "gone", Grade.CHANGED: "gone", Grade.NEW: "gone", Grade.DEGRADED: "degraded"}
_MOST_ROWS = 500  # of a table: a page has to open


@dataclass(frozen=True, slots=True)
class _Row:
    """A finding or a form: `state` is gone, degraded or kept; `mark` is the name of a symbol."""

    state: str
    mark: str
    word: str
    words: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class _Cell:
    """A measure of one operation; `title` has its interval."""

    words: str
    title: str = ""
    is_news: bool = False


def page(verdict: PopulationVerdict) -> str:
    """Return the page; tables have at most _MOST_ROWS rows, and say so."""
    operations = _operations(verdict)
    coverage = [each for each in verdict.shifts if each.measure.name == COVERAGE]
    return render(
        "ot2otel.population/page.html.jinja",
        {
            "title": f"{text.sentence(verdict)} · ot2otel",
            "heading": "population",
            "is_different": verdict.is_different,
            "sentence": text.sentence(verdict),
            "sides": [
                (name, _SCREEN.safe(side.name), text.amount(side))
                for name, side in (("before", verdict.before), ("after", verdict.after))
            ],
            "notes": [*map(_SCREEN.safe, verdict.notes)],
            "findings": _findings(verdict)[:_MOST_ROWS],
            "forms": [_form(each) for each in verdict.forms[:_MOST_ROWS]],
            "headings": _HEADINGS,
            "operations": operations[:_MOST_ROWS],
            "coverage": [_covered(each) for each in coverage[:_MOST_ROWS]],
            "left_out": _left_out(verdict, operations, coverage),
            "rest": [*map(_SCREEN.safe, text.rest(verdict))],
        },
    )


def _left_out(verdict: PopulationVerdict, *tables: Sequence[object]) -> int:
    """Return how many rows are not on the page."""
    return sum(max(0, len(each) - _MOST_ROWS) for each in (verdict.findings, verdict.forms, *tables))


def _findings(verdict: PopulationVerdict) -> list[_Row]:
    return [
        _Row(
            _STATES.get(each.grade, "kept"),
            each.grade.value,
            each.grade.value,
            text.finding_words(each, _SCREEN),
            _SCREEN.safe(where),
        )
        for each, where in text.told_with_operations(verdict)
    ]


def _form(each: FormShift) -> _Row:
    word = "changed" if each.shift.before and each.shift.after else "gone" if each.shift.before else "new"
    return _Row("gone", word, word, _SCREEN.safe(text.form_words(each, _SCREEN)))


def _operations(verdict: PopulationVerdict) -> list[tuple[str, list[_Cell]]]:
    """Return the operations with news first, then the most frequent; each with a cell for each column."""
    shifts: dict[str, dict[str, MeasuredShift]] = {}
    for each in verdict.shifts:
        if each.measure.name in _COLUMNS:
            shifts.setdefault(each.measure.operation, {})[each.measure.name] = each
    frequent = sorted(shifts, key=lambda name: (-verdict.traffic.get(name, 0), name))
    order = sorted(frequent, key=lambda name: not _has_news(shifts[name]))
    return [(_SCREEN.safe(name or text.NO_ROOT), _cells(shifts[name], verdict)) for name in order]


def _has_news(shifts: Mapping[str, MeasuredShift]) -> bool:
    return any(each.shift.is_news for each in shifts.values())


def _cells(shifts: Mapping[str, MeasuredShift], verdict: PopulationVerdict) -> list[_Cell]:
    cells = []
    for column in _COLUMNS:
        each = shifts.get(column)
        if each is None:
            cells.append(_Cell(""))
            continue
        words = _SCREEN.safe(text.shift_words(each, verdict, _SCREEN))
        cells.append(_Cell(_values(each, verdict), words, each.shift.is_news))
    return cells


def _values(each: MeasuredShift, verdict: PopulationVerdict) -> str:
    name, shift = each.measure.name, each.shift
    if name in _SLOWER:
        return text.durations(each, verdict, _SCREEN)
    if name == SPANS:
        return f"{shift.before:.2f} → {shift.after:.2f}"
    return f"{shift.before:.2%} → {shift.after:.2%}"


def _covered(each: MeasuredShift) -> tuple[str, str, _Cell, str]:
    """Return the service, the key, the shares and the interval."""
    shift = each.shift
    interval = f"{shift.low * 100:+.2f} to {shift.high * 100:+.2f} points"
    cell = _Cell(f"{shift.before:.2%} → {shift.after:.2%}", is_news=shift.is_news)
    return _SCREEN.safe(each.measure.operation), _SCREEN.safe(each.measure.detail), cell, interval
