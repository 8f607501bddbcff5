from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ot2otel.compare.forms import CHILD, CLOCK_TOLERANCE_NS, ORPHAN, ROOT, Forms
from ot2otel.model import Attributes, Kind, Link, Span
from tests.support.forests import doubled_forests, forests
from tests.support.judging import Told, counts, findings_of
from tests.support.traffic import Spans, migrations
from tests.support.trees import branch, chain, forest


def nested(
    start: int = 0,
    end: int = 0,
    parent: Kind = Kind.INTERNAL,
    hosts: tuple[str | None, str | None] = (None, None),
    **child: Any,  # Any: fields of `Span`, each with its own type
) -> Spans:
    """Make a parent and a child; `start` and `end` are nanoseconds after the parent's start and end."""
    outer: Attributes = {"service.name": "one"} | ({"host.name": hosts[0]} if hosts[0] else {})
    below: Attributes = {"service.name": "one"} | ({"host.name": hosts[1]} if hosts[1] else {})
    inner = branch("inner", start_ns=100_000 + start, end_ns=200_000 + end, resource=below, **child)
    return forest(branch("outer", inner, start_ns=100_000, end_ns=200_000, kind=parent, resource=outer))


@pytest.mark.parametrize(
    ("start", "end", "oddity"),
    [
        (-CLOCK_TOLERANCE_NS, CLOCK_TOLERANCE_NS, None),
        (-CLOCK_TOLERANCE_NS - 1, 0, '"starts before its parent"'),
        (0, CLOCK_TOLERANCE_NS + 1, '"ends after its parent"'),
        (-9_999, 9_999, '"starts before its parent, ends after its parent"'),
        (-CLOCK_TOLERANCE_NS - 1, CLOCK_TOLERANCE_NS, '"starts before its parent"'),
        (-CLOCK_TOLERANCE_NS, CLOCK_TOLERANCE_NS + 1, '"ends after its parent"'),
        (-9_999, -109_999, '"starts before its parent, no duration"'),
        (-9_999, -109_998, '"starts before its parent"'),
        (-9_999, -119_999, '"starts before its parent, ends before it starts"'),
    ],
    ids=[
        *(
            "within the tolerance",
            "early",
            "late",
            "both",
            "early, and nearly late",
            "late, and nearly early",
        ),
        *("early, without a duration", "early and short", "early and backwards"),
    ],
)
def test_a_child_lies_inside_its_parent_in_time(start: int, end: int, oddity: str | None) -> None:
    found = findings_of(nested(), nested(start, end))

    assert found == ([Told("changed", "time", "", oddity)] if oddity else [])


def test_a_child_that_sticks_out_on_both_sides_is_no_difference() -> None:
    assert findings_of(nested(end=9_000), nested(end=7_000)) == []


def test_a_child_put_right_is_an_improvement() -> None:
    assert findings_of(nested(end=9_000), nested()) == [
        Told("improved", "time", '"ends after its parent"', "")
    ]


@pytest.mark.parametrize("skew", [-2_000_000, 2_000_000], ids=["behind", "ahead"])
def test_the_clocks_of_two_hosts_may_differ(skew: int) -> None:
    hosts = ("one", "two")

    assert findings_of(nested(hosts=hosts), nested(skew, skew, hosts=hosts)) == []


def test_on_one_host_a_child_outside_its_parent_is_seen_also_between_two_resources() -> None:
    pid = {"service.name": "two", "host.name": "one"}
    before, after = (
        tuple(replace(span, resource=pid) if span.name == "inner" else span for span in spans)
        for spans in (nested(hosts=("one", "one")), nested(2_000_000, 2_000_000, hosts=("one", "one")))
    )

    assert findings_of(before, after) == [Told("changed", "time", "", '"ends after its parent"')]


@pytest.mark.parametrize(
    "handed_over",
    [
        pytest.param({"kind": Kind.CONSUMER}, id="to a consumer"),
        pytest.param({"parent": Kind.PRODUCER}, id="by a producer"),
        pytest.param({"links": (Link(f"{1:032x}", f"{1:016x}"),)}, id="with a link to the parent"),
    ],
)
def test_what_was_handed_over_may_end_later(
    handed_over: dict[str, Any],  # Any: each option of `nested` has its own type
) -> None:
    assert findings_of(nested(**handed_over), nested(end=9_000, **handed_over)) == []


def sequence(*names: str) -> Spans:
    """Make children that ran one after the other."""
    return forest(branch("root", *(branch(name) for name in names)))


def together(*names: str) -> Spans:
    """Make children that overlap; they start in this order."""
    calls = (branch(name, start_ns=11_000 + n, end_ns=90_000) for n, name in enumerate(names))
    return forest(branch("root", *calls, start_ns=10_000, end_ns=100_000))


def test_the_order_of_siblings_that_ran_one_after_the_other_is_a_fact() -> None:
    assert findings_of(sequence("a", "b", "c"), sequence("b", "a", "c")) == [Told("changed", "order", "", "")]


def test_the_order_counts_among_siblings_of_one_name_with_other_values() -> None:
    before = forest(branch("root", branch("get", attributes={"k": 1}), branch("get", attributes={"k": 2})))
    after = forest(branch("root", branch("get", attributes={"k": 2}), branch("get", attributes={"k": 1})))

    assert findings_of(before, after) == [Told("changed", "order", "", "")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(together("a", "b"), together("b", "a"), id="started in another order"),
        pytest.param(together("a", "b"), sequence("a", "b"), id="together before"),
        pytest.param(sequence("b", "a"), together("a", "b"), id="together now"),
    ],
)
def test_the_overlap_of_siblings_is_never_a_finding(before: Spans, after: Spans) -> None:
    assert findings_of(before, after) == []


