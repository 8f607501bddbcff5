"""Findings as a reader is told them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ot2otel.compare.answers import AnswerChanged, Answers
from ot2otel.compare.findings import SPAN, Finding, LedgerRow, Part
from ot2otel.compare.judgement import Grade
from ot2otel.compare.verdict import Verdict
from ot2otel.recording import Answer
from ot2otel.report.telling import Told, label, sentence, short, told, word
from tests.support.findings import LOST, MOVED, finding, verdict

KIND = ("kind", "SERVER, CLIENT")


def words(one: Told) -> tuple[str, str, str, str]:
    return one.subject, one.old, one.new, one.left


def kinds(service: str, old: str, n: int) -> Finding:
    return finding(Grade.DEGRADED, ("kind", old), ("kind", "INTERNAL"), service=service, n=n, rules=(LOST,))


def test_findings_that_differ_in_the_service_are_one() -> None:
    [one] = told([kinds("front", "SERVER, CLIENT", 6), kinds("back", "SERVER", 2)])

    assert (one.n, one.of, one.unit, words(one)) == (
        8,
        8,
        "spans",
        ("kind", "SERVER, CLIENT", "INTERNAL", ""),
    )
    assert [each.service for each in one.findings] == ["front", "back"]


def test_facts_that_changed_to_other_values_are_told_apart() -> None:
    changes = [
        finding(Grade.CHANGED, ("attributes.user", value), ("attributes.user", '"0"'), service=value)
        for value in ('"1"', '"2"')
    ]

    assert [one.old for one in told(changes)] == ['"1"', '"2"']


def test_facts_that_are_gone_are_one_whatever_their_values_were() -> None:
    gone = [finding(Grade.GONE, ("attributes.user", value), service=value) for value in ('"1"', '"2"')]

    assert [words(one) for one in told(gone)] == [("attribute user", "", "", "")]


def test_the_parts_of_an_event_are_told_by_its_name() -> None:
    parts = [
        finding(
            Grade.TRANSLATED, (f"event.{old}", '"o"'), (f"event.{new}", '"n"'), rules=(MOVED,), n=3, of=of
        )
        for old, new, of in [
            ("attributes.message", "attributes.exception.message", 3),
            ("name", "name", 4),
            ("attributes.stack", "attributes.exception.stacktrace", 3),
        ]
    ]

    [one] = told(parts)

    assert (one.n, one.of, one.unit, words(one)) == (3, 4, "events", ("event", "o", "n", ""))
    assert len(one.findings) == 3


def test_the_parts_of_an_event_that_keeps_its_name_are_told_by_their_keys() -> None:
    parts = [
        finding(Grade.TRANSLATED, (f"event.attributes.{old}", "1"), (new, "1"), rules=(MOVED,))
        for old, new in [("a", "event.attributes.b"), ("c", "event.attributes.d")]
    ]

    assert [words(one) for one in told(parts)] == [("event", "a, c", "b, d", "")]


def test_parts_of_events_by_other_rules_are_told_apart() -> None:
    parts = [
        finding(Grade.TRANSLATED, ("event.name", '"a"'), ("event.name", '"b"'), rules=(MOVED,)),
        finding(Grade.DEGRADED, ("event.attributes.c", "1"), rules=(LOST,)),
    ]

    assert [words(one) for one in told(parts)] == [
        ("event attribute c", "", "", ""),
        ("event", "a", "b", ""),
    ]


def test_a_field_that_gets_one_name_or_another_is_one() -> None:
    renames = [
        finding(
            Grade.TRANSLATED, ("attributes.url", "1"), (f"attributes.{new}", "1"), rules=(MOVED,), n=n, of=8
        )
        for new, n in [("url.full", 3), ("url.path", 5)]
    ]

    [one] = told(renames)

    assert (one.n, one.of, words(one)) == (8, 8, ("", "url", "url.full, url.path", ""))


def test_the_gravest_comes_first_and_a_new_span_is_grave() -> None:
    found = [
        finding(Grade.NEW, ("", ""), ("attributes.a", "1"), n=9),
        finding(Grade.TRANSLATED, ("attributes.a", "1"), ("attributes.b", "1"), n=9),
        finding(Grade.DEGRADED, KIND, ("kind", "INTERNAL"), n=9),
        finding(Grade.DEGRADED, ("status.code", "ERROR"), ("status.code", "UNSET"), n=1),
        finding(Grade.CHANGED, ("attributes.c", "1"), ("attributes.c", "2")),
        finding(Grade.GONE, ("attributes.d", "1")),
        finding(Grade.NEW, ("", ""), (SPAN, '"pay"')),
        finding(Grade.GONE, (SPAN, '"pay"')),
    ]

    fields = [one.findings[0].field for one in told(found)]

    assert fields == [
        SPAN,
        SPAN,
        "attributes.d",
        "attributes.c",
        "status.code",
        "kind",
        "attributes.a",
        "attributes.a",
    ]


@pytest.mark.parametrize(
    ("one", "shown", "unit"),
    [
        pytest.param(
            finding(Grade.CHANGED, ("attributes.a", "1"), ("attributes.a", '"1"')),
            ("attribute a", "1", '"1"', ""), "spans", id="another value",
        ),
        pytest.param(
            finding(
                Grade.DEGRADED,
                ("status.code", "ERROR"),
                ("status.code, attributes.error", "UNSET, true"),
                parts=((), (Part("status.code", "UNSET"), Part("attributes.error", "true"))),
            ),
            ("status", "ERROR", "UNSET", "error=true"), "failed spans", id="a status and what is left of it",
        ),
        pytest.param(
            finding(Grade.CHANGED, ("status.message", '"m"')),
            ("status message", '"m"', "(absent)", ""), "spans", id="a default instead",
        ),
        pytest.param(
            finding(Grade.CHANGED, ("attributes.a", "1"), ("attributes.b", "2"), rules=(MOVED,)),
            ("", "a 1", "b 2", ""), "spans", id="another value under a new name",
        ),
        pytest.param(
            finding(Grade.TRANSLATED, ("attributes.a", "1"), ("attributes.b", "1")),
            ("", "a", "b", ""), "spans", id="a new name",
        ),
        pytest.param(
            finding(Grade.TRANSLATED, ("resource.a", "1"), ("attributes.a", "1")),
            ("", "resource attribute a", "a", ""), "resources", id="the same key elsewhere",
        ),
        pytest.param(
            finding(Grade.GONE, (SPAN, '"pay"')),
            ("span pay", "", "", ""), "spans", id="a missing span",
        ),
        pytest.param(
            finding(Grade.IMPROVED, ("", ""), ("event", '"exception"')),
            ("event exception", "", "", ""), "events", id="a new event",
        ),
        pytest.param(
            finding(Grade.GONE, ("link", '"a: b"')),
            ("link a: b", "", "", ""), "links", id="a link",
        ),
        pytest.param(
            finding(Grade.CHANGED, ("name", '""'), ("name", '"n"')),
            ("span name", '""', '"n"', ""), "spans", id="a name",
        ),
    ],
)  # fmt: skip
def test_a_finding_in_words(one: Finding, shown: tuple[str, str, str, str], unit: str) -> None:
    [line] = told([one])

    assert (words(line), line.unit) == (shown, unit)


@pytest.mark.parametrize(
    ("one", "note"),
    [
        (finding(Grade.GONE, ("attributes.a", "1")), "gone, no rule"),
        (finding(Grade.CHANGED, ("attributes.a", "1"), ("attributes.a", "2")), "changed, no rule"),
        (finding(Grade.CHANGED, ("attributes.a", "1"), rules=(MOVED,), expected='"1"'), 'moved wants "1"'),
        (finding(Grade.CHANGED, ("attributes.a", "1"), rules=(MOVED,)), "moved wants another value"),
        (finding(Grade.DEGRADED, ("attributes.a", "1"), rules=(LOST,)), "alerts go silent"),
        (finding(Grade.DEGRADED, ("attributes.a", "1"), rules=(MOVED,)), "lost"),
        (finding(Grade.TRANSLATED, ("attributes.a", "1"), rules=(MOVED,)), "translated"),
        (finding(Grade.NEW, ("", ""), (SPAN, '"a"')), "new"),
    ],
)
def test_what_became_of_it(one: Finding, note: str) -> None:
    [line] = told([one])

    assert line.note == note


@pytest.mark.parametrize(
    ("field", "long", "brief"),
    [
        ("attributes.http.url", "attribute http.url", "http.url"),
        ("resource.host.name", "resource attribute host.name", "resource attribute host.name"),
        ("event.attributes.a.b", "event attribute a.b", "a.b"),
        ("link.attributes.a", "link attribute a", "a"),
        ("link.trace_state", "link trace_state", "link trace_state"),
        ("scope.version", "scope version", "scope version"),
        ("status.code", "status", "status"),
        ("trace_state", "tracestate", "tracestate"),
        ("parent", "parent", "parent"),
    ],
)
def test_a_field_has_a_name_in_words(field: str, long: str, brief: str) -> None:
    assert (label(field), short(field)) == (long, brief)


LOST_KIND = finding(Grade.DEGRADED, KIND, ("kind", "INTERNAL"), rules=(LOST,), n=8)
ROWS = (LedgerRow("spans", 8, 8), LedgerRow("kinds", 0, 8), LedgerRow("errors", 1, 4))
OTHER_ANSWER = Answers(3, 3, 2, (AnswerChanged(Answer("GET /", 200, ""), Answer("GET /", 500, "")),))


@pytest.mark.parametrize(
    ("judged", "shown"),
    [
        pytest.param(verdict(), "nothing differs but ids and times", id="identical"),
        pytest.param(
            verdict(
                finding(Grade.TRANSLATED, ("attributes.a", "1"), ("attributes.b", "1")),
                finding(Grade.NEW, ("", ""), ("attributes.c", "1")),
                finding(Grade.NEW, ("", ""), ("attributes.d", "1")),
                finding(Grade.NOISE, ("attributes.e", "1"), ("attributes.e", "2")),
            ),
            "nothing is lost, 1 field is translated, 2 are new, 1 is noise",
            id="equivalent counts what is new and what is noise",
        ),
        pytest.param(
            verdict(finding(Grade.BOOKKEEPING, ("flags", '""'))), "nothing is lost", id="only bookkeeping"
        ),
        pytest.param(
            verdict(LOST_KIND, ledger=ROWS), "3 of 4 errors and 8 of 8 kinds are lost", id="degraded"
        ),
        pytest.param(
            verdict(finding(Grade.DEGRADED, ("link.attributes.a", "1"), rules=(LOST,))),
            "1 field is lost",
            id="degraded in what the ledger does not count",
        ),
        pytest.param(
            verdict(
                finding(Grade.GONE, (SPAN, '"pay"'), n=2),
                finding(Grade.NEW, ("", ""), (SPAN, '"buy"')),
                finding(Grade.GONE, ("attributes.a", "1"), n=5),
                finding(Grade.CHANGED, ("attributes.b", "1"), ("attributes.b", "2")),
                LOST_KIND,
                ledger=(LedgerRow("spans", 7, 9),),
                answers=OTHER_ANSWER,
            ),
            "1 of 3 answers differs, 2 of 9 spans are gone, 1 span is new, 1 field is gone, "
            "1 field is changed without a rule, 1 field is lost by a rule",
            id="different",
        ),
    ],
)
def test_a_verdict_is_one_sentence_of_counts(judged: Verdict, shown: str) -> None:
    assert sentence(judged) == shown


def accepted(found: Finding, reason: str = "why") -> Finding:
    return replace(found, accepted=reason)


def test_what_is_accepted_is_told_apart_and_last() -> None:
    lost = [
        kinds("front", "SERVER", 6),
        accepted(kinds("back", "SERVER", 2)),
        accepted(kinds("db", "SERVER", 1)),
    ]
    translated = finding(Grade.TRANSLATED, ("attributes.a", "1"), ("attributes.b", "1"))

    lines = told([*lost, translated])

    assert [(line.n, line.accepted, line.is_grave) for line in lines] == [
        (6, "", True),
        (1, "", False),
        (3, "why", False),
    ]
    assert lines[-1].note == "accepted: why"


def test_what_is_accepted_for_another_reason_is_told_apart() -> None:
    lines = told([accepted(kinds("back", "SERVER", 2)), accepted(kinds("db", "SERVER", 1), "because")])

    assert [line.accepted for line in lines] == ["why", "because"]


@pytest.mark.parametrize(
    ("judged", "said", "sentenced"),
    [
        pytest.param(
            verdict(accepted(kinds("a", "SERVER", 2)), accepted(kinds("b", "SERVER", 2))),
            "equivalent, 1 accepted", "nothing else is lost", id="all of it",
        ),
        pytest.param(
            verdict(
                kinds("a", "SERVER", 2),
                accepted(finding(Grade.GONE, (SPAN, '"pay"'))),
                ledger=(LedgerRow("spans", 1, 2), LedgerRow("kinds", 0, 4)),
            ),
            "degraded, 1 accepted", "1 field is lost", id="what the ledger counts",
        ),
        pytest.param(
            verdict(
                finding(Grade.GONE, (SPAN, '"refund"')),
                accepted(finding(Grade.GONE, (SPAN, '"pay"'), n=2)),
                accepted(finding(Grade.GONE, ("attributes.a", "1"))),
                ledger=(LedgerRow("spans", 1, 4),),
            ),
            "different, 2 accepted", "1 of 4 spans is gone", id="one span of three",
        ),
        pytest.param(verdict(), "identical", "nothing differs but ids and times", id="nothing"),
    ],
)  # fmt: skip
def test_word_and_sentence_leave_out_what_is_accepted(judged: Verdict, said: str, sentenced: str) -> None:
    assert (word(judged), sentence(judged)) == (said, sentenced)
