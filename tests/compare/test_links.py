from __future__ import annotations

from dataclasses import replace

import pytest

from ot2otel.compare.forms import Forms
from ot2otel.compare.judgement import Grade
from ot2otel.compare.links import judged_links
from ot2otel.compare.pairing import pair_sides
from ot2otel.model import Link
from tests.support.judging import Told, findings_of
from tests.support.traffic import Spans
from tests.support.trees import branch, forest


def linked(*targets: str, source: str = "source") -> Spans:
    """Make a span with links to targets: `in 1` and `in 2` of one trace, `apart 1` and `apart 2` of two."""
    spans = forest(
        branch("root", branch("in", attributes={"k": 1}), branch("in", attributes={"k": 2})),
        branch("apart", attributes={"k": 1}),
        branch("apart", attributes={"k": 2}),
        branch("source"),
    )
    to = {f"{span.name} {span.attributes.get('k')!r}": Link(span.trace_id, span.span_id) for span in spans}
    to["outside"] = Link("9" * 32, "9" * 16)
    links = tuple(replace(to[name], attributes={"why": "for a test"}) for name in targets)
    return tuple(replace(span, links=links) if span.name == source else span for span in spans)


APART, INSIDE = '"service: apart, of another trace"', '"service: in, of another trace"'
TARGET, K = '"service: target, of another trace"', "attributes.k"
OUTSIDE = '"a span outside the recording"'


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        pytest.param(["apart 1", "in 2"], ["apart 1", "in 2"], [], id="the same"),
        pytest.param(["apart 1", "in 2"], ["in 2", "apart 1"], [], id="in another order"),
        pytest.param(
            ["apart 1"], ["apart 2"], [Told("changed", "link.target", APART, APART)], id="to another trace"
        ),
        pytest.param(
            ["in 1"], ["in 2"], [Told("changed", "link.target", INSIDE, INSIDE)], id="inside a trace"
        ),
        pytest.param(
            ["apart 1"], ["in 1"], [Told("changed", "link.to", APART, INSIDE)], id="to a span of another name"
        ),
        pytest.param(
            ["outside"], ["in 1"], [Told("changed", "link.to", OUTSIDE, INSIDE)], id="from outside"
        ),
        pytest.param(
            ["in 1"], ["outside"], [Told("changed", "link.to", INSIDE, OUTSIDE)], id="to the outside"
        ),
        pytest.param(["apart 1"], [], [Told("gone", "link", APART, "")], id="lost"),
        pytest.param(["apart 1"], ["apart 1", "apart 1"], [Told("new", "link", "", APART)], id="once more"),
    ],
)  # fmt: skip
def test_a_link_is_judged_by_the_span_it_points_at(
    before: list[str], after: list[str], found: list[Told]
) -> None:
    assert findings_of(linked(*before), linked(*after)) == found


def test_a_link_follows_the_span_it_points_at_when_that_moves() -> None:
    def pointed(spans: Spans) -> Spans:
        target = next(span for span in spans if span.name == "target")
        links = (Link(target.trace_id, target.span_id),)
        return tuple(replace(span, links=links) if span.name == "source" else span for span in spans)

    before = pointed(forest(branch("root", branch("source"), branch("a", branch("target")), branch("b"))))
    after = pointed(forest(branch("root", branch("source"), branch("a"), branch("b", branch("target")))))

    assert findings_of(before, after) == [Told("changed", "parent", "another span", "another span")]


def test_two_spans_that_swapped_the_targets_of_their_links_are_seen() -> None:
    def crossed(first: int, second: int) -> Spans:
        one, two, *sources = forest(
            branch("target", attributes={"k": 1}),
            branch("target", attributes={"k": 2}),
            branch("root", branch("source", attributes={"k": 1}), branch("source", attributes={"k": 2})),
        )
        to = [Link(target.trace_id, target.span_id) for target in (one, two)]
        root, *below = sources
        chosen = (first, second)
        return (
            *(one, two, root),
            *(replace(span, links=(to[n],)) for span, n in zip(below, chosen, strict=True)),
        )

    target = '"service: target, of another trace"'
    assert findings_of(crossed(0, 1), crossed(0, 1)) == []
    assert findings_of(crossed(0, 1), crossed(1, 0)) == [Told("changed", "link.target", target, target, 2)]


def test_the_links_of_a_span_that_is_gone_are_gone_with_it() -> None:
    spans = linked("apart 1")

    assert findings_of(spans, [span for span in spans if span.name != "source"]) == [
        Told("gone", "span", '"source"', "")
    ]


def alike(*marks: int, target: int) -> Spans:
    """Make a link to one of many traces, of which each has a span `target` and another one with a mark."""
    spans = forest(
        *(branch("root", branch("target"), branch("mark", attributes={"k": mark})) for mark in marks),
        branch("source"),
    )
    found = [span for span in spans if span.name == "target"][target]
    links = (Link(found.trace_id, found.span_id),)
    return tuple(replace(span, links=links) if span.name == "source" else span for span in spans)


