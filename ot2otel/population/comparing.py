"""Compares two populations: the forms by the rules, the measures by their shifts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ot2otel.population import forms as of_forms
from ot2otel.population.forms import Form, FormPair, PopulationFinding
from ot2otel.population.measures import Measure
from ot2otel.population.shifts import Blocks, Shift, comparable, shifts
from ot2otel.population.side import PopulationSide, Progress, Summary


@dataclass(frozen=True, slots=True)
class MeasuredShift:
    """A measure of both sides; `renamed` is the after's operation, if it has another name."""

    measure: Measure
    shift: Shift
    renamed: str = ""


@dataclass(frozen=True, slots=True)
class PopulationVerdict:
    """The comparison of two populations.

    Attributes:
        before, after: the sides in short.
        findings: what became of the spans, by the rules, in facts of the whole population.
        shifts: all measures that could be compared, the news first.
        pairs: the forms, each beside its counterpart.
        too_few: the operations of which too few traces are there to compare measures.
    """

    before: Summary
    after: Summary
    findings: Sequence[PopulationFinding]
    shifts: Sequence[MeasuredShift]
    pairs: Sequence[FormPair]
    too_few: Sequence[str]


def compare_populations(
    before: PopulationSide, after: PopulationSide, progress: Progress
) -> PopulationVerdict:
    """Compare two populations, each in its own engine."""
    progress("bringing the forms home")
    olds, news = before.forms(), after.forms()
    noise = of_forms.noise_of(olds)
    progress(f"judging {len(olds) + len(news)} forms")
    pairs = of_forms.pair_forms(olds, news, noise)
    found = of_forms.findings(of_forms.judge_pairs(pairs, noise))
    progress("measuring the operations")
    renamed = _renamed(pairs)
    thresholds = before.quantiles()
    old_measures = before.measures(thresholds)
    new_measures = after.measures(
        {renamed.get(operation, operation): each for operation, each in thresholds.items()}
    )
    moved, too_few = _shifts(old_measures, new_measures, renamed)
    return PopulationVerdict(before.summary, after.summary, found, moved, pairs, too_few)


def _renamed(pairs: Sequence[FormPair]) -> Mapping[str, str]:
    """Return the after's operation for each of the before's: that of the most traces of its pairs."""
    votes: dict[str, dict[str, int]] = {}
    for pair in pairs:
        if pair.before and pair.after and not pair.is_new:
            votes.setdefault(pair.before.operation, {}).setdefault(pair.after.operation, 0)
            votes[pair.before.operation][pair.after.operation] += _least(pair.before, pair.after)
    return {old: max(found, key=lambda new: found[new]) for old, found in votes.items()}


def _least(before: Form, after: Form) -> int:
    return min(before.traces, after.traces)


def _shifts(
    before: Mapping[Measure, Blocks], after: Mapping[Measure, Blocks], renamed: Mapping[str, str]
) -> tuple[list[MeasuredShift], list[str]]:
    """Compare the measures that both sides have; a form's share is told with the form itself."""
    chosen: list[tuple[Measure, Blocks, Blocks]] = []
    too_few: set[str] = set()
    for measure, old in before.items():
        operation = renamed.get(measure.operation, measure.operation)
        new = after.get(Measure(measure.name, operation))
        if measure.detail or new is None:
            continue
        if comparable(old, new):
            chosen.append((measure, old, new))
        else:
            too_few.add(measure.operation)
    found = shifts([(old, new) for _, old, new in chosen]) if chosen else []
    moved = [
        MeasuredShift(
            measure,
            shift,
            "" if renamed.get(measure.operation) == measure.operation else renamed.get(measure.operation, ""),
        )
        for (measure, _, _), shift in zip(chosen, found, strict=True)
    ]
    return sorted(moved, key=lambda each: (not each.shift.is_news, each.shift.p)), sorted(too_few)
