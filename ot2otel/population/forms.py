"""Pairs the forms of two populations and judges each pair once, by the rules of `ot2otel diff`.

A form stands for many traces and comes with some of them as examples. A pair is judged on its examples, whose
varying tokens are masked, and each finding counts for all traces of the form.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ot2otel.compare.findings import SPAN, Finding
from ot2otel.compare.judgement import UNEXPLAINED, Grade
from ot2otel.compare.noise import Measured
from ot2otel.compare.verdict import Known, Verdict, Whole, judge, measured_noise
from ot2otel.model import Span
from ot2otel.population.masks import masked
from ot2otel.recording import Recording
from ot2otel.report.telling import told_with

EXAMPLES = 24  # traces of a form that come home: twice as many as tell which values vary
# Relations of time differ between traces of one form; the measures of durations tell how times shifted.
_OF_TIME = ("time", "order", "event.time")
# Unlike forms are a pair if the share of one is at most so many times that of the other.
_LOPSIDED = 5
_NEAREST = 8  # forms of an operation that a new one is compared with


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the traces of one operation.

    Attributes:
        operation: service and name of the root, as the engine wrote it.
        traces: the number of its traces in the population.
        signature: the engine's number of it.
        examples: the spans of some of its traces, by trace.
    """

    operation: str
    traces: int
    signature: str
    examples: tuple[tuple[Span, ...], ...]

    @classmethod
    def of(cls, operation: str, traces: int, signature: str, examples: Sequence[tuple[Span, ...]]) -> Form:
        """Return a form whose examples have their varying tokens masked."""
        return cls(operation, traces, signature, masked(examples))

    def recording(self, examples: int = EXAMPLES) -> Recording:
        """Return the first examples as a recording."""
        return Recording(tuple(span for trace in self.examples[:examples] for span in trace))


@dataclass(frozen=True, slots=True)
class FormPair:
    """Two forms that are told as one: `before` became `after`.

    A form that only the after has stands beside the one that is most like it (`is_new`), or beside None.
    A form that only the before has stands beside None.
    """

    before: Form | None
    after: Form | None
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """A pair and its verdict; the findings count examples."""

    pair: FormPair
    verdict: Verdict

    @property
    def findings(self) -> Sequence[Finding]:
        """The findings that a population has an answer to: all but those about relations of time."""
        return [finding for finding in self.verdict.findings if finding.field not in _OF_TIME]

    @property
    def is_unexplained(self) -> bool:
        """Tell whether something is gone or changed without a rule, or a span is new."""
        return any(
            finding.grade in UNEXPLAINED or (finding.grade is Grade.NEW and finding.field == SPAN)
            for finding in self.findings
        )

    def scaled(self, number: int) -> int:
        """Return a number of facts of the examples as a number of facts of all traces of the after's form."""
        assert self.pair.before
        assert self.pair.after
        examples = min(len(self.pair.before.examples), len(self.pair.after.examples))
        return round(number * self.pair.after.traces / examples)


