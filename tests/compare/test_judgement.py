from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ot2otel.compare.rules.rule import (
    Added,
    Copied,
    Dropped,
    Effect,
    Licence,
    Makes,
    Premise,
    Renamed,
    Rule,
    Split,
    attribute,
    of_event,
    one_of,
    stands,
    text,
    was,
)
from ot2otel.compare.rules.steps import Step
from ot2otel.compare.verdict import Known, Outcome, judge
from ot2otel.model import Attributes, Event, Kind, Link, Scope, Status, StatusCode
from ot2otel.recording import Recording
from tests.support.fields import SpanFields
from tests.support.judging import SPAN, START_NS, Told, changes, told, verdict

A, B, C = attribute("a"), attribute("b"), attribute("c")


def rule(name: str, *licences: Licence, effect: Effect = Effect.TRANSLATED) -> Rule:
    return Rule(name, effect, "", "", licences)


def judged(before: SpanFields, after: SpanFields, *rules: Rule) -> list[tuple[str, str, str, str, list[str]]]:
    """Judge two spans by these rules alone; return grade, field, the after's field, expectation and rules."""
    found = judge(
        Recording((replace(SPAN, **before),)),
        Recording((replace(SPAN, **after),)),
        Known(step_for=lambda old, new: Step((), rules)),
    )
    return [
        (one.grade.value, one.old_field, one.new_field, one.expected, [rule.name for rule in one.rules])
        for one in found.findings
    ]


def of_attributes(
    before: Attributes, after: Attributes, *rules: Rule
) -> list[tuple[str, str, str, str, list[str]]]:
    return [
        (grade, old.replace("attributes.", ""), new.replace("attributes.", ""), expected, names)
        for grade, old, new, expected, names in judged({"attributes": before}, {"attributes": after}, *rules)
    ]


def parts(value: str) -> Sequence[Makes]:
    first, _, second = value.partition("-")
    return [Makes(B, first), Makes(C, second)]


RENAME = rule("a-to-b", Renamed(A, B))
LOSS = rule("no-a", Dropped((A,), "nothing"), effect=Effect.DEGRADED)
SPLIT = rule("split", Split((A,), parts))
PARTLY = rule("partly", Split((A,), lambda a: [Makes(B, a), Makes(C, a, required=False)]))
COPY = rule("copy", Copied(C, (B,), lambda b: [b]), effect=Effect.ADDED)
ADDITION = rule("more", Added((C,), text), effect=Effect.ADDED)
BOTH = rule("both", Split((A,), lambda a: [Makes(B, a), Makes(C, a)]))

