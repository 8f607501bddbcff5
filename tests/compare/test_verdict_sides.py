"""What a verdict tells of each side, what it is asked to know, and what it keeps as evidence."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import pytest

from ot2otel.compare.health import Note
from ot2otel.compare.judgement import Grade
from ot2otel.compare.rows import AllTimes
from ot2otel.compare.verdict import (
    Known,
    NothingToCompareError,
    Outcome,
    SideSummary,
    Whole,
    judge,
    judge_read,
)
from ot2otel.model import AttributeValue, Scope, Span
from ot2otel.recording import STORED_IN_JAEGER, Answer, Port, Recording
from tests.support.judging import SPAN
from tests.support.trees import branch, forest

ANSWER = Answer("GET http://127.0.0.1:8080/", 200, "at port=8080")
EMPTY = Recording(())


@dataclass
class Read:
    """A recording that is read: its answers, and whether Python looks for cycles meanwhile."""

    head: Recording
    answers: Sequence[Answer] = ()
    problems: Sequence[str] = ()
    later: Sequence[Answer] = ()
    collects: list[bool] = field(default_factory=list)

    def spans(self) -> Iterator[Span]:
        self.collects.append(gc.isenabled())
        yield from self.head.spans
        self.answers = self.later


def test_each_side_is_told_in_short() -> None:
    spans = forest(branch("a", branch("b", service="one"), service="two"), branch("c", service="two"))
    schemas = {"a": Scope("lib", schema_url="https://s/2"), "c": Scope("lib", schema_url="https://s/1")}
    before = Recording(
        tuple(
            replace(
                span,
                scope=schemas.get(span.name, Scope()),
                resource_schema_url="https://s/3" if span.name == "b" else "",
            )
            for span in spans
        ),
        answers=(ANSWER, ANSWER),
        ports={"one": Port(8080, 80)},
    )
    after = Recording(spans[2:], answers=(ANSWER, ANSWER))

    found = judge_read(Whole(before, ["a line is cut"]), Whole(after, ["two lines are cut"]))

    masked = Answer("GET http://127.0.0.1:80/", 200, "at port=80")
    traces = [spans[0].trace_id, spans[2].trace_id]
    assert found.before == SideSummary(
        before,
        2,
        3,
        ("one", "two"),
        (Note("unread input", 1, "a line is cut"),),
        dict.fromkeys(traces, masked),
        {"one": ("https://s/3",), "two": ("https://s/1", "https://s/2")},
    )
    assert found.after == SideSummary(
        after, 1, 1, ("two",), (Note("unread input", 1, "two lines are cut"),), {}, {}
    )


def test_the_versions_of_a_program_tell_of_a_silent_library() -> None:
    spans = forest(
        branch(
            "get",
            attributes={"http.request.method": "GET"},
            kind=SPAN.kind.SERVER,
            resource={"service.name": "shop", "telemetry.sdk.name": "opentelemetry"},
        )
    )
    versions = {"opentelemetry-instrumentation-flask": "1"}

    found = judge(Recording(spans), Recording(spans, versions=versions))

    assert [[note.name for note in side.health] for side in (found.before, found.after)] == [
        [],
        ["silent instrumentation"],
    ]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        pytest.param(EMPTY, Recording((SPAN,)), "The before has no span: there is nothing to compare."),
        pytest.param(Recording((SPAN,)), EMPTY, "The after has no span: there is nothing to compare."),
        pytest.param(EMPTY, EMPTY, "Neither recording has a span: there is nothing to compare."),
        pytest.param(
            EMPTY,
            Recording((), answers=(ANSWER,)),
            "Neither recording has a span: there is nothing to compare.",
        ),
        pytest.param(
            Recording((), answers=(ANSWER,)),
            Recording((SPAN,), answers=(ANSWER,)),
            "The before has no span: there is nothing to compare.",
        ),
    ],
)
def test_nothing_is_no_verdict(before: Recording, after: Recording, message: str) -> None:
    with pytest.raises(NothingToCompareError) as raised:
        judge(before, after)

    assert str(raised.value) == message


def test_answers_without_spans_are_compared() -> None:
    found = judge(Recording((), answers=(ANSWER,)), Recording((), answers=(ANSWER,)))

    assert (found.outcome, found.answers.compared) == (Outcome.IDENTICAL, True)


def test_answers_are_those_that_were_read_with_the_spans() -> None:
    before, after = (
        Read(Recording((SPAN,)), later=[replace(ANSWER, status=status)]) for status in (200, 500)
    )

    found = judge_read(before, after)

    assert [side.recording.answers for side in (found.before, found.after)] == [
        (replace(ANSWER, status=200),),
        (replace(ANSWER, status=500),),
    ]
    assert len(found.answers.changed) == 1


@pytest.mark.parametrize("collects", [True, False])
def test_reading_pauses_the_search_for_cycles(collects: bool) -> None:
    before, after = Read(Recording((SPAN,))), Read(Recording((SPAN,)))
    was = gc.isenabled()
    try:
        (gc.enable if collects else gc.disable)()
        judge_read(before, after)

        assert (before.collects, after.collects, gc.isenabled()) == ([False], [False], collects)
    finally:
        (gc.enable if was else gc.disable)()


@pytest.mark.parametrize(
    ("stored", "grades"),
    [
        pytest.param(("", STORED_IN_JAEGER), [Grade.TRANSLATED], id="the after"),
        pytest.param((STORED_IN_JAEGER, ""), [Grade.TRANSLATED], id="the before"),
        pytest.param(("", ""), [Grade.CHANGED], id="neither"),
        pytest.param((STORED_IN_JAEGER, STORED_IN_JAEGER), [Grade.CHANGED], id="both"),
    ],
)
def test_storage_is_undone_if_one_side_was_stored(stored: tuple[str, str], grades: list[Grade]) -> None:
    values: tuple[AttributeValue, ...] = (1, 2), "[1,2]"
    before, after = (
        Recording((replace(SPAN, scope=Scope("lib"), attributes={"list": value}),), stored_in=where)
        for value, where in zip(values, stored, strict=True)
    )

    assert [one.grade for one in judge(before, after).findings] == grades


def test_facts_are_counted_by_their_grades() -> None:
    before = [replace(SPAN, attributes={"a": 1, "b": 1, "c": 1})]
    found = judge(Recording(tuple(before)), Recording((replace(SPAN, attributes={"c": 2, "d": 1}),)))

    assert [found.count(Grade.GONE), found.count(Grade.GONE, Grade.CHANGED), found.count()] == [2, 3, 0]


def test_evidence_is_kept_if_it_is_asked_for() -> None:
    before = forest(branch("a", branch("b")), branch("c"), branch("c"))
    after = forest(branch("a", branch("b")), branch("c"))

    found, without = (
        judge(Recording(before), Recording(after), Known(evidence=each)) for each in (True, False)
    )

    assert without.evidence is None
    assert found.evidence is not None
    assert (found.evidence.before.spans, found.evidence.after.spans) == (4, 3)
    assert found.evidence.parts == ({}, {})
    assert all(isinstance(times, AllTimes) for _, times in found.evidence.trees)
    assert sum(times.count for _, times in found.evidence.trees) == 3
    assert without.trees == found.trees


def test_traces_that_count_as_parts_of_another_are_evidence() -> None:
    def at(trace: str, number: int, parent: int = 0) -> Span:
        return replace(
            SPAN,
            trace_id=trace * 32,
            span_id=f"{number:016x}",
            parent_id=f"{parent:016x}" if parent else "",
            name=f"step {number}",
            start_ns=SPAN.start_ns + number,
            end_ns=SPAN.end_ns - number,
            resource={"service.name": f"service {number}"},
        )

    whole = (at("1", 1), at("1", 2, 1), at("1", 3, 2))
    parts = (at("a", 1), at("b", 2), at("c", 3))

    split, joined = (
        judge(Recording(before), Recording(after), Known(evidence=True))
        for before, after in ((whole, parts), (parts, whole))
    )

    assert split.evidence is not None
    assert joined.evidence is not None
    assert split.evidence.parts == ({}, {"a" * 32: ["c" * 32, "b" * 32]})
    assert joined.evidence.parts == ({"a" * 32: ["c" * 32, "b" * 32]}, {})
