"""Noise: values that differ between two runs of the unchanged program.

A changed value is split at its separators. A token is noise only where the tokens in that place vary without
end on both sides; the rest of the value must be the same. `--noise` measures it with a second run instead.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from ot2otel.compare.comparison import Judged, Row
from ot2otel.compare.findings import field_of
from ot2otel.compare.judgement import Grade, Settled
from ot2otel.compare.tokens import structure, tokens

# Tokens vary without end if there are so many, and this part of them is distinct.
_LEAST_TOKENS = 10
_DISTINCT = 0.5
_COMMON = 0.5

# Where values are compared: the service, and the fields of the before and of the after.
_Where: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Measured:
    """What differed between two runs of the unchanged program.

    `tokens` are the numbers of the tokens that differed, per field and structure of its values. `absent` are
    the fields that one run alone had.
    """

    tokens: frozenset[tuple[_Where, tuple[str, ...], int]] = frozenset()
    absent: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class _Pair:
    """A value that the after should have, and the one that it has, as tokens; how often."""

    expected: Sequence[str]
    found: Sequence[str]
    times: int


def without_noise(judged: Iterable[Judged], measured: Measured | None = None) -> list[Judged]:
    """Return the judgements, with grade NOISE for changed facts that differ in nothing but noise.

    With `measured`, noise is what differed there too; without it, tokens that vary without end on both sides.
    """
    kept: list[Judged] = []
    changed: dict[_Where, list[tuple[Settled, Row]]] = defaultdict(list)
    for each in judged:
        doubtful = [one for one in each.settled if _may_be_noise(one) or (measured and _is_one_sided(one))]
        if not doubtful:
            kept.append(each)
            continue
        sure = [one for one in each.settled if one not in doubtful]
        if sure:
            kept.append(Judged(sure, each.rows))
        for settled in doubtful:
            for row in each.rows:
                changed[_where(settled, row)].append((settled, row))
    for where, facts in changed.items():
        kept += _regraded(facts, _noisy(where, facts, measured))
    return kept


def measure(judged: Iterable[Judged]) -> Measured:
    """Return the noise between two runs of the unchanged program, whose comparison this is."""
    found: set[tuple[_Where, tuple[str, ...], int]] = set()
    absent: set[tuple[str, str]] = set()
    for each in judged:
        for settled in each.settled:
            for row in each.rows:
                if _may_be_noise(settled):
                    where, pair = _where(settled, row), _pair(settled, row)
                    if pair is not None:
                        found |= {(where, structure(pair.expected), index) for index in _differing(pair)}
                elif _is_one_sided(settled):
                    absent.add((_service(row), field_of((settled.old or settled.new)[0])))
    return Measured(frozenset(found), frozenset(absent))


def _may_be_noise(settled: Settled) -> bool:
    return settled.grade is Grade.CHANGED and bool(settled.new) and bool(settled.old or settled.expected)


def _is_one_sided(settled: Settled) -> bool:
    return settled.grade in (Grade.GONE, Grade.NEW) and bool(settled.old or settled.new)


def _service(row: Row) -> str:
    content = row.old or row.new
    return content.service if content else ""


def _where(settled: Settled, row: Row) -> _Where:
    old, new = (field_of(places[0]) if places else "" for places in (settled.old, settled.new))
    return _service(row), old, new


def _pair(settled: Settled, row: Row) -> _Pair | None:
    """Return the values of a changed fact, None if they can't be noise: a retyped value, other separators."""
    if row.old is None or row.new is None or not settled.new:
        return None
    expected = (
        settled.expected(row.old.values, row.new.values)
        if settled.expected
        else row.old.value(settled.old[0])
    )
    found = row.new.value(settled.new[0])
    if type(expected) is not type(found) or not _is_plain(expected):
        return None
    parts = tokens(str(expected)), tokens(str(found))
    return _Pair(*parts, row.times.count) if structure(parts[0]) == structure(parts[1]) else None


def _is_plain(value: Any) -> bool:  # Any: a value of a fact
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def _differing(pair: _Pair) -> list[int]:
    return [index for index in range(0, len(pair.expected), 2) if pair.expected[index] != pair.found[index]]


def _noisy(where: _Where, facts: Sequence[tuple[Settled, Row]], measured: Measured | None) -> Sequence[bool]:
    """Tell for each changed fact of one field whether it differs in nothing but noise."""
    if measured:
        return [_is_measured(where, settled, row, measured) for settled, row in facts]
    pairs = [_pair(settled, row) for settled, row in facts]
    by_structure: dict[tuple[str, ...], list[_Pair]] = defaultdict(list)
    for pair in pairs:
        if pair is not None:
            by_structure[structure(pair.expected)].append(pair)
    endless = {separators: frozenset(_endless(found)) for separators, found in by_structure.items()}
    return [
        pair is not None and endless[structure(pair.expected)].issuperset(_differing(pair)) for pair in pairs
    ]


def _is_measured(where: _Where, settled: Settled, row: Row, measured: Measured) -> bool:
    if _is_one_sided(settled):
        return (where[0], field_of((settled.old or settled.new)[0])) in measured.absent
    pair = _pair(settled, row)
    if pair is None:
        return False
    separators = structure(pair.expected)
    return all((where, separators, index) in measured.tokens for index in _differing(pair))


def _endless(pairs: Sequence[_Pair]) -> Iterator[int]:
    """Yield the numbers of the tokens that vary without end on both sides, and look alike there."""
    for index in range(0, len(pairs[0].expected), 2):
        sides = Counter[str](), Counter[str]()
        for pair in pairs:
            sides[0][pair.expected[index]] += pair.times
            sides[1][pair.found[index]] += pair.times
        # Where both sides have the same tokens, they tell requests apart: another one is a change.
        others = (sides[0] & sides[1]).total() <= _COMMON * sides[0].total()
        if others and all(map(_varies, sides)) and _look(sides[0]) == _look(sides[1]):
            yield index


def _varies(values: Counter[str]) -> bool:
    return values.total() >= _LEAST_TOKENS and len(values) >= _DISTINCT * values.total()


def _look(values: Iterable[str]) -> str:
    """Tell what kind of tokens these are."""
    together = "".join(values)
    if together.isdecimal():
        return "number"
    try:
        int(together, 16)
    except ValueError:
        return "word"
    return "hexadecimal"


def _regraded(facts: Sequence[tuple[Settled, Row]], noisy: Sequence[bool]) -> Iterator[Judged]:
    by_settled: dict[Settled, list[Row]] = defaultdict(list)
    for (settled, row), is_noise in zip(facts, noisy, strict=True):
        by_settled[replace(settled, grade=Grade.NOISE) if is_noise else settled].append(row)
    return (Judged((settled,), rows) for settled, rows in by_settled.items())