CASES = [
    pytest.param({"a": 1}, {"a": 1}, [LOSS, RENAME], [], id="what stands is kept"),
    pytest.param(
        {"a": 1},
        {"a": 1, "b": 1},
        [RENAME],
        [("translated", "", "b", "", ["a-to-b"])],
        id="kept and told anew",
    ),
    pytest.param(
        {"a": 1}, {"b": 1}, [LOSS, RENAME], [("translated", "a", "b", "", ["a-to-b"])], id="mildest first"
    ),
    pytest.param({"a": 1}, {}, [LOSS, RENAME], [("degraded", "a", "", "", ["no-a"])], id="the loss alone"),
    pytest.param({"a": 1}, {}, [RENAME], [("gone", "a", "", "", [])], id="the new fact is not there"),
    pytest.param({}, {"b": 1}, [RENAME], [("new", "", "b", "", [])], id="the old fact is not there"),
    pytest.param(
        {"a": 1},
        {"b": 2},
        [RENAME],
        [("changed", "a", "b", "1", ["a-to-b"])],
        id="another value under the new key",
    ),
    pytest.param(
        {"a": 1},
        {"b": 1.0},
        [RENAME],
        [("changed", "a", "b", "1", ["a-to-b"])],
        id="another type under the new key",
    ),
    pytest.param(
        {"a": 1}, {"a": 2}, [RENAME], [("changed", "a", "a", "", [])], id="another value under the old key"
    ),
    pytest.param(
        {"a": "x-y"},
        {"b": "x", "c": "y"},
        [SPLIT],
        [("translated", "a", "b, c", "", ["split"])],
        id="a split",
    ),
    pytest.param(
        {"a": "x-y"},
        {"b": "x", "c": "z"},
        [SPLIT],
        [("changed", "a", "c", '"y"', ["split"]), ("translated", "", "b", "", ["split"])],
        id="half a split: another value in one part",
    ),
    pytest.param(
        {"a": "x-y"},
        {"b": "x"},
        [SPLIT],
        [("changed", "a", "", '"y"', ["split"]), ("translated", "", "b", "", ["split"])],
        id="half a split: one part is not there",
    ),
    pytest.param({"a": "x-y"}, {}, [SPLIT], [("gone", "a", "", "", [])], id="no part of a split"),
    pytest.param(
        {"a": 1},
        {"a": 1, "b": 2},
        [RENAME],
        [("changed", "", "b", "1", ["a-to-b"])],
        id="another value under the new key, the old one stays",
    ),
    pytest.param(
        {"a": 1},
        {"a": 3, "b": 2},
        [RENAME],
        [("changed", "a", "a", "", []), ("changed", "", "b", "1", ["a-to-b"])],
        id="other values under both keys",
    ),
    pytest.param(
        {"a": "x-y"},
        {"a": "x-y", "b": "x", "c": "z"},
        [SPLIT],
        [("changed", "", "c", '"y"', ["split"]), ("translated", "", "b", "", ["split"])],
        id="half a split, the old one stays",
    ),
    pytest.param(
        {"a": 1},
        {"a": 1, "b": 2, "c": 3},
        [RENAME, rule("c", Added((B,)), effect=Effect.ADDED)],
        [("new", "", "c", "", []), ("added", "", "b", "", ["c"])],
        id="another rule adds what stands under the new key",
    ),
    pytest.param(
        {"a": 1, "b": 2}, {"a": 1, "b": 2}, [RENAME], [], id="the before has both keys, with two values"
    ),
    pytest.param(
        {"a": 1}, {"b": 1}, [PARTLY], [("translated", "a", "b", "", ["partly"])], id="not all of it"
    ),
    pytest.param(
        {"a": 1},
        {"b": 1, "c": 2},
        [PARTLY],
        [("changed", "", "c", "1", ["partly"]), ("translated", "a", "b", "", ["partly"])],
        id="what is recommended with another value",
    ),
    pytest.param(
        {"b": 1}, {"b": 1, "c": 1}, [COPY], [("added", "", "c", "", ["copy"])], id="a copy takes nothing"
    ),
    pytest.param(
        {"b": 1}, {"b": 1, "c": 2}, [COPY], [("changed", "", "c", "1", ["copy"])], id="another copy"
    ),
    pytest.param({"c": "x"}, {}, [ADDITION], [("gone", "c", "", "", [])], id="no loss excused"),
    pytest.param({"c": "x"}, {"c": "y"}, [ADDITION], [("changed", "c", "c", "", [])], id="no change excused"),
    pytest.param({}, {"c": "x"}, [ADDITION], [("added", "", "c", "", ["more"])], id="an addition"),
    pytest.param(
        {}, {"c": 1}, [ADDITION], [("changed", "", "c", "", ["more"])], id="an addition of another kind"
    ),
    pytest.param(
        {"a": 1},
        {"b": 1, "c": 1},
        [RENAME, BOTH],
        [("translated", "a", "b, c", "", ["both"])],
        id="the rule that makes most first",
    ),
    pytest.param(
        {"a": "x-y"},
        {"b": "x", "c": "z", "d": "q"},
        [rule("a-to-d", Renamed(A, attribute("d"))), SPLIT],
        [
            ("changed", "a", "c", '"y"', ["split"]),
            ("new", "", "d", "", []),
            ("translated", "", "b", "", ["split"]),
        ],
        id="the contradicted rule of which most stands first",
    ),
    pytest.param(
        {"a": "x-y"},
        {"c": "z"},
        [SPLIT],
        [("changed", "a", "c", '"y"', ["split"])],
        id="another value in one part, the other part is not there",
    ),
    pytest.param(
        {"a": 1, "c": 5},
        {"b": 1, "c": 2},
        [PARTLY],
        [("changed", "c", "c", "", []), ("translated", "a", "b", "", ["partly"])],
        id="what is recommended had another value before",
    ),
    pytest.param(
        {"a": 1, "b": 5},
        {"b": 2},
        [RENAME],
        [("gone", "a", "", "", []), ("changed", "b", "b", "", [])],
        id="the new key had another value before",
    ),
    pytest.param(
        {"a": 1, "b": 5},
        {"a": 1, "b": 2},
        [RENAME],
        [("changed", "b", "b", "", [])],
        id="the new key had another value before, the old one stays",
    ),
    pytest.param(
        {"a": "x-y", "b": "q"},
        {"a": "x-y", "b": "x", "c": "z"},
        [SPLIT],
        [("changed", "b", "b", "", []), ("changed", "", "c", '"y"', ["split"])],
        id="half a split whose part had another value before, the old one stays",
    ),
    pytest.param(
        {"a": 1, "k": 2},
        {"a": 1, "b": 2, "d": 3},
        [RENAME, rule("k-to-d", Renamed(attribute("k"), attribute("d")))],
        [("changed", "", "b", "1", ["a-to-b"]), ("changed", "k", "d", "2", ["k-to-d"])],
        id="two contradicted rules, of one the old key stays",
    ),
    pytest.param(
        {"a": "x-y", "k": 2},
        {"d": 3},
        [SPLIT, rule("k-to-d", Renamed(attribute("k"), attribute("d")))],
        [("gone", "a", "", "", []), ("changed", "k", "d", "2", ["k-to-d"])],
        id="a contradicted rule behind one of which nothing stands",
    ),
    pytest.param(
        {"b": 1},
        {"b": 2, "c": 2},
        [rule("b", Added((B,)), effect=Effect.ADDED), COPY],
        [("changed", "b", "b", "", []), ("added", "", "c", "", ["copy"])],
        id="a copy behind an addition that changed",
    ),
    pytest.param(
        {},
        {"b": 2, "c": 2},
        [rule("b", Added((B,), premises=(stands(A),)), effect=Effect.ADDED), COPY],
        [("new", "", "b", "", []), ("added", "", "c", "", ["copy"])],
        id="a copy behind an addition whose premise fails",
    ),
    pytest.param(
        {},
        {"b": 2, "c": 2},
        [rule("none", Copied(B, (A,), lambda a: []), effect=Effect.ADDED), COPY],
        [("new", "", "b", "", []), ("added", "", "c", "", ["copy"])],
        id="a copy behind one of nothing",
    ),
    pytest.param(
        {"b": 2},
        {"b": 2, "c": 2},
        [rule("b and c", Added((B, C)), effect=Effect.ADDED)],
        [("added", "", "c", "", ["b and c"])],
        id="an addition beside one that was there",
    ),
]


