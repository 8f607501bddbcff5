"""Noise: values that differ between two runs of the unchanged program.

A changed value is split at its separators. A token is noise only where the tokens in that place vary without
end on both sides; the rest of the value must be the same. `--noise` measures it with a second run instead.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from ot2otel.compare.addresses import Address, AddressMap, is_other_copy, rewritten
from ot2otel.compare.facts import same
from ot2otel.compare.findings import ADDRESS, Finding, field_of
from ot2otel.compare.judgement import GRADES, Grade, Settled
from ot2otel.compare.rows import Judged, Row
from ot2otel.compare.tokens import structure, tokens

# Tokens vary without end if there are so many, and this part of them is distinct.
_LEAST_TOKENS = 10
_DISTINCT = 0.5
_COMMON = 0.5

# Where values are compared: the service, and the fields of the before and of the after.
_Where: TypeAlias = tuple[str, str, str]
# A changed fact, with the value that the after should have and the one that it has.
_Values: TypeAlias = "tuple[Any, Any] | None"  # Any: values of facts
# With the types of the values, as 8080 and 8080.0 are equal.
_Types: TypeAlias = tuple[type, ...]
_Doubt: TypeAlias = tuple[Settled, _Values, _Types]


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


@dataclass(slots=True)
class Noise:
    """What is known of noise: addresses, those of them that the user `said`, and another run's noise.

    `counts` tells how many facts had each address.
    """

    addresses: AddressMap = field(default_factory=dict)
    said: AddressMap = field(default_factory=dict)
    measured: Measured | None = None
    counts: Counter[Address] = field(default_factory=Counter)

    def findings(self) -> Iterator[Finding]:
        """Yield a finding for each address that another stands for, but for those that the user named."""
        for old, times in self.counts.items():
            if old not in self.said:
                text, name = self.addresses[old].text, ADDRESS.name
                yield Finding(Grade.NOISE, "", (), name, name, old.text, text, times, times, (ADDRESS,))

    def regraded(self, judged: Iterable[Judged]) -> list[Judged]:
        """Return the judgements, with another grade for changed facts that differ in nothing but noise.

        A fact with another address alone, as the user said, is kept. By a rule that expected it, it has the
        grade of that rule.
        """
        kept: list[Judged] = []
        doubtful: dict[_Where, dict[_Doubt, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for each in judged:
            sure = []
            for one in each.settled:
                if _may_be_noise(one) or (self.measured and _is_one_sided(one)):
                    for (service, values, types), rows in _by_values(one, each.rows).items():
                        doubtful[_where(one, service)][one, values, types] += rows
                else:
                    sure.append(one)
            if sure:
                kept.append(each if len(sure) == len(each.settled) else Judged(sure, each.rows))
        for where, facts in doubtful.items():
            kept += self._judged_again(where, facts)
        return kept

    def _judged_again(self, where: _Where, facts: Mapping[_Doubt, list[Row]]) -> Iterator[Judged]:
        by_settled: dict[Settled, list[Row]] = defaultdict(list)
        left: list[tuple[Settled, list[Row], _Pair | None]] = []
        for (settled, values, _), rows in facts.items():
            times = sum(row.times.count for row in rows)
            grade, pair = self._but_for_addresses(settled, values, times)
            if grade is None:
                left.append((settled, rows, pair))
            else:
                by_settled[replace(settled, grade=grade, rules=(*settled.rules, ADDRESS))] += rows
        for (settled, rows, _), is_noise in zip(left, self._noisy(where, left), strict=True):
            by_settled[replace(settled, grade=Grade.NOISE) if is_noise else settled] += rows
        return (Judged((settled,), rows) for settled, rows in by_settled.items())

    def _but_for_addresses(
        self, settled: Settled, values: _Values, times: int
    ) -> tuple[Grade | None, _Pair | None]:
        """Return the grade of a fact that differs in addresses alone, else None and its values."""
        if values is None:
            return None, None
        place = settled.new[0]
        expected, olds = rewritten(place, values[0], self.addresses)
        if not olds or not (
            same(expected, values[1]) or is_other_copy(place, values[0], values[1], self.addresses)
        ):
            return None, _pair(expected, values[1], times)
        for old in olds:
            self.counts[old] += times
        if settled.rules:
            return GRADES[settled.rules[0].effect], None
        return (Grade.KEPT if all(old in self.said for old in olds) else Grade.NOISE), None

    def _noisy(
        self, where: _Where, facts: Sequence[tuple[Settled, list[Row], _Pair | None]]
    ) -> Sequence[bool]:
        """Tell for each changed fact of one field whether it differs in nothing but noise."""
        if self.measured:
            measured = self.measured
            return [_is_measured(where, settled, pair, measured) for settled, _, pair in facts]
        by_structure: dict[tuple[str, ...], list[_Pair]] = defaultdict(list)
        for *_, pair in facts:
            if pair is not None:
                by_structure[structure(pair.expected)].append(pair)
        endless = {separators: frozenset(_endless(found)) for separators, found in by_structure.items()}
        return [
            pair is not None and endless[structure(pair.expected)].issuperset(_differing(pair))
            for *_, pair in facts
        ]


def measure(judged: Iterable[Judged]) -> Measured:
    """Return the noise between two runs of the unchanged program, whose comparison this is."""
    found: set[tuple[_Where, tuple[str, ...], int]] = set()
    absent: set[tuple[str, str]] = set()
    for each in judged:
        for settled in each.settled:
            for row in each.rows:
                if _may_be_noise(settled):
                    where, values = _where(settled, _service(row)), settled.values(row.old, row.new)
                    pair = _pair(*values, row.times.count) if values else None
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


def _by_values(settled: Settled, rows: Iterable[Row]) -> Mapping[tuple[str, _Values, _Types], list[Row]]:
    """Group rows by their service and by the values of a fact."""
    found: dict[tuple[str, _Values, _Types], list[Row]] = defaultdict(list)
    for row in rows:
        values = settled.values(row.old, row.new)
        found[_service(row), values, tuple(map(type, values or ()))].append(row)
    return found


def _where(settled: Settled, service: str) -> _Where:
    old, new = (field_of(places[0]) if places else "" for places in (settled.old, settled.new))
    return service, old, new


def _pair(expected: Any, found: Any, times: int) -> _Pair | None:  # Any: values of facts
    """Return two values as tokens, None if they can't be noise: a retyped value, other separators."""
    if type(expected) is not type(found) or not _is_plain(expected):
        return None
    parts = tokens(str(expected)), tokens(str(found))
    return _Pair(*parts, times) if structure(parts[0]) == structure(parts[1]) else None


def _is_plain(value: Any) -> bool:  # Any: a value of a fact
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def _differing(pair: _Pair) -> list[int]:
    return [index for index in range(0, len(pair.expected), 2) if pair.expected[index] != pair.found[index]]


def _is_measured(where: _Where, settled: Settled, pair: _Pair | None, measured: Measured) -> bool:
    if _is_one_sided(settled):
        return (where[0], field_of((settled.old or settled.new)[0])) in measured.absent
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