def test_a_link_to_an_equal_span_of_another_trace_is_changed() -> None:
    told = Told("changed", "link.target", TARGET, TARGET)

    assert findings_of(alike(1, 2, target=0), alike(2, 1, target=1)) == []
    assert findings_of(alike(1, 2, target=0), alike(1, 2, target=1)) == [told]
    assert [one for one in findings_of(alike(1, 2, target=0), alike(1, 3, target=1)) if one.field != K] == [
        told
    ]


def test_traces_that_are_alike_but_for_a_value_are_one_target() -> None:
    before, after = alike(1, 2, target=0), alike(3, 4, target=1)

    assert {one.field for one in findings_of(before, after)} == {K}


def numbered(ids: str, *, more: bool = False, target: int) -> Spans:
    """Make a link to one of two traces, which differ in `k` and have ids of one side alone."""
    spans = forest(
        *(
            branch(
                "root",
                branch("target"),
                *([branch("more")] if more else []),
                attributes={"k": k, "id": id},
            )
            for k, id in enumerate(ids)
        ),
        branch("source"),
    )
    found = [span for span in spans if span.name == "target"][target]
    links = (Link(found.trace_id, found.span_id),)
    return tuple(replace(span, links=links) if span.name == "source" else span for span in spans)


@pytest.mark.parametrize("more", [False, True], ids=["a value differs", "a span is new"])
def test_a_link_to_an_equal_span_of_another_trace_is_changed_though_no_trace_is_as_it_was(more: bool) -> None:
    told = Told("changed", "link.target", TARGET, TARGET)

    same, other = (findings_of(numbered("ab", target=0), numbered("xy", more=more, target=n)) for n in (0, 1))

    assert [one for one in same if one.field.startswith("link")] == []
    assert [one for one in other if one.field.startswith("link")] == [told]


def test_a_link_inside_a_trace_says_so() -> None:
    def tried(target: int) -> Spans:
        spans = forest(branch("try"), branch("root", branch("try"), branch("again")))
        links = (Link(spans[target].trace_id, spans[target].span_id, {"why": "for a test"}),)
        return (*spans[:3], replace(spans[3], links=links))

    assert findings_of(tried(0), tried(2)) == [
        Told("changed", "link.to", '"service: try, of another trace"', '"service: try, of this trace"')
    ]


def judged(before: Spans, after: Spans) -> list[tuple[Grade, int, int, bool, bool, tuple[str, str]]]:
    """Return for each link its grade, how many places it has on each side, who has it, and its traces."""
    forms = Forms()
    sides = forms.side(before), forms.side(after)
    return [
        (
            link.settled.grade,
            len(link.settled.old),
            len(link.settled.new),
            link.old is not None,
            link.new is not None,
            link.traces,
        )
        for link in judged_links(*sides, pair_sides(*sides))
    ]


def test_a_link_that_one_side_has_alone_is_told_with_its_trace() -> None:
    some, none = linked("apart 1", "apart 2"), linked("apart 2")
    trace = next(span.trace_id for span in some if span.links)

    assert judged(some, some) == [(Grade.KEPT, 1, 1, True, True, (trace, trace))] * 2
    assert judged(some, none) == [
        (Grade.KEPT, 1, 1, True, True, (trace, trace)),
        (Grade.GONE, 1, 0, True, False, (trace, "")),
    ]
    assert judged(none, some) == [
        (Grade.KEPT, 1, 1, True, True, (trace, trace)),
        (Grade.NEW, 0, 1, False, True, ("", trace)),
    ]


def test_links_of_one_side_alone_are_judged() -> None:
    some, none = linked("in 1"), linked()
    trace = next(span.trace_id for span in some if span.links)

    assert judged(some, none) == [(Grade.GONE, 1, 0, True, False, (trace, ""))]
    assert judged(none, some) == [(Grade.NEW, 0, 1, False, True, ("", trace))]


@pytest.mark.parametrize("extra", [0, 1, 2], ids=lambda extra: f"at {extra}")
def test_one_link_more_does_not_shift_those_behind_it(extra: int) -> None:
    few = ["apart 1", "in 1"]
    many = [*few[:extra], "outside", *few[extra:]]

    assert findings_of(linked(*few), linked(*many)) == [Told("new", "link", "", OUTSIDE)]
    assert findings_of(linked(*many), linked(*few)) == [Told("gone", "link", OUTSIDE, "")]


def test_a_link_tells_whether_its_target_is_of_the_same_trace() -> None:
    root, leaf, apart = forest(branch("root", branch("leaf")), branch("apart"))
    inside, outside = (
        (root, replace(leaf, links=(Link(to.trace_id, to.span_id),)), apart) for to in (root, apart)
    )

    assert findings_of(inside, (root, leaf, apart)) == [
        Told("gone", "link.to", '"service: root, of this trace"', "")
    ]
    assert findings_of(outside, (root, leaf, apart)) == [
        Told("gone", "link.to", '"service: apart, of another trace"', "")
    ]