@pytest.mark.parametrize(("before", "after", "rules", "found"), CASES)
def test_facts_are_settled_in_the_order_of_judgement(
    before: Attributes,
    after: Attributes,
    rules: list[Rule],
    found: list[tuple[str, str, str, str, list[str]]],
) -> None:
    assert of_attributes(before, after, *rules) == found


@pytest.mark.parametrize(
    ("premise", "applies"),
    [
        pytest.param(was(B), True, id="the before has it"),
        pytest.param(was(B, 1, 2), True, id="with one of the values"),
        pytest.param(was(B, 3), False, id="with another value"),
        pytest.param(stands(C), True, id="the after has it"),
        pytest.param(stands(B), False, id="the after does not"),
        pytest.param(Premise((B, C), one_of(5)), True, id="one of two places"),
    ],
)
def test_a_licence_applies_if_its_premises_hold(premise: Premise, applies: bool) -> None:
    loss = rule("no-a", Dropped((A,), "nothing", premises=(premise,)), effect=Effect.DEGRADED)

    found = of_attributes({"a": 1, "b": 2}, {"c": 5}, loss)

    assert ("degraded", "a", "", "", ["no-a"]) in found if applies else ("gone", "a", "", "", []) in found


def test_one_fact_of_the_after_accounts_for_one_of_the_before() -> None:
    found = of_attributes({"a": 1, "c": 1}, {"b": 1}, RENAME, rule("c-to-b", Renamed(C, B)))

    assert sorted(grade for grade, *_ in found) == ["translated", "translated"] or found == [
        ("gone", "c", "", "", []),
        ("translated", "a", "b", "", ["a-to-b"]),
    ]


