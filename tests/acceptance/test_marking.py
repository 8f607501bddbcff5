"""Marks: they change no grade, and the word leaves them out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ot2otel.acceptance.entry import Entry
from ot2otel.acceptance.marking import mark
from ot2otel.compare.answers import AnswerChanged, Answers
from ot2otel.compare.findings import Finding
from ot2otel.compare.judgement import Grade
from ot2otel.compare.verdict import Outcome
from ot2otel.recording import Answer
from tests.support.findings import LOST, finding, verdict

URL = Entry("it has another name", (Grade.GONE,), ("attributes.url",))
KIND = Entry("we look at the attribute", (Grade.DEGRADED,), ("kind",))
GONE = finding(Grade.GONE, ("attributes.url", '"/a"'))
DEGRADED = finding(Grade.DEGRADED, ("kind", "SERVER"), ("kind", "INTERNAL"), rules=(LOST,))


def test_a_marked_finding_is_the_same_but_for_its_mark() -> None:
    marked = mark([verdict(GONE, DEGRADED)], [URL])

    [judged] = marked.verdicts
    assert judged.findings == (replace(GONE, accepted="it has another name"), DEGRADED)
    assert (judged.outcome, judged.count(Grade.GONE)) == (Outcome.DEGRADED, 1)


@pytest.mark.parametrize(
    ("entries", "outcome"),
    [
        ([], Outcome.DIFFERENT),
        ([KIND], Outcome.DIFFERENT),
        ([URL], Outcome.DEGRADED),
        ([URL, KIND], Outcome.EQUIVALENT),
    ],
)
def test_the_word_leaves_out_what_is_accepted(entries: list[Entry], outcome: Outcome) -> None:
    [judged] = mark([verdict(GONE, DEGRADED)], entries).verdicts

    assert judged.outcome is outcome


def test_a_changed_answer_is_not_accepted() -> None:
    answers = Answers(1, 1, 0, (AnswerChanged(Answer("GET /", 200, ""), Answer("GET /", 500, "")),))

    [judged] = mark([verdict(GONE, answers=answers)], [replace(URL, fields=("*",))]).verdicts

    assert judged.outcome is Outcome.DIFFERENT


def test_the_reason_is_that_of_the_first_entry() -> None:
    second = replace(URL, reason="another reason")

    marked = mark([verdict(GONE)], [second, URL])

    assert marked.verdicts[0].findings[0].accepted == "another reason"
    assert marked.unmatched == ()


def test_an_entry_that_matches_in_one_verdict_is_used() -> None:
    marked = mark([verdict(GONE), verdict(DEGRADED)], [URL, KIND])

    assert marked.unmatched == ()


def test_entries_that_accept_nothing_are_told() -> None:
    in_two = replace(GONE, spans=("pay", "refund"), more_spans=2)
    entries = [KIND, replace(URL, spans=("pay",))]

    marked = mark([verdict(in_two)], entries)

    assert [str(each) for each in marked.unmatched] == [
        "entry 1 (degraded kind) accepts nothing",
        "entry 2 (gone attributes.url on pay) accepts nothing: "
        "the finding is in all of these spans: pay, refund and 2 more",
    ]


def test_without_findings_a_verdict_stays_identical() -> None:
    [judged] = mark([verdict()], [URL]).verdicts

    assert judged.outcome is Outcome.IDENTICAL


FIELDS = ["attributes.a", "attributes.b", "attributes.*", "[*]", "kind"]
ENTRIES = st.lists(
    st.builds(
        lambda fields, reason: Entry(reason, (Grade.GONE,), tuple(fields)),
        st.lists(st.sampled_from(FIELDS), min_size=1, max_size=2),
        st.text(min_size=1, max_size=3),
    ),
    max_size=6,
)
FINDINGS = st.lists(
    st.sampled_from(["attributes.a", "attributes.b", "attributes.c", "*", "kind"]).map(
        lambda field: finding(Grade.GONE, (field, "1"))
    ),
    max_size=4,
)


@given(entries=ENTRIES, found=FINDINGS)
def test_marking_holds_each_finding_against_each_entry(entries: list[Entry], found: list[Finding]) -> None:
    marked = mark([verdict(*found)], entries)

    expected = [next((entry.reason for entry in entries if entry.accepts(each)), "") for each in found]
    used = [any(entry.accepts(each) for each in found) for entry in entries]
    assert [each.accepted for each in marked.verdicts[0].findings] == expected
    assert [each.number for each in marked.unmatched] == [n + 1 for n, one in enumerate(used) if not one]
