"""Compares two populations: the forms by the rules, the measures by their shifts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ot2otel.compare.judgement import UNEXPLAINED
from ot2otel.population import forms as of_forms
from ot2otel.population.chances import Chances, FormShift
from ot2otel.population.forms import FormPair, JudgedPair, PopulationFinding
from ot2otel.population.measures import COVERAGE, FORM, TRAFFIC, Measure, Thresholds
from ot2otel.population.schemas import PopulationError
from ot2otel.population.shifts import Shift
from ot2otel.population.side import PopulationSide, Progress, Summary

_UNEVEN = 1.5  # times as long
_SHORT = 7200  # seconds; recordings of some minutes need not be equally long


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
        shifts: all measures that were compared, the news first.
        forms: the forms that came, went or changed their share, beyond chance; not those that became others.
        unsure: the number of forms that one side alone has and that may be there by chance, and their traces.
        comparisons: the number of comparisons that share the chance of a false one.
        too_few: the operations of which too few traces are there to compare measures.
        quantiles: of the durations by operation, in nanoseconds; the before's and the after's.
        traffic: the traces of each operation, in the after.
        notes: sentences about the sources.
    """

    before: Summary
    after: Summary
    findings: Sequence[PopulationFinding]
    shifts: Sequence[MeasuredShift]
    forms: Sequence[FormShift]
    unsure: tuple[int, int]
    comparisons: int
    too_few: Sequence[str]
    quantiles: tuple[Thresholds, Thresholds]
    traffic: Mapping[str, int]
    notes: Sequence[str] = ()

    @property
    def is_different(self) -> bool:
        """Tell whether something is lost, changed or new, or a measure other than the traffic shifted."""
        return bool(
            self.forms_that_came_or_went
            or any(each.finding.grade in UNEXPLAINED for each in self.findings)
            or any(each.shift.is_news and each.measure.name != TRAFFIC for each in self.shifts)
        )

    @property
    def is_answered(self) -> bool:
        """Tell whether there was enough traffic to say that the sides differ, or that they do not."""
        return bool(self.comparisons or self.findings or self.is_different or not self.unsure[0])

    @property
    def exit_code(self) -> int:
        """0 if nothing differs, 1 if something does, 2 if there was too little traffic to tell."""
        return int(self.is_different) if self.is_answered else 2

    @property
    def forms_that_came_or_went(self) -> Sequence[FormShift]:
        """The forms that one side alone has, beyond chance."""
        return [each for each in self.forms if not (each.shift.before and each.shift.after)]


def check_lengths(before: PopulationSide, after: PopulationSide) -> None:
    """Raise PopulationError if one side is much longer, like a day and half a day."""
    long = max(before.seconds, after.seconds)
    if long > _SHORT and long > _UNEVEN * min(before.seconds, after.seconds):
        sides = ", ".join(f"{side.name} has {side.seconds / 3600:.1f} h" for side in (before, after))
        raise PopulationError(
            f"The sides are not equally long: {sides}. Other hours have other traffic; choose the same ones, "
            "or compare them all the same with --uneven."
        )


def compare_populations(
    before: PopulationSide, after: PopulationSide, progress: Progress
) -> PopulationVerdict:
    """Compare two populations, each in its own engine.

    A key that has many values on one side makes no forms on either: else equal traces had unequal forms.
    """
    many = before.many | after.many
    for side in (before, after):
        side.group(many, progress)
    progress("bringing the forms home")
    olds, news = before.forms(), after.forms()
    noise = of_forms.noise_of(olds)
    progress(f"judging {len(olds) + len(news)} forms")
    pairs = of_forms.pair_forms(olds, news, noise)
    judged = list(of_forms.judge_pairs(pairs, noise))
    progress("measuring the operations")
    renamed = of_forms.renamed(pairs)
    quantiles = before.quantiles(), after.quantiles()
    old_measures = before.measures(quantiles[0])
    new_measures = after.measures(
        {renamed.get(operation, operation): each for operation, each in quantiles[0].items()}
    )
    chances = Chances(old_measures, new_measures, renamed)
    _ask_for_measures(chances, old_measures)
    for pair in pairs:
        chances.ask_for_form(pair, differs=_differs(pair, judged))
    answers = chances.answers()
    told = [each for each in judged if not _differs(each.pair, judged) or answers.is_told(each.pair)]
    return PopulationVerdict(
        before.summary,
        after.summary,
        of_forms.findings(told),
        sorted(
            (MeasuredShift(measure, shift, _other(measure, renamed)) for measure, shift in answers.measures),
            key=lambda each: (not each.shift.is_news, each.shift.p, each.measure),
        ),
        [each for each in answers.forms if each.shift.is_news and not _became(each.pair, judged)],
        answers.unsure(pairs),
        answers.comparisons,
        sorted(chances.too_few),
        quantiles,
        {
            measure.operation: round(blocks.numerator)
            for measure, blocks in new_measures.items()
            if measure.name == TRAFFIC
        },
    )


def _ask_for_measures(chances: Chances, before: Mapping[Measure, object]) -> None:
    for measure in before:
        if measure.name != FORM:
            chances.ask_for_measure(measure)


def _differs(pair: FormPair, judged: Sequence[JudgedPair]) -> bool:
    """Tell whether the after's form is another one than the before's, beyond the rules."""
    if pair.is_new or not (pair.before and pair.after):
        return True
    return any(each.pair is pair and each.is_unexplained for each in judged)


def _became(pair: FormPair, judged: Sequence[JudgedPair]) -> bool:
    """Tell whether one form became another: the findings tell that already."""
    return bool(pair.before and pair.after and not pair.is_new and _differs(pair, judged))


def _other(measure: Measure, renamed: Mapping[str, str]) -> str:
    """Return the after's name of the measure's operation, if it is another one."""
    new = renamed.get(measure.operation, measure.operation)
    return new if new != measure.operation and measure.name != COVERAGE else ""