def test_a_rule_for_events_holds_for_each_of_them() -> None:
    renamed = rule("m-to-t", Renamed(of_event("attributes", "m"), of_event("attributes", "t")))
    before = tuple(Event("e", START_NS, {"m": n, "k": n}) for n in range(3))
    after = tuple(Event("e", START_NS, {"t": n, "k": n}) for n in range(3))

    assert judged({"events": before}, {"events": after}, renamed) == [
        ("translated", "event.attributes.m", "event.attributes.t", "", ["m-to-t"])
    ]


X, Y = (of_event("attributes", key) for key in "xy")


def test_a_rule_for_events_reads_the_after_of_the_same_event() -> None:
    def there(old: object, new: object) -> Sequence[Makes] | None:
        return (Makes(Y, new),) if new == f"{old}!" else None

    split = rule("x-to-y", Split((X,), there, reads_after=(Y,)))
    before = tuple(Event("e", START_NS, {"x": text, "k": text}) for text in "ab")
    after = tuple(Event("e", START_NS, {"y": f"{text}!", "k": text}) for text in "ab")

    assert judged({"events": before}, {"events": after}, split) == [
        ("translated", "event.attributes.x", "event.attributes.y", "", ["x-to-y"])
    ]


@pytest.mark.parametrize(
    ("licence", "before", "after", "found"),
    [
        pytest.param(
            Added((X,)), [{"x": 1}, {}], [{"x": 1}, {"x": 2}], [("added", "", "x")], id="one stood before"
        ),
        pytest.param(
            Added((X,)),
            [{"x": 1}, {}],
            [{"x": 3}, {"x": 2}],
            [("changed", "x", "x"), ("added", "", "x")],
            id="one changed",
        ),
        pytest.param(
            Added((X,), premises=(stands(Y),)),
            [{}, {"y": 1}],
            [{"x": 1}, {"x": 2, "y": 1}],
            [("new", "", "x"), ("added", "", "x")],
            id="one lacks the premise",
        ),
        pytest.param(
            Copied(X, (Y,), lambda y: [] if y is None else [y]),
            [{}, {"y": 1}],
            [{"x": 1}, {"x": 1, "y": 1}],
            [("new", "", "x"), ("added", "", "x")],
            id="one is a copy of nothing",
        ),
    ],
)
def test_an_addition_to_events_is_judged_for_each_of_them(
    licence: Licence,
    before: list[Attributes],
    after: list[Attributes],
    found: list[tuple[str, str, str]],
) -> None:
    old, new = (
        SpanFields(events=tuple(Event("e", START_NS, {"k": n, **each}) for n, each in enumerate(attributes)))
        for attributes in (before, after)
    )

    told = judged(old, new, rule("more", licence, effect=Effect.ADDED))

    shown = [
        (grade, *(field.replace("event.attributes.", "") for field in fields))
        for grade, *fields, _, _ in told
    ]
    assert sorted(shown) == sorted(found)


