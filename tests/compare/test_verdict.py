from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ot2otel.compare.answers import AnswerChanged, Answers
from ot2otel.compare.facts import Place
from ot2otel.compare.findings import SPAN as WHOLE_SPAN
from ot2otel.compare.findings import Finding
from ot2otel.compare.judgement import UNEXPLAINED, Grade
from ot2otel.compare.noise import Measured
from ot2otel.compare.rules.steps import Step
from ot2otel.compare.verdict import Known, Outcome, judge, outcome
from ot2otel.model import Scope, Span
from ot2otel.recording import Answer, Recording
from tests.support.accounts import compared
from tests.support.forests import doubled_forests
from tests.support.judging import SPAN, findings_of, outcomes, verdict
from tests.support.likely_spans import likely_spans
from tests.support.traffic import Spans, Writer, migrations, populations, told_by, with_losses
from tests.support.trees import branch, forest

GRAVITY = list(Outcome)


def finding(grade: Grade, field: str = "attributes.k") -> Finding:
    return Finding(grade, "shop", ("op",), field, field, "", "", 1, 1)


ANOTHER = Answers(1, 1, 0, (AnswerChanged(Answer("GET /", 200, "a"), Answer("GET /", 200, "b")),))
SAME = Answers(1, 1, 1)

# Finding -> the word that it makes; several make the gravest one.
WORDS = {
    "bookkeeping": (finding(Grade.BOOKKEEPING), Outcome.EQUIVALENT),
    "translated": (finding(Grade.TRANSLATED), Outcome.EQUIVALENT),
    "added": (finding(Grade.ADDED), Outcome.EQUIVALENT),
    "improved": (finding(Grade.IMPROVED), Outcome.EQUIVALENT),
    "noise": (finding(Grade.NOISE), Outcome.EQUIVALENT),
    "new fact": (finding(Grade.NEW), Outcome.EQUIVALENT),
    "degraded": (finding(Grade.DEGRADED), Outcome.DEGRADED),
    "changed": (finding(Grade.CHANGED), Outcome.DIFFERENT),
    "gone": (finding(Grade.GONE), Outcome.DIFFERENT),
    "new span": (finding(Grade.NEW, WHOLE_SPAN), Outcome.DIFFERENT),
    "missing span": (finding(Grade.GONE, WHOLE_SPAN), Outcome.DIFFERENT),
}


def test_the_table_of_words_has_every_grade_that_is_told() -> None:
    assert {found.grade for found, _ in WORDS.values()} == set(Grade) - {Grade.KEPT}


@pytest.mark.parametrize("name", WORDS)
def test_each_finding_makes_its_word(name: str) -> None:
    found, word = WORDS[name]

    assert outcome([found], SAME) is word


@pytest.mark.parametrize("names", list(combinations(WORDS, 2)), ids=" and ".join)
def test_several_findings_make_the_gravest_of_their_words(names: tuple[str, str]) -> None:
    found, words = zip(*(WORDS[name] for name in names), strict=True)

    assert outcome(found, SAME) is max(words, key=GRAVITY.index)


def test_no_finding_is_identical() -> None:
    assert outcome([], SAME) is Outcome.IDENTICAL


@pytest.mark.parametrize("name", WORDS)
def test_another_answer_is_different_whatever_the_findings(name: str) -> None:
    assert outcome([WORDS[name][0]], ANOTHER) is outcome([], ANOTHER) is Outcome.DIFFERENT


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(Answer("GET /", 200, "a"), Answer("GET /", 500, "a"), id="status"),
        pytest.param(Answer("GET /", 200, "a"), Answer("GET /", 200, "b"), id="body"),
        pytest.param(Answer("GET /", 200, "a"), None, id="not sent"),
        pytest.param(None, Answer("GET /", 200, "a"), id="sent once more"),
    ],
)
def test_an_answer_that_differs_is_never_explained(before: Answer | None, after: Answer | None) -> None:
    first = Answer("GET /first", 200, "first")

    found = judge(
        Recording((SPAN,), answers=(first, *filter(None, [before]))),
        Recording((replace(SPAN, scope=Scope("lib")),), answers=(first, *filter(None, [after]))),
    )

    assert found.answers.changed == (AnswerChanged(before, after),)
    assert [one for one in found.findings if one.grade in UNEXPLAINED] == []
    assert found.outcome is Outcome.DIFFERENT


def test_values_that_vary_without_end_are_no_noise_if_it_was_measured_and_they_did_not() -> None:
    before, after = (
        forest(*(branch("op", attributes={"id": f"request-{first + n}"}) for n in range(12)))
        for first in (1, 101)
    )

    measured = judge(Recording(before), Recording(after), Known(noise=Measured()))

    assert {one.grade for one in verdict(before, after).findings} == {Grade.NOISE}
    assert {one.grade for one in measured.findings} == {Grade.CHANGED}


