from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.populations import TraceSpans, Values
from ot2otel.compare.forms import Forms, Trace
from ot2otel.compare.judgement import Grade
from ot2otel.compare.pairing import Pairing, likeness, pair_sides
from ot2otel.model import Kind, Span
from tests.support.judging import Told, counts, findings_of, told, verdict
from tests.support.populations import all_spans, legacy, native, overlapping
from tests.support.traffic import Spans, migrations
from tests.support.trees import Branch, branch, forest


def pairing_of(before: Sequence[Span], after: Sequence[Span]) -> Pairing:
    forms = Forms()
    return pair_sides(forms.side(before), forms.side(after))


def lost(before: Sequence[TraceSpans], after: Sequence[TraceSpans]) -> dict[str, int]:
    """Count the spans that are gone, changed facts, and facts without a counterpart in a pair of spans."""
    found = {"spans gone": 0, "spans new": 0, "changed": 0}
    for one in told(verdict(all_spans(before), all_spans(after))):
        if one.field == "span":
            found[f"spans {one.grade}"] += one.n
        elif one.grade in ("changed", "noise"):
            found["changed"] += one.n
    return {name: n for name, n in found.items() if n}


@pytest.mark.parametrize("values", Values)
@pytest.mark.parametrize("count", [501, 10_000])
def test_a_program_recorded_twice_is_identical_in_whatever_order_its_requests_overlap(
    count: int, values: Values
) -> None:
    before, after = overlapping(legacy(count, values)), overlapping(legacy(count, values, seed=9), seed=4)

    assert verdict(all_spans(before), all_spans(after)).findings == ()


@pytest.mark.parametrize("values", Values)
def test_each_overlapping_request_meets_itself_after_the_migration(values: Values) -> None:
    assert lost(overlapping(legacy(501, values)), overlapping(native(501, values), seed=4)) == {}


@pytest.mark.parametrize(("count", "missing"), [(1_000, 1), (10_000, 7)], ids=["1 of 1,000", "7 of 10,000"])
def test_lost_overlapping_requests_are_gone_and_nothing_else_changed(count: int, missing: int) -> None:
    before, after = overlapping(legacy(count)), overlapping(legacy(count, seed=9), seed=4)

    assert lost(before, after[missing:]) == {"spans gone": 3 * missing}


def test_an_overlapping_request_lost_in_the_migration_is_gone_and_nothing_else_changed() -> None:
    assert lost(overlapping(legacy(1_000)), overlapping(native(1_000), seed=4)[1:]) == {"spans gone": 3}


@pytest.mark.parametrize("again", [legacy, native], ids=["recorded again", "migrated"])
def test_a_hundred_of_three_thousand_requests_lost_are_three_hundred_spans(
    again: Callable[[int], list[TraceSpans]],
) -> None:
    before, after = legacy(3_000), again(3_000)
    for index in sorted(random.Random(1).sample(range(3_000), 100), reverse=True):
        del after[index]

    assert lost(before, after) == {"spans gone": 300}


def test_sequential_requests_in_another_order_are_identical() -> None:
    calls = [branch("call", branch("leaf", attributes={"k": n})) for n in range(11)]

    assert findings_of(forest(*calls), forest(*calls[::-1])) == []


@pytest.mark.parametrize("values", Values)
def test_requests_whose_names_all_changed_meet_themselves(values: Values) -> None:
    after = [
        replace(span, name=f"{span.name} v2") for span in all_spans(overlapping(legacy(501, values), seed=4))
    ]

    assert counts(all_spans(overlapping(legacy(501, values))), after) == {("changed", "name"): 3 * 501}


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        pytest.param(
            0, 3, [Told("new", "span", "", '"call"', 3), Told("new", "span", "", '"leaf"', 3)], id="more"
        ),
        pytest.param(
            3, 0, [Told("gone", "span", '"call"', "", 3), Told("gone", "span", '"leaf"', "", 3)], id="less"
        ),
    ],
)
def test_traces_beyond_those_of_the_other_side_are_spans(before: int, after: int, found: list[Told]) -> None:
    def calls(more: int) -> Spans:
        return forest(branch("base"), *(branch("call", branch("leaf")) for _ in range(more)))

    assert findings_of(calls(before), calls(after)) == found