@pytest.mark.parametrize("extra", [0, 1, 2, 3], ids=lambda extra: f"at {extra}")
def test_one_event_more_does_not_shift_those_behind_it(extra: int) -> None:
    few = [Event("try", START_NS, {"number": number}) for number in range(3)]
    many = [*few[:extra], Event("wait", START_NS), *few[extra:]]

    grown = changes({"events": tuple(few)}, {"events": tuple(many)})
    shrunk = changes({"events": tuple(many)}, {"events": tuple(few)})

    assert grown == [Told("new", "event.name", "", '"wait"')]
    assert shrunk == [Told("gone", "event.name", '"wait"', "")]


def test_an_event_is_laid_beside_the_likest_whatever_its_keys_are_called() -> None:
    found = changes(
        {"events": (Event("error", START_NS, {"message": "boom"}),)},
        {"events": (Event("start", START_NS), Event("exception", START_NS, {"exception.message": "boom"}))},
    )

    assert sorted(found) == [
        Told("changed", "event.name", '"error"', '"exception"'),
        Told("gone", "event.attributes.message", '"boom"', ""),
        Told("new", "event.attributes.exception.message", "", '"boom"'),
        Told("new", "event.name", "", '"start"'),
    ]


NAME_AND_K = ("event.name", "event.attributes.k")


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        pytest.param(
            [("a", 1)],
            [("b", 1), ("a", 2)],
            [Told("changed", NAME_AND_K[1], "1", "2"), Told("new", "event", "", '"b"')],
            id="an equal name counts twice",
        ),
        pytest.param(
            [("a", 1)],
            [("a", True), ("a", 1)],
            [Told("new", "event", "", '"a"')],
            id="types tell values apart",
        ),
        pytest.param(
            [("b", 0), ("c", 9), ("a", 1)],
            [("a", 2), ("b", 0), ("a", 3)],
            [
                Told("changed", NAME_AND_K[1], "1", "3"),
                Told("gone", "event", '"c"', ""),
                Told("new", "event", "", '"a"'),
            ],
            id="of those as alike the nearest",
        ),
    ],
)
def test_an_event_is_laid_beside_the_likest(
    before: list[tuple[str, int]], after: list[tuple[str, int]], found: list[Told]
) -> None:
    old, new = (
        SpanFields(events=tuple(Event(name, START_NS, {"k": value}) for name, value in side))
        for side in (before, after)
    )

    assert sorted(changes(old, new)) == found


@pytest.mark.parametrize("what", ["event", "link"])
def test_what_an_entry_lost_is_not_held_against_another_one_in_its_place(what: str) -> None:
    """The second entry of the before is the first one of the after."""

    def entries(*each: tuple[str, Attributes]) -> SpanFields:
        if what == "event":
            return SpanFields(events=tuple(Event(name, START_NS, values) for name, values in each))
        return SpanFields(links=tuple(Link(name * 32, name * 16, values) for name, values in each))

    rest: Attributes = {"x": "x", "y": "y"}

    found = changes(
        entries(("a", {"k": 1, **rest}), ("b", {"k": 2, "m": "m", "n": "n"})),
        entries(("b", {"k": 3, "m": "m", "n": "n"}), ("a", rest)),
    )

    assert sorted(found) == [
        Told("changed", f"{what}.attributes.k", "2", "3"),
        Told("gone", f"{what}.attributes.k", "1", ""),
    ]


def test_the_rest_of_an_event_that_a_rule_took_is_gone() -> None:
    lost = rule("no-m", Dropped((of_event("attributes", "m"),), "nothing"), effect=Effect.DEGRADED)
    event = Event("e", START_NS, {"m": 1}, dropped_attributes=3)

    assert judged({"events": (event,)}, {}, lost) == [
        ("gone", "event.dropped", "", "", []),
        ("gone", "event.name", "", "", []),
        ("degraded", "event.attributes.m", "", "", ["no-m"]),
    ]