def noise_of(before: Sequence[Form]) -> Measured | None:
    """Return which values differ within the before: between two halves of the examples of its forms."""
    halves: tuple[list[Span], list[Span]] = ([], [])
    for form in before:
        for number, trace in enumerate(form.examples[: len(form.examples) // 2 * 2]):
            halves[number % 2].extend(trace)
    if not halves[0]:
        return None
    one, other = (Whole(Recording(tuple(spans))) for spans in halves)
    return measured_noise(one, other)


def pair_forms(before: Sequence[Form], after: Sequence[Form], noise: Measured | None) -> list[FormPair]:
    """Pair the forms of two populations; each form of either is in at least one pair."""
    by_trace = [
        {form.examples[0][0].trace_id: form for form in side if form.examples} for side in (before, after)
    ]
    old, new = (Recording(tuple(s for form in side for s in form.examples[0])) for side in (before, after))
    if not (before and after):
        return [FormPair(form, None) for form in before] + [
            FormPair(None, form, is_new=True) for form in after
        ]
    verdict = judge(old, new, Known(noise=noise, evidence=True))
    assert verdict.evidence
    pairs = [
        FormPair(by_trace[0][ids[0]], by_trace[1][ids[1]])
        for _, times in verdict.evidence.trees
        for ids in times.traces
        if all(ids)
    ]
    pairs = _without_strangers(pairs, noise)
    paired = [{id(pair.before) for pair in pairs}, {id(pair.after) for pair in pairs}]
    # Forms are paired by one example each, so the operation of the before that became this one is known.
    became = defaultdict(list)
    for pair in pairs:
        if pair.before and pair.after:
            became[pair.after.operation].append(pair.before)
    for form in after:
        if id(form) not in paired[1]:
            pairs.append(FormPair(_nearest(form, became[form.operation], noise), form, is_new=True))
    pairs += [FormPair(form, None) for form in before if id(form) not in paired[0]]
    return pairs


def _without_strangers(pairs: Sequence[FormPair], noise: Measured | None) -> list[FormPair]:
    """Leave out the pairs of forms that were left over, and are neither alike nor equally frequent."""
    became = renamed(pairs)
    sizes = [sum(form.traces for form in side if form) for side in zip(*map(_forms, pairs), strict=True)]
    return [
        pair
        for pair in pairs
        if not (pair.before and pair.after)
        or (
            became.get(pair.before.operation) == pair.after.operation
            and _balanced(pair.before.traces / sizes[0], pair.after.traces / sizes[1])
        )
        or not _unexplained(pair.before, pair.after, noise)
    ]


def _forms(pair: FormPair) -> tuple[Form | None, Form | None]:
    return pair.before, pair.after


def _balanced(share: float, other: float) -> bool:
    return max(share, other) <= _LOPSIDED * min(share, other)


def renamed(pairs: Iterable[FormPair]) -> Mapping[str, str]:
    """Return the after's operation for each of the before's: that of the most traces of its pairs."""
    votes: dict[str, dict[str, int]] = {}
    for pair in pairs:
        if pair.before and pair.after and not pair.is_new:
            found = votes.setdefault(pair.before.operation, {})
            common = min(pair.before.traces, pair.after.traces)
            found[pair.after.operation] = found.get(pair.after.operation, 0) + common
    return {old: max(found, key=lambda new: found[new]) for old, found in votes.items()}


def _nearest(form: Form, known: Iterable[Form], noise: Measured | None) -> Form | None:
    """Return the form that differs least, of the most frequent ones."""
    candidates = sorted(known, key=lambda each: -each.traces)[:_NEAREST]
    return min(candidates, key=lambda each: _unexplained(each, form, noise), default=None)


def _unexplained(before: Form, after: Form, noise: Measured | None) -> int:
    verdict = judge(before.recording(1), after.recording(1), Known(noise=noise))
    return sum(
        finding.n
        for finding in verdict.findings
        if finding.grade in (*UNEXPLAINED, Grade.NEW) and finding.field not in _OF_TIME
    )


def judge_pairs(pairs: Iterable[FormPair], noise: Measured | None) -> Iterator[JudgedPair]:
    """Judge each pair that has both forms, on equally many examples."""
    for pair in pairs:
        if pair.before and pair.after:
            examples = min(len(pair.before.examples), len(pair.after.examples))
            verdict = judge(
                pair.before.recording(examples), pair.after.recording(examples), Known(noise=noise)
            )
            yield JudgedPair(pair, verdict)


@dataclass(frozen=True, slots=True)
class PopulationFinding:
    """One finding of all pairs of forms that have it; `n` of `of` facts, in traces of the population.

    `operations` have the number of traces of each operation that are concerned. `finding` is that of the most
    frequent form; its own counts are those of examples.
    """

    finding: Finding
    n: int
    of: int
    operations: tuple[tuple[str, int], ...]


def findings(judged: Iterable[JudgedPair]) -> list[PopulationFinding]:
    """Return the findings of all pairs, equal ones as one, the most frequent first within their grade."""
    found: dict[object, list[tuple[JudgedPair, Finding]]] = defaultdict(list)
    # Of findings that are told as one, those of one service in one pair are counted among the same facts.
    facts: dict[object, dict[int, int]] = defaultdict(dict)
    for each in judged:
        for finding in each.findings:
            found[_key(finding)].append((each, finding))
            of_pairs = facts[_facts(finding)]
            of_pairs[id(each)] = max(each.scaled(finding.of), of_pairs.get(id(each), 0))
    together = (_together(group, sum(facts[_facts(group[0][1])].values())) for group in found.values())
    return sorted(together, key=lambda each: -each.n)


def _facts(finding: Finding) -> object:
    return finding.service, told_with(finding)


def _key(finding: Finding) -> object:
    names = tuple(rule.name for rule in finding.rules)
    return finding.grade, finding.service, finding.spans, finding.old_field, finding.new_field, names


def _together(group: Sequence[tuple[JudgedPair, Finding]], of: int) -> PopulationFinding:
    operations: dict[str, int] = defaultdict(int)
    for each, _ in group:
        assert each.pair.after
        operations[each.pair.after.operation] += each.pair.after.traces
    most = max(group, key=lambda entry: entry[0].scaled(entry[1].n))
    return PopulationFinding(
        most[1],
        sum(each.scaled(finding.n) for each, finding in group),
        of,
        tuple(sorted(operations.items(), key=lambda entry: -entry[1])),
    )
