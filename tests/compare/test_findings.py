from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import chain

import pytest

from ot2otel.compare.findings import Finding, LedgerRow, Part
from ot2otel.compare.judgement import Grade
from ot2otel.compare.rows import MOST_EXAMPLES
from ot2otel.model import Attributes, Event, Kind, Span, Status, StatusCode
from tests.support.judging import SPAN, START_NS, findings_of, verdict
from tests.support.trees import branch, forest


def requests(count: int, **fields: object) -> list[Span]:
    """Make traces of one span, told apart by `user`."""
    return [
        replace(
            SPAN,
            trace_id=f"{n + 1:032x}",
            attributes={"user": n, **{key: value for key, value in fields.items() if isinstance(value, str)}},
            resource={"service.name": "shop"},
        )
        for n in range(count)
    ]


def test_a_finding_is_n_of_all_facts_in_its_field() -> None:
    before = requests(30, k="a")
    after = [replace(span, attributes={**span.attributes, "k": "b"}) for span in before[:12]] + before[12:]

    (found,) = verdict(before, after).findings

    assert (found.grade, found.service, found.spans, found.field) == (
        Grade.CHANGED,
        "shop",
        ("op",),
        "attributes.k",
    )
    assert (found.old, found.new, found.n, found.of) == ('"a"', '"b"', 12, 30)


def test_a_finding_has_the_traces_of_a_few_examples() -> None:
    before = requests(30, k="a")
    after = [
        replace(span, trace_id="f" + span.trace_id[1:], attributes={**span.attributes, "k": "b"})
        for span in before
    ]

    (found,) = verdict(before, after).findings

    assert len(found.examples) == MOST_EXAMPLES
    assert {(old, new) for old, new in found.examples} <= {
        (old.trace_id, new.trace_id) for old, new in zip(before, after, strict=True)
    }


def test_the_length_of_a_verdict_does_not_grow_with_the_traffic() -> None:
    def judged(count: int) -> list[tuple[str, int]]:
        before = requests(count, path="/users")
        after = [
            replace(span, attributes={**span.attributes, "path": "/v2/users"}, kind=Kind.CLIENT)
            for span in before
        ]
        return [(one.field, one.n) for one in verdict(before, after).findings]

    assert [judged(10), judged(1_000)] == [
        [("attributes.path", 10), ("kind", 10)],
        [("attributes.path", 1_000), ("kind", 1_000)],
    ]


def test_many_values_are_told_as_a_template() -> None:
    before = [
        replace(span, attributes={"user": n, "path": f"/users/{n}/orders"})
        for n, span in enumerate(requests(20))
    ]
    after = [
        replace(span, attributes={"user": n, "path": f"/v2/users/{n}/orders"})
        for n, span in enumerate(requests(20))
    ]

    (found,) = verdict(before, after).findings

    assert (found.old, found.new, found.n) == ('"/users/#/orders"', '"/v2/users/#/orders"', 20)


def test_a_fact_of_the_resource_is_told_once_a_service() -> None:
    before = [replace(span, resource={"service.name": "shop", "region": "a"}) for span in requests(30)]
    after = [replace(span, resource={"service.name": "shop", "region": "b"}) for span in requests(30)]

    (found,) = verdict(before, after).findings

    assert (found.field, found.old, found.new, found.n, found.of) == ("resource.region", '"a"', '"b"', 1, 1)


def test_services_have_findings_of_their_own() -> None:
    before = forest(branch("a", branch("b", service="two"), service="one"))
    after = [replace(span, attributes={"k": 1}) for span in before]

    assert [(one.service, one.n) for one in verdict(before, after).findings] == [("one", 1), ("two", 1)]


def test_a_lost_span_and_a_new_one_are_told_as_spans() -> None:
    before = forest(branch("root", branch("get", attributes={"k": 1})))
    after = forest(branch("root", branch("put", service="other", attributes={"l": 1})))

    found = [
        (one.grade.value, one.service, one.old, one.new, one.n, one.of)
        for one in verdict(before, after).findings
    ]

    assert found == [
        ("gone", "service", '"get"', "", 1, 1),
        ("new", "other", "", '"put"', 1, 1),
    ]


def test_findings_begin_with_the_gravest() -> None:
    before = requests(3, lost="a", other="a")
    after = [
        replace(
            span,
            attributes={"user": span.attributes["user"], "other": "b", "more": 1},
            resource={"service.name": "shop", "telemetry.sdk.name": "opentelemetry"},
        )
        for span in before
    ]

    grades = [one.grade for one in verdict(before, after).findings]

    assert grades == sorted(grades, key=partial(list(Grade).index), reverse=True)
    assert grades[0] is Grade.GONE


LEDGER: Attributes = {"a": 1, "b": 2}
FAILED = Status(StatusCode.ERROR)