def test_the_evidence_tells_again_which_node_a_span_is() -> None:
    spans = forest(branch("a", branch("b")))

    evidence = judge(Recording(spans), Recording(spans), Known(evidence=True)).evidence

    assert evidence is not None
    placed = evidence.forms.placed(spans, evidence.before)
    assert [(one.span, one.parent) for one in placed] == [(spans[0], -1), (spans[1], 0)]
    assert placed[0].node is evidence.before.traces[0].roots[0]


STRUCTURES = [
    pytest.param(forest(branch("a", branch("b"))), forest(branch("a")), id="a span lost"),
    pytest.param(forest(branch("a")), forest(branch("a", branch("b"))), id="a span more"),
    pytest.param(
        forest(branch("a", branch("b", branch("d")), branch("c"))),
        forest(branch("a", branch("b"), branch("c", branch("d")))),
        id="another parent",
    ),
    pytest.param(forest(branch("a")), forest(branch("a", parent_id="9" * 16)), id="an absent parent"),
    pytest.param(
        forest(branch("a", branch("b"))),
        forest(branch("a", branch("b", end_ns=90_000))),
        id="after its parent",
    ),
    pytest.param(forest(branch("a", branch("b"))), forest(branch("a", branch("c"))), id="another name"),
    pytest.param(
        forest(branch("a", branch("b"))),
        forest(branch("a", branch("b", service="else"))),
        id="another service",
    ),
]


@pytest.mark.parametrize(("before", "after"), STRUCTURES)
def test_a_difference_of_structure_is_never_explained(before: Spans, after: Spans) -> None:
    translated = [replace(span, scope=Scope("lib")) for span in after]

    assert outcomes([(before, after), (before, translated)]) == ["different", "different"]


def test_a_lost_namespace_of_a_stranger_is_a_loss() -> None:
    before = [replace(SPAN, resource={"service.name": "a", "service.namespace": "shop"})]
    after = [replace(SPAN, resource={"service.name": "a"})]

    assert [(one.grade, one.field) for one in findings_of(before, after)] == [
        ("gone", "resource.service.namespace")
    ]


SIDES = st.one_of(migrations(least=1), populations(), st.tuples(doubled_forests(1), doubled_forests(1)))


@given(SIDES, st.randoms(use_true_random=False))
def test_the_order_of_the_spans_in_a_file_changes_nothing(
    sides: tuple[Spans, Spans],
    random: Any,  # Any: Random
) -> None:
    before, after = sides
    shuffled = list(after)
    random.shuffle(shuffled)

    one, other = verdict(before, after), verdict(before, shuffled)

    assert (one.outcome, Counter(one.findings)) == (other.outcome, Counter(other.findings))
    assert verdict(after, shuffled).outcome is Outcome.IDENTICAL


@given(likely_spans())
def test_a_recording_beside_itself_is_identical(span: Span) -> None:
    found = verdict([span], [span])

    assert (found.outcome, found.approximate) == (Outcome.IDENTICAL, False)


@given(migrations(0), st.sampled_from([Writer.SHIM, Writer.NATIVE, Writer.NATIVE_OVER_THRIFT]), st.data())
def test_no_loss_makes_the_word_of_a_migration_better(
    sides: tuple[Spans, Spans], writer: Writer, data: st.DataObject
) -> None:
    before = tuple(told_by(Writer.LEGACY, span) for span in sides[0])
    after = tuple(told_by(writer, span) for span in sides[0])
    assume(len(after) > 1)

    faulty = data.draw(with_losses(after))

    assert GRAVITY.index(verdict(before, faulty).outcome) >= GRAVITY.index(verdict(before, after).outcome)


@given(likely_spans(), likely_spans())
def test_a_difference_the_other_way_round_has_its_sides_swapped(one: Span, other: Span) -> None:
    sides = [
        replace(
            SPAN,
            status=span.status,
            attributes=span.attributes,
            events=span.events[:1],
            resource=span.resource,
            trace_state=span.trace_state,
            dropped_links=span.dropped_links,
        )
        for span in (one, other)
    ]
    turned = {Grade.GONE: Grade.NEW, Grade.NEW: Grade.GONE}

    def found(before: Span, after: Span) -> Counter[tuple[Grade, frozenset[Place], frozenset[Place]]]:
        judged = compared([before], [after], lambda old, new: Step((), ())).judged
        return Counter(
            (settled.grade, frozenset(settled.old), frozenset(settled.new))
            for each in judged
            for settled in each.settled
        )

    there, back = found(sides[0], sides[1]), found(sides[1], sides[0])

    # An exception that is recorded is an improvement one way, and a loss the other way.
    plain = [
        Counter(
            ((Grade.NEW if grade is Grade.IMPROVED else grade), old, new)
            for grade, old, new in way.elements()
        )
        for way in (there, back)
    ]
    assert plain[0] == Counter(
        (turned.get(grade, grade), new, old) for grade, old, new in plain[1].elements()
    )