def test_a_fact_that_changed_is_not_let_go() -> None:
    lost = rule("no-a-b", Dropped((A, B), "nothing"), effect=Effect.DEGRADED)

    assert of_attributes({"a": 1}, {"a": 2}, lost) == [("changed", "a", "a", "", [])]
    assert of_attributes({"a": 1, "b": 1}, {"a": 2}, lost) == [
        ("gone", "b", "", "", []),
        ("changed", "a", "a", "", []),
    ]
    assert of_attributes({"a": 1, "b": 1}, {"b": 2}, lost) == [
        ("changed", "b", "b", "", []),
        ("degraded", "a", "", "", ["no-a-b"]),
    ]


@pytest.mark.parametrize("taken", [(A,), (B, A)], ids=["alone", "behind another one"])
def test_a_fact_that_changed_is_not_let_go_though_another_one_may_have_become_it(
    taken: tuple[tuple[str, str], ...],
) -> None:
    lost = rule("lost", Dropped(taken, "nothing"), effect=Effect.DEGRADED)
    renamed = rule("k-to-a", Renamed(attribute("k"), A))

    found = of_attributes(
        {"a": 1, "b": 1, "k": 2}, {"a": 2, **({} if B in taken else {"b": 1})}, lost, renamed
    )

    assert ("changed", "a", "a", "", []) in found
    assert ("translated", "k", "", "", ["k-to-a"]) in found


def test_a_whole_event_is_told_once() -> None:
    event = Event("e", START_NS, {"a": 1, "b": 2})

    assert changes({"events": (event,)}, {}) == [Told("gone", "event", '"e"', "")]
    assert changes({}, {"events": (event,)}) == [Told("new", "event", "", '"e"')]


def test_an_exception_that_is_recorded_now_is_an_improvement() -> None:
    failed: SpanFields = {"status": Status(StatusCode.ERROR)}
    recorded: SpanFields = {"events": (Event("exception", START_NS, {"exception.type": "E"}),)}

    assert changes(failed, {**failed, **recorded}) == [Told("improved", "event", "", '"exception"')]
    assert changes({}, recorded) == [Told("new", "event", "", '"exception"')]


