"""Asks of each measure and each form whether its difference may be chance; all questions share one level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ot2otel.population.forms import FormPair
from ot2otel.population.measures import COVERAGE, FORM, TRAFFIC, Measure
from ot2otel.population.shifts import Blocks, Shift, comparable, shifts

FEWEST_TRACES = 10  # of a form, on both sides together; of fewer it can't be told whether they are chance
_Measures = Mapping[Measure, Blocks]


@dataclass(frozen=True, slots=True)
class FormShift:
    """A form's share of the traces of its operation, or of all traces if only one side has the operation.

    A form that differs from its counterpart beyond the rules has a share on one side and 0 on the other.
    """

    pair: FormPair
    shift: Shift


@dataclass(frozen=True, slots=True)
class Answers:
    """The shifts of all questions."""

    measures: Sequence[tuple[Measure, Shift]]
    forms: Sequence[FormShift]
    certain: Sequence[FormPair]

    @property
    def comparisons(self) -> int:
        """How many comparisons share the level."""
        return len(self.measures) + len(self.forms)

    def is_told(self, pair: FormPair) -> bool:
        """Tell whether a pair whose forms differ does so beyond chance."""
        return any(each is pair for each in self.certain) or any(
            each.pair is pair and each.shift.is_news for each in self.forms
        )

    def unsure(self, pairs: Sequence[FormPair]) -> tuple[int, int]:
        """Return the number of the forms that only one side has, perhaps by chance, and of their traces."""
        alone = [
            pair.after or pair.before
            for pair in pairs
            if (pair.is_new or not (pair.before and pair.after)) and not self.is_told(pair)
        ]
        return len(alone), sum(form.traces for form in alone if form)


@dataclass
class Chances:
    """Collects questions about two sides, then answers them together.

    Attributes:
        before, after: all measures of the sides.
        renamed: the after's operation for each of the before's.
        too_few: the operations of which too few traces are there.
    """

    before: _Measures
    after: _Measures
    renamed: Mapping[str, str]
    too_few: set[str] = field(default_factory=set)
    _measures: list[tuple[Measure, Blocks, Blocks]] = field(default_factory=list)
    _forms: list[tuple[FormPair, Blocks, Blocks]] = field(default_factory=list)
    _certain: list[FormPair] = field(default_factory=list)

    def ask_for_measure(self, measure: Measure) -> None:
        """Ask about a measure that both sides have.

        A key that all spans of a service have on both sides is no comparison: no chance is in it.
        """
        operation = measure.operation
        if measure.name != COVERAGE:
            operation = self.renamed.get(operation, operation)
        old, new = self.before[measure], self.after.get(Measure(measure.name, operation, measure.detail))
        if new is None or (measure.name == COVERAGE and old.ratio == new.ratio == 1):
            return
        if comparable(old, new):
            self._measures.append((measure, old, new))
        elif measure.name != COVERAGE:
            self.too_few.add(measure.operation)

    def ask_for_form(self, pair: FormPair, *, differs: bool) -> None:
        """Ask about the share of a pair's form; if its forms differ, of each by itself."""
        traces = sum(form.traces for form in (pair.before, pair.after) if form)
        if traces < FEWEST_TRACES and not self._is_most(pair):
            return
        old, new = self._shares(pair)
        if not comparable(old, new):
            if self._is_most(pair):
                self._certain.append(pair)
            return
        if not differs:
            self._forms.append((pair, old, new))
            return
        if pair.after:
            self._forms.append((pair, _none_of(old), new))
        if pair.before and not pair.is_new:
            self._forms.append((pair, old, _none_of(new)))

    def _is_most(self, pair: FormPair) -> bool:
        """Tell whether both forms are at least half of their operation's traces."""
        if not (pair.before and pair.after) or pair.is_new:
            return False
        return all(
            2 * form.traces >= measures[Measure(TRAFFIC, form.operation)].numerator
            for form, measures in ((pair.before, self.before), (pair.after, self.after))
        )

    def _shares(self, pair: FormPair) -> tuple[Blocks, Blocks]:
        """Return the share of the pair's forms on both sides, 0 on a side without."""
        form = pair.after or pair.before
        assert form
        new_name = form.operation if pair.after else self.renamed.get(form.operation, form.operation)
        was = {new: old for old, new in self.renamed.items()}
        old_name = pair.before.operation if pair.before and not pair.is_new else was.get(new_name, new_name)
        names = (old_name, new_name)
        measures = (self.before, self.after)
        known = [side.get(Measure(TRAFFIC, name)) for side, name in zip(measures, names, strict=True)]
        both = all(known)
        shares = []
        forms = (None if pair.is_new else pair.before, pair.after)
        for side, found, own in zip(measures, known, forms, strict=True):
            whole = found.numerators if both and found else _traffic(side)
            blocks = side.get(Measure(FORM, own.operation, own.signature)) if own else None
            shares.append(Blocks(blocks.numerators if blocks else [0.0] * len(whole), whole))
        return shares[0], shares[1]

    def answers(self) -> Answers:
        """Answer all questions, at one level."""
        asked = [(old, new) for _, old, new in (*self._measures, *self._forms)]
        found = shifts(asked) if asked else []
        measures = [(measure, shift) for (measure, _, _), shift in zip(self._measures, found, strict=False)]
        forms = [
            FormShift(pair, shift)
            for (pair, _, _), shift in zip(self._forms, found[len(measures) :], strict=True)
        ]
        return Answers(measures, forms, self._certain)


def _traffic(measures: _Measures) -> Sequence[float]:
    """Return the traces in each block: those of any operation are shares of the same traffic."""
    return next(each.denominators for measure, each in measures.items() if measure.name == TRAFFIC)


def _none_of(blocks: Blocks) -> Blocks:
    return Blocks([0.0] * len(blocks.denominators), blocks.denominators)
