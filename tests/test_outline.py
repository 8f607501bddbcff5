"""Traces as text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ot2otel.model import Kind, Span, Status, StatusCode
from ot2otel.outline import outline
from tests.support.fields import SpanFields

if TYPE_CHECKING:
    from typing_extensions import Unpack

TRACE = "0" * 31 + "1"
MS = 1_000_000


def _span(number: int, name: str, /, parent: int = 0, **fields: Unpack[SpanFields]) -> Span:
    parent_id = f"{parent:016x}" if parent else ""
    start_ns, end_ns, resource = number * MS, 2 * number * MS, {"service.name": "svc"}
    span = Span(TRACE, f"{number:016x}", name, parent_id, start_ns=start_ns, end_ns=end_ns, resource=resource)
    return replace(span, **fields)


def test_the_outline_of_no_spans_is_no_spans() -> None:
    assert outline([]) == "no spans"


def test_children_stand_below_their_parents() -> None:
    text = outline(
        [
            _span(3, "inner", parent=2, status=Status(StatusCode.ERROR, "boom")),
            _span(1, "outer", kind=Kind.SERVER),
            _span(4, "second", parent=1),
            _span(2, "first", parent=1, kind=Kind.CLIENT, resource={}),
        ]
    )

    assert text.splitlines() == [
        f"trace {TRACE}",
        "  svc: outer (server, 1.000 ms)",
        "    ?: first (client, 2.000 ms)",
        "      svc: inner (unspecified, ERROR boom, 3.000 ms)",
        "    svc: second (unspecified, 4.000 ms)",
    ]


def test_an_orphan_names_the_parent_that_is_absent() -> None:
    assert outline([_span(1, "lost", parent=9)]).splitlines() == [
        f"trace {TRACE}",
        "  svc: lost (unspecified, 1.000 ms, its parent 0000000000000009 is absent)",
    ]


def test_a_circle_is_told_where_it_is_cut() -> None:
    assert outline([_span(1, "one", parent=2), _span(2, "other", parent=1)]).splitlines() == [
        f"trace {TRACE}",
        "  svc: one (unspecified, 1.000 ms, its parent 0000000000000002 is below it: a circle)",
        "    svc: other (unspecified, 2.000 ms)",
    ]


def test_unprintable_characters_are_escaped() -> None:
    assert outline([_span(1, "a\nb\x1b[31m\ud800 Grüße")]).splitlines() == [
        f"trace {TRACE}",
        r"  svc: a\nb\x1b[31m\ud800 Grüße (unspecified, 1.000 ms)",
    ]


def test_more_spans_than_the_limit_are_counted() -> None:
    spans = [_span(number, "op") for number in (1, 2, 3)]

    assert outline(spans, limit=2).splitlines()[-2:] == [
        "  svc: op (unspecified, 2.000 ms)",
        "... and 1 more",
    ]


def test_a_trace_deeper_than_the_stack_is_shown() -> None:
    spans = [_span(number, "op", parent=number - 1) for number in range(1, 5001)]

    assert len(outline(spans, limit=5000).splitlines()) == 5001


def test_a_long_value_is_cut_with_its_length() -> None:
    [_, line] = outline([_span(1, "n" * 1000, status=Status(StatusCode.ERROR, "m" * 500))]).splitlines()

    assert line == (
        f"  svc: {'n' * 200}... (1000 characters) "
        f"(unspecified, ERROR {'m' * 200}... (500 characters), 1.000 ms)"
    )