def test_unlike_traces_pair_with_the_likest() -> None:
    def calls(*values: tuple[int, int, int]) -> Spans:
        return forest(*(branch("call", attributes=dict(zip("abc", value, strict=True))) for value in values))

    found = findings_of(calls((1, 2, 3), (4, 5, 6)), calls((4, 5, 9), (1, 8, 3)))

    assert sorted(found) == [
        Told("changed", "attributes.b", "2", "8"),
        Told("changed", "attributes.c", "6", "9"),
    ]


def test_the_second_part_of_a_split_trace_has_lost_its_parent() -> None:
    before = forest(branch("client", branch("server", branch("query"))))
    after = forest(branch("client"), branch("server", branch("query")))

    assert counts(before, after) == {("changed", "parent"): 1}
    assert counts(after, before) == {("changed", "parent"): 1}


def test_a_recording_that_was_sick_before_has_few_findings_when_it_is_healthy() -> None:
    healthy = [
        span
        for n in range(100)
        for span in (
            replace(span, trace_id=f"{n + 1:032x}")
            for span in forest(
                branch("client", branch("server", branch("query", attributes={"k": n})), attributes={"k": n})
            )
        )
    ]
    sick = [span for span in healthy if span.name != "client"]

    assert findings_of(sick, healthy) == [
        Told("new", "span", "", '"client"', 100),
        Told("improved", "parent", "a span outside the recording", "another span", 100),
    ]


def test_more_unlike_traces_than_can_be_compared_one_by_one_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fans(*sizes: int) -> Spans:
        return forest(*(branch("fan", *(branch("get") for _ in range(size))) for size in sizes))

    before, after = fans(*range(1, 11)), fans(*range(11, 21))
    few = verdict(before, after)
    monkeypatch.setattr(likeness, "MOST_COMPARISONS", 99)
    many = verdict(before, after)

    assert (few.approximate, many.approximate) == (False, True)
    assert few.count(Grade.NEW) == many.count(Grade.NEW) == 100


@given(migrations())
def test_every_trace_is_paired_or_missing_or_extra(sides: tuple[Spans, Spans]) -> None:
    found = pairing_of(*sides)

    for index, (side, left) in enumerate(zip(sides, (found.missing, found.extra), strict=True)):
        paired = [pair[index] for pair in (*found.traces, *found.trees)]
        assert sum(trace.size for trace in (*paired, *left)) == len(side)


@given(migrations(), st.integers(1, 3))
def test_a_recording_several_times_over_pairs_as_one_does(sides: tuple[Spans, Spans], times: int) -> None:
    def repeated(spans: Spans) -> Spans:
        return tuple(
            replace(
                span,
                trace_id=f"{int(span.trace_id, 16) + 1_000 * n:032x}",
                links=tuple(
                    replace(link, trace_id=f"{int(link.trace_id, 16) + 1_000 * n:032x}")
                    for link in span.links
                ),
            )
            for n in range(times)
            for span in spans
        )

    found = pairing_of(repeated(sides[0]), repeated(sides[0]))

    assert (len(found.missing), len(found.extra), len(found.trees)) == (0, 0, 0)
    assert all(old.roots == new.roots for old, new in found.traces)


def of(service: str, name: str, *children: Branch) -> Branch:
    return branch(name, *children, service=service)


LOST_ROOT = of("proxy", "forward", of("web", "GET", of("store", "read")))
TWO_JOBS = [of("web", "GET"), of("cron", "tidy")]