def whole(count: int) -> list[Span]:
    spans = (
        forest(
            branch(
                "root",
                branch(
                    "leaf", attributes=LEDGER, kind=Kind.CLIENT, status=FAILED, events=(Event("e", START_NS),)
                ),
                attributes={"n": n},
                kind=Kind.SERVER,
            )
        )
        for n in range(count)
    )
    return [replace(span, trace_id=f"{n + 1:032x}") for n, trace in enumerate(spans) for span in trace]


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        pytest.param({}, {}, id="nothing lost"),
        pytest.param({"attributes": {"a": 1}}, {"attributes": 1}, id="an attribute"),
        pytest.param({"attributes": {"a": 1, "b": 3}}, {"attributes": 1}, id="a value"),
        pytest.param({"events": ()}, {"events": 1}, id="an event"),
        pytest.param({"kind": Kind.INTERNAL}, {"kinds": 1}, id="a kind"),
        pytest.param({"name": "other"}, {"names": 1}, id="a name"),
        pytest.param({"status": Status()}, {"errors": 1}, id="an error"),
    ],
)
def test_the_ledger_counts_what_arrived(change: dict[str, object], lost: dict[str, int]) -> None:
    before = whole(10)
    after = [*before[:-1], replace(before[-1], **change)]  # type: ignore[arg-type]  # fields of any type

    assert verdict(before, after).ledger == tuple(
        LedgerRow(name, of - lost.get(name, 0), of)
        for name, of in (
            *(("spans", 20), ("parents", 10), ("kinds", 20), ("errors", 10), ("names", 20)),
            *(("attributes", 30), ("events", 10)),
        )
    )


def test_a_missing_span_counts_once_in_the_ledger() -> None:
    before = whole(10)

    assert verdict(before, before[:-1]).ledger == (
        LedgerRow("spans", 19, 20),
        LedgerRow("parents", 9, 9),
        LedgerRow("kinds", 19, 19),
        LedgerRow("errors", 9, 9),
        LedgerRow("names", 19, 19),
        LedgerRow("attributes", 28, 28),
        LedgerRow("events", 9, 9),
    )


def test_values_of_unlike_fields_are_never_told_beside_each_other() -> None:
    before = requests(50, k="old")
    after = [
        replace(span, attributes={**span.attributes, "k": f"new {n % 7}"}) for n, span in enumerate(before)
    ]

    found = list(chain.from_iterable((one.old, one.new) for one in findings_of(before, after)))

    assert found == ['"old"', '"new #"']


def changed(*values: str, failed: int = 0) -> Finding:
    """Judge requests whose `k` becomes these values; the last `failed` of them end with an error."""
    before = [
        replace(span, status=FAILED) if n >= len(values) - failed else span
        for n, span in enumerate(requests(len(values), k="old"))
    ]
    after = [
        replace(span, attributes={**span.attributes, "k": value})
        for span, value in zip(before, values, strict=True)
    ]
    (found,) = verdict(before, after).findings
    return found


@pytest.mark.parametrize("failed", [0, 2])
def test_the_most_frequent_value_comes_first(failed: int) -> None:
    found = changed("b", "a", "c", "a", "c", "c", failed=failed)

    assert (found.old, found.new, found.n, found.of) == ('"old"', '"c", "a", "b"', 6, 6)


def test_a_change_is_looked_at_in_many_spans() -> None:
    assert changed(*["a"] * 40, "b").new == '"a", "b"'


def test_the_most_frequent_span_is_named_first() -> None:
    names = ["g", *"abcdef", "g", "f"]
    before = [replace(span, name=name) for span, name in zip(requests(9, k="a"), names, strict=True)]
    after = [replace(span, attributes={**span.attributes, "k": "b"}) for span in before]

    (found,) = verdict(before, after).findings

    assert (found.spans, found.more_spans) == (("g", "f", "a", "b", "c"), 2)


def test_a_fact_of_the_resource_counts_each_resource_once() -> None:
    copies = ["1", "2", "2", "3"]

    def recorded(region: str) -> list[Span]:
        return [
            replace(
                span,
                resource={"service.name": "shop", "copy": copy, "region": region},
                status=FAILED if copy == "3" else Status(),
            )
            for span, copy in zip(requests(4), copies, strict=True)
        ]

    (found,) = verdict(recorded("a"), recorded("b")).findings

    assert (found.field, found.n, found.of) == ("resource.region", 3, 3)


def test_a_finding_of_one_field_has_no_parts() -> None:
    found = changed("a")

    assert found.parts == ((), ())
    assert (found.olds, found.news) == ((Part("attributes.k", '"old"'),), (Part("attributes.k", '"a"'),))


def test_an_event_is_told_by_its_name_and_has_its_fields_as_parts() -> None:
    before = [
        replace(span, events=(Event("e", START_NS, {"k": value}),))
        for span, value in zip(requests(3), ("a", "b", "b"), strict=True)
    ]
    after = [replace(span, events=()) for span in before]

    (gone,) = verdict(before, after).findings
    (new,) = verdict(after, before).findings

    parts = (Part("event.attributes.k", '"b", "a"'), Part("event.name", '"e"'))
    assert (gone.old_field, gone.new_field, gone.old, gone.new, gone.parts) == (
        "event",
        "",
        '"e"',
        "",
        (parts, ()),
    )
    assert (new.old_field, new.new_field, new.old, new.new, new.parts) == (
        "",
        "event",
        "",
        '"e"',
        ((), parts),
    )