def test_one_sibling_changed_among_many_that_are_alike_keeps_their_order() -> None:
    alike = [branch("get", attributes={"k": 0}) for _ in range(20)]
    other = branch("get", attributes={"k": 1})

    found = counts(forest(branch("root", *alike)), forest(branch("root", *alike[:9], other, *alike[10:])))

    assert found == {("changed", "attributes.k"): 1}


def test_a_span_with_the_ids_of_another_is_seen() -> None:
    before = forest(branch("root", branch("leaf")))
    root, leaf = before

    after = (root, replace(leaf, span_id=root.span_id))

    assert findings_of(before, after) == [Told("changed", "ids", "", '"those of another span"')]
    assert findings_of(after, before) == [Told("improved", "ids", '"those of another span"', "")]


def test_a_span_that_arrived_twice_is_new_once() -> None:
    before = forest(branch("root", branch("leaf")))

    assert findings_of(before, (*before, before[1])) == [Told("new", "span", "", '"leaf"')]


def requests(*trace_ids: int, absent: bool = False) -> Spans:
    """Make requests of two spans, each in the trace of that number, with callers in the file or `absent`."""
    callers = [f"{n + 99:016x}" if absent else "" for n in range(len(trace_ids))]
    roots = (branch(f"entry {n}", branch("leaf"), parent_id=caller) for n, caller in enumerate(callers))
    by_entry = dict(enumerate(trace_ids, 1))
    return tuple(
        replace(span, trace_id=f"{by_entry[int(span.trace_id, 16)]:032x}") for span in forest(*roots)
    )


@pytest.mark.parametrize("absent", [False, True], ids=["roots", "callers not in the file"])
def test_requests_that_leak_into_one_trace_or_out_of_it_are_seen(absent: bool) -> None:
    apart, as_one = requests(1, 2, 3, absent=absent), requests(1, 1, 1, absent=absent)

    assert counts(apart, as_one) == counts(as_one, apart) == {("changed", "trace"): 3}


def test_a_circle_is_cut_at_its_first_span() -> None:
    turn = tuple(
        Span("1" * 32, own * 16, "turn", above * 16, start_ns=int(own)) for own, above in ("12", "21")
    )

    side = Forms().side(turn)

    assert (side.cycles, side.parents, side.spans) == (1, {ORPHAN: 1, CHILD: 1}, 2)


def test_each_circle_is_counted() -> None:
    alone = Span("1" * 32, "1" * 16, "turn", "1" * 16)

    assert Forms().side((alone, replace(alone, trace_id="2" * 32))).cycles == 2


def test_the_traces_of_a_side_are_in_the_order_of_their_start() -> None:
    first, second = (span.trace_id for span in forest(branch("a"), branch("b")))
    turned = [replace(span, start_ns=-span.start_ns) for span in forest(branch("a"), branch("b"))]

    assert [trace.trace_id for trace in Forms().side(turned).traces] == [second, first]


def test_children_at_the_same_time_are_one_form_in_any_order() -> None:
    forms = Forms()
    one, other = (forms.side(together(*names)).traces[0].roots for names in ("ab", "ba"))

    assert one == other


def test_the_parents_of_a_side_are_counted() -> None:
    side = Forms().side(
        (*forest(branch("root", branch("leaf"))), *forest(branch("lost", parent_id="9" * 16)))
    )

    assert side.parents == {ROOT: 1, CHILD: 1, ORPHAN: 1}


def test_ten_thousand_levels_are_one_form() -> None:
    forms = Forms()
    deep = chain(10_000)

    assert forms.side(deep).traces[0].roots == forms.side(deep).traces[0].roots


@given(forests(), st.integers(-100, 100))
def test_ids_and_absolute_times_never_count(spans: Spans, shift: int) -> None:
    def renamed(span_id: str) -> str:
        return f"{int(span_id, 16) + 512:016x}" if span_id else ""

    moved = [
        replace(
            span,
            trace_id=f"{int(span.trace_id, 16) + 512:032x}",
            span_id=renamed(span.span_id),
            parent_id=renamed(span.parent_id),
            start_ns=span.start_ns + shift,
            end_ns=span.end_ns + shift,
        )
        for span in spans
    ]
    forms = Forms()

    before, after = forms.side(spans), forms.side(moved)

    assert [trace.roots for trace in before.traces] == [trace.roots for trace in after.traces]


@given(
    st.one_of(migrations().map(lambda sides: sides[0]), doubled_forests()), st.randoms(use_true_random=False)
)
def test_the_order_of_the_file_never_counts(spans: Spans, random: Any) -> None:  # Any: Random
    shuffled = list(spans)
    random.shuffle(shuffled)
    forms = Forms()

    before, after = forms.side(spans), forms.side(shuffled)

    assert {trace.trace_id: trace.roots for trace in before.traces} == {
        trace.trace_id: trace.roots for trace in after.traces
    }
    assert before.counts == after.counts
    assert (before.duplicates, before.cycles) == (after.duplicates, after.cycles)