@pytest.mark.parametrize(
    ("before", "after", "findings"),
    [
        pytest.param(
            [LOST_ROOT],
            LOST_ROOT.children,
            [Told("gone", "span", '"forward"', ""), Told("changed", "parent", "another span", "none")],
            id="the root is lost, of a service that the others are not of",
        ),
        pytest.param(
            LOST_ROOT.children,
            [LOST_ROOT],
            [Told("changed", "parent", "none", "another span"), Told("new", "span", "", '"forward"')],
            id="there is a root above",
        ),
        pytest.param(
            [of("web", "GET", of("web", "read"))],
            [of("unknown_service", "GET", of("unknown_service", "read"), of("unknown_service", "log"))],
            [
                Told("changed", "resource.service.name", '"web"', '"unknown_service"'),
                Told("new", "span", "", '"log"'),
            ],
            id="the service has another name, and a span more",
        ),
        pytest.param(
            [of("web", "serve", of("web", "read"), of("web", "log"))],
            [of("shop", "handle", of("shop", "read"), of("shop", "log"), of("shop", "write"))],
            [
                Told("changed", "name", '"serve"', '"handle"'),
                Told("changed", "resource.service.name", '"web"', '"shop"'),
                Told("new", "span", "", '"write"'),
            ],
            id="the service and its root have another name",
        ),
        pytest.param(
            [*TWO_JOBS, of("cron", "tidy", of("cron", "delete"))],
            [*TWO_JOBS, of("web", "probe", of("web", "read"), of("web", "log"))],
            [
                *(Told("gone", "span", name, "") for name in ('"delete"', '"tidy"')),
                *(Told("new", "span", "", name) for name in ('"log"', '"probe"', '"read"')),
            ],
            id="unlike trees of two services, and both sides have both",
        ),
    ],
)
def test_trees_of_unlike_roots_are_paired_if_one_may_have_become_the_other(
    before: Sequence[Branch], after: Sequence[Branch], findings: list[Told]
) -> None:
    assert sorted(findings_of(forest(*before), forest(*after))) == sorted(findings)


def by_hand(code: int, calls: int) -> Branch:
    """Return a request with spans of the database, which have no status code."""
    return branch("create", *(branch("db") for _ in range(calls)), attributes={"http.status_code": code})


def instrumented(code: int) -> Branch:
    return branch("POST /users", attributes={"http.response.status_code": code})


def code_of(trace: Trace) -> object:
    (value,) = (value for place, value in trace.roots[0].content.facts() if "status_code" in str(place[-1]))
    return value


@pytest.mark.parametrize("codes", [(200, 201, 400), (400, 201, 200)])
def test_requests_that_are_alike_but_for_a_field_that_one_side_has_rarely_meet_by_it(
    codes: Sequence[int],
) -> None:
    pairing = pairing_of(
        forest(by_hand(200, 2), by_hand(201, 0), by_hand(400, 0)), forest(*map(instrumented, codes))
    )

    pairs = [(code_of(old), code_of(new)) for old, new in (*pairing.traces, *pairing.trees)]
    assert sorted(pairs) == [(200, 200), (201, 201), (400, 400)]


def test_the_hints_tell_apart_as_many_traces_as_share_them() -> None:
    pairing = pairing_of(
        forest(by_hand(200, 9), *(by_hand(code, 0) for code in (400, 201, 400, 500))),
        forest(*(instrumented(code) for code in (201, 404, 400, 400, 200))),
    )

    pairs = [(code_of(old), code_of(new)) for old, new in (*pairing.traces, *pairing.trees)]
    assert sorted(pairs) == [(200, 200), (201, 201), (400, 400), (400, 400), (500, 404)]


def test_a_request_for_a_path_that_the_after_lacks_is_gone_and_another_one_is_new() -> None:
    def of(names: Sequence[str], paths: Sequence[str]) -> Spans:
        return forest(
            *(
                branch(name, attributes={"url.path": path}, kind=Kind.SERVER)
                for name, path in zip(names, paths, strict=True)
            )
        )

    found = findings_of(
        of(["item", "item", "add"], ["/items/7", "/items/8", "/baskets"]),
        of(["GET item", "GET item", "GET"], ["/items/7", "/items/8", "/nowhere"]),
    )

    assert [one for one in found if one.field != "name"] == [
        Told("gone", "span", '"add"', ""),
        Told("new", "span", "", '"GET"'),
    ]


def test_the_one_request_that_is_left_on_both_sides_is_a_pair() -> None:
    def of(name: str, path: str) -> Branch:
        return branch(name, attributes={"url.path": path}, kind=Kind.SERVER)

    found = findings_of(
        forest(of("ping", "/ping"), of("add", "/add")), forest(of("ping", "/ping"), of("put", "/set"))
    )

    assert sorted(one.field for one in found) == ["attributes.url.path", "name"]