# The rules of the migration: what contradicts them is changed, in whatever key it stands.
SDK, SHIM = Scope("lib", "1"), Scope("opentelemetry.shim.opentracing_shim", "0.60b1")
CLIENT: SpanFields = {"kind": Kind.CLIENT}
FAILED: SpanFields = {"status": Status(StatusCode.ERROR)}
LOGGED = {"error.kind": "<class 'ValueError'>", "message": "boom", "stack": "in f"}
EXCEPTION = {"exception.type": "ValueError", "exception.message": "boom", "exception.stacktrace": "in f"}
AT_A: Attributes = {"server.address": "a", "server.port": 80}
THRIFT: Attributes = {"otel.library.name": "lib"}
PLANTED = [
    pytest.param(
        {**CLIENT, "attributes": {"http.method": "GET"}},
        {**CLIENT, "attributes": {"http.request.method": "GET"}, "scope": SDK},
        {**CLIENT, "attributes": {"http.request.method": "PUT"}, "scope": SDK},
        {("changed", "attributes.http.method")},
        id="method",
    ),
    pytest.param(
        {**CLIENT, "attributes": {"http.status_code": 200}},
        {**CLIENT, "attributes": {"http.response.status_code": 200}, "scope": SDK},
        {**CLIENT, "attributes": {"http.response.status_code": "200"}, "scope": SDK},
        {("changed", "attributes.http.status_code")},
        id="type of the status code",
    ),
    pytest.param(
        {**CLIENT, "attributes": {"http.url": "http://a/b"}},
        {**CLIENT, "attributes": {"url.full": "http://a/b", **AT_A}, "scope": SDK},
        {**CLIENT, "attributes": {"url.full": "http://a/c", **AT_A}, "scope": SDK},
        {("changed", "attributes.http.url")},
        id="URL",
    ),
    pytest.param(
        {"events": (Event("error", START_NS, LOGGED),)},
        {"events": (Event("exception", START_NS, EXCEPTION),), "scope": SDK},
        {"events": (Event("exception", START_NS, {**EXCEPTION, "exception.message": "bang"}),), "scope": SDK},
        {("changed", "event.attributes.message")},
        id="exception's message",
    ),
    pytest.param(
        CLIENT,
        {"attributes": {"span.kind": "client"}, "scope": SHIM},
        {"attributes": {"span.kind": "server"}, "scope": SHIM},
        {("changed", "kind")},
        id="kind under the shim",
    ),
    pytest.param(
        FAILED,
        {"attributes": {"error": True}, "scope": SHIM},
        {"attributes": {"error": False}, "scope": SHIM},
        {("changed", "status.code")},
        id="error under the shim",
    ),
    pytest.param(
        {"attributes": {"span.kind": "client"}, "scope": SHIM},
        {"kind": Kind.CLIENT, "scope": SDK},
        {"kind": Kind.SERVER, "scope": SDK},
        {("changed", "kind"), ("gone", "attributes.span.kind")},
        id="kind off the shim",
    ),
    pytest.param(
        {"resource": {"os.type": "h"}},
        {"attributes": {"otel.library.name": "lib", "os.type": "h"}},
        {"attributes": {"otel.library.name": "lib", "os.type": "i"}},
        {("changed", "resource.os.type")},
        id="resource over thrift",
    ),
    pytest.param(
        {"events": (Event("a", START_NS, {"k": 1}),)},
        {"events": (Event("", START_NS, {"message": "a", "k": 1}),), "attributes": THRIFT},
        {"events": (Event("", START_NS, {"message": "b", "k": 1}),), "attributes": THRIFT},
        {("changed", "event.name")},
        id="event's name over thrift",
    ),
]


def _verdict(before: SpanFields, after: SpanFields) -> tuple[Outcome, list[Told]]:
    found = verdict([replace(SPAN, **before)], [replace(SPAN, **after)])
    return found.outcome, told(found)


@pytest.mark.parametrize(("before", "after", "planted", "changed"), PLANTED)
def test_a_value_planted_under_a_renamed_key_is_all_that_changed(
    before: SpanFields, after: SpanFields, planted: SpanFields, changed: set[tuple[str, str]]
) -> None:
    faithful, _ = _verdict(before, after)
    wrong, found = _verdict(before, planted)

    assert faithful in (Outcome.EQUIVALENT, Outcome.DEGRADED)
    assert wrong is Outcome.DIFFERENT
    assert {(one.grade, one.field) for one in found if one.grade in ("changed", "gone")} == changed


def test_no_finding_names_a_field_that_neither_file_has() -> None:
    method: SpanFields = {**CLIENT, "attributes": {"http.method": "GET"}}
    twice: SpanFields = {
        **CLIENT,
        "attributes": {"http.method": "GET", "http.request.method": "GET"},
        "scope": SDK,
    }

    _, found = _verdict(method, twice)

    assert [one for one in found if "http" in one.field] == [
        Told("translated", "attributes.http.request.method", "", '"GET"')
    ]


def test_new_code_with_the_old_names_is_no_different_for_it() -> None:
    fields: SpanFields = {
        "attributes": {"http.method": "GET", "http.url": "http://a/", "http.status_code": 500},
        "kind": Kind.CLIENT,
        "status": Status(StatusCode.ERROR),
    }

    outcome, found = _verdict(fields, {**fields, "scope": SDK})

    assert outcome is Outcome.EQUIVALENT
    assert [one.field for one in found if not one.field.startswith("scope.")] == []
