from __future__ import annotations

from dataclasses import replace
from itertools import chain

import pytest
from hypothesis import given

from ot2otel.compare.diff import Changed, diff
from ot2otel.compare.rules import Effect, Rule, rules_for
from ot2otel.compare.rules.rule import dropping, renamed
from ot2otel.compare.verdict import AnswerChanged, Explained, Outcome, Unexplained, Verdict, judge
from ot2otel.model import Attributes, Event, Kind, Scope, Span, Status, StatusCode
from ot2otel.recording import Answer, Recording
from tests.support.fields import SpanFields
from tests.support.forests import forests
from tests.support.likely_spans import likely_spans
from tests.support.trees import branch, forest

SPAN = Span("1" * 32, "1" * 16, "op", kind=Kind.INTERNAL)
SDK = Scope("lib", "1")
SHIM = Scope("opentelemetry.shim.opentracing_shim", "0.60b1")
EXCEPTION = {"exception.type": "ValueError", "exception.message": "boom", "exception.stacktrace": "in f"}
LOGGED = {"error.kind": "<class 'ValueError'>", "message": "boom", "stack": "in f"}


def _recording(*fields: SpanFields) -> Recording:
    """Make a recording of sibling spans, each with fields of its own."""
    return Recording(
        tuple(replace(replace(SPAN, span_id=f"{n:016x}"), **some) for n, some in enumerate(fields, 1))
    )


def _judge(before: Attributes, after: Attributes, *rules: Rule) -> Verdict:
    """Judge spans with these attributes by these rules alone."""
    return judge(
        _recording({"attributes": before}), _recording({"attributes": after}), lambda old, new: rules
    )


def _credits(verdict: Verdict) -> dict[str, list[str]]:
    return {
        explained.rule.name: [change.field for change in explained.differences]
        for explained in verdict.explained
    }


def _remaining(verdict: Verdict) -> dict[str, list[str]]:
    """Return the unexplained fields, each with the fields of its origins."""
    return {
        left.difference.field: [origin.field for origin in left.origins if isinstance(origin, Changed)]
        for left in verdict.unexplained
        if isinstance(left.difference, Changed)
    }


def _renaming(old: str, new: str, effect: Effect = Effect.TRANSLATED) -> Rule:
    return Rule(
        f"{old}-{new}",
        effect,
        "",
        "",
        rewrite_old=lambda span: replace(span, attributes=renamed(span.attributes, old, new)),
    )


def _dropping(key: str, effect: Effect) -> Rule:
    drop = dropping(key, of="attributes")
    return Rule(f"no-{key}", effect, "", "", rewrite_old=drop, rewrite_new=drop)


def test_equal_recordings_are_identical() -> None:
    verdict = _judge({"k": 1}, {"k": 1}, _dropping("k", Effect.DEGRADED))

    assert (verdict.outcome, verdict.explained, verdict.unexplained) == (Outcome.IDENTICAL, (), ())


@pytest.mark.parametrize(
    ("effect", "outcome"),
    [
        (Effect.BOOKKEEPING, Outcome.EQUIVALENT),
        (Effect.TRANSLATED, Outcome.EQUIVALENT),
        (Effect.ADDED, Outcome.EQUIVALENT),
        (Effect.DEGRADED, Outcome.DEGRADED),
    ],
)
def test_an_explained_difference_is_as_grave_as_its_rule(effect: Effect, outcome: Outcome) -> None:
    rule = _dropping("k", effect)

    verdict = _judge({"k": 1}, {}, rule)

    assert verdict.outcome is outcome
    assert verdict.explained == (Explained(rule, (Changed("op", "attributes.k", "1", None),)),)
    assert verdict.unexplained == ()


def test_an_unexplained_difference_makes_the_verdict_different() -> None:
    verdict = _judge({"k": 1}, {"l": 1}, _dropping("k", Effect.DEGRADED))

    change = Changed("op", "attributes.l", None, "1")
    assert verdict.outcome is Outcome.DIFFERENT
    assert verdict.unexplained == (Unexplained(change, (change,)),)


def test_a_rename_explains_both_of_its_sides() -> None:
    verdict = _judge({"old": 1}, {"new": 1}, _renaming("old", "new"))

    assert _credits(verdict) == {"old-new": ["attributes.new", "attributes.old"]}
    assert verdict.outcome is Outcome.EQUIVALENT


def test_a_value_that_changed_under_a_renamed_key_is_unexplained() -> None:
    verdict = _judge({"old": 1, "k": 1}, {"new": 2}, _renaming("old", "new"), _dropping("k", Effect.ADDED))

    assert _credits(verdict) == {"no-k": ["attributes.k"]}
    assert verdict.unexplained == (
        Unexplained(
            Changed("op", "attributes.new", "1", "2"),
            (Changed("op", "attributes.new", None, "2"), Changed("op", "attributes.old", "1", None)),
        ),
    )


def test_one_rule_may_finish_what_another_began() -> None:
    verdict = _judge(
        {"old": 1}, {"newest": 1}, _renaming("old", "newer"), _renaming("newer", "newest", Effect.ADDED)
    )

    assert _credits(verdict) == {"newer-newest": ["attributes.newest", "attributes.old"]}


@pytest.mark.parametrize("swapped", [False, True], ids=["loss first", "loss last"])
def test_a_loss_is_not_swallowed_by_a_milder_rule(swapped: bool) -> None:
    # Both keys inherit the one difference; each rule explains one of them.
    split = Rule(
        "split",
        Effect.TRANSLATED,
        "",
        "",
        rewrite_old=lambda span: replace(span, attributes={"a": 1, "b": 1} if span.attributes else {}),
    )
    rules = [_dropping("a", Effect.DEGRADED), _dropping("b", Effect.BOOKKEEPING)]

    verdict = _judge({"k": 1}, {}, split, *(reversed(rules) if swapped else rules))

    assert _credits(verdict) == {"no-a": ["attributes.k"]}
    assert verdict.outcome is Outcome.DEGRADED


def test_a_loss_stays_a_loss_when_a_milder_rule_explains_the_rest() -> None:
    loss = _renaming("k", "rest", Effect.DEGRADED)

    verdict = _judge({"k": 1}, {}, loss, _dropping("rest", Effect.BOOKKEEPING))

    assert _credits(verdict) == {"k-rest": ["attributes.k"]}
    assert verdict.outcome is Outcome.DEGRADED


def test_a_rule_is_skipped_if_its_change_did_not_happen() -> None:
    verdict = _judge({"old": 1}, {"old": 1}, _renaming("old", "new"))

    assert verdict.outcome is Outcome.IDENTICAL


def test_new_code_that_still_uses_the_old_names_is_no_different_for_it() -> None:
    fields: SpanFields = {
        "attributes": {"http.method": "GET", "http.url": "http://a/", "http.status_code": 500},
        "kind": Kind.CLIENT,
        "status": Status(StatusCode.ERROR),
    }

    verdict = judge(_recording(fields), _recording(fields | {"scope": SDK}))

    assert _credits(verdict) == {"instrumentation-scope": ["scope.name", "scope.version"]}
    assert verdict.unexplained == ()


def test_rules_are_listed_from_the_mildest_to_the_gravest() -> None:
    rules = [_dropping(effect.value, effect) for effect in reversed(Effect)]

    verdict = _judge({effect.value: 1 for effect in Effect}, {}, *rules)

    assert [explained.rule.effect for explained in verdict.explained] == list(Effect)


# A case for each rule that renames: old fields, expected new fields, and new fields with a wrong value.
HTTP: SpanFields = {"kind": Kind.CLIENT}
FAILED: SpanFields = {"status": Status(StatusCode.ERROR)}
PLANTED = [
    pytest.param(
        HTTP | {"attributes": {"http.method": "GET"}},
        HTTP | {"attributes": {"http.request.method": "GET"}, "scope": SDK},
        HTTP | {"attributes": {"http.request.method": "PUT"}, "scope": SDK},
        "attributes.http.request.method",
        id="method",
    ),
    pytest.param(
        HTTP | {"attributes": {"http.status_code": 200}},
        HTTP | {"attributes": {"http.response.status_code": 200}, "scope": SDK},
        HTTP | {"attributes": {"http.response.status_code": "200"}, "scope": SDK},
        "attributes.http.response.status_code",
        id="type of the status code",
    ),
    pytest.param(
        HTTP | {"attributes": {"http.url": "http://a/b"}},
        HTTP
        | {"attributes": {"url.full": "http://a/b", "server.address": "a", "server.port": 80}, "scope": SDK},
        HTTP
        | {"attributes": {"url.full": "http://a/c", "server.address": "a", "server.port": 80}, "scope": SDK},
        "attributes.url.full",
        id="URL",
    ),
    pytest.param(
        {"events": (Event("error", attributes=LOGGED),)},
        {"events": (Event("exception", attributes=EXCEPTION),), "scope": SDK},
        {"events": (Event("exception", attributes=EXCEPTION | {"exception.message": "bang"}),), "scope": SDK},
        "events[0].attributes.exception.message",
        id="exception's message",
    ),
    pytest.param(
        {"kind": Kind.CLIENT},
        {"attributes": {"span.kind": "client"}, "scope": SHIM},
        {"attributes": {"span.kind": "server"}, "scope": SHIM},
        "attributes.span.kind",
        id="kind under the shim",
    ),
    pytest.param(
        FAILED,
        {"attributes": {"error": True}, "scope": SHIM},
        {"attributes": {"error": False}, "scope": SHIM},
        "attributes.error",
        id="error under the shim",
    ),
    pytest.param(
        {"attributes": {"span.kind": "client"}, "scope": SHIM},
        {"kind": Kind.CLIENT, "scope": SDK},
        {"kind": Kind.SERVER, "scope": SDK},
        "kind",
        id="kind off the shim",
    ),
    pytest.param(
        {"resource": {"host.name": "h"}},
        {"attributes": {"otel.library.name": "lib", "host.name": "h"}},
        {"attributes": {"otel.library.name": "lib", "host.name": "i"}},
        "resource.host.name",
        id="resource over thrift",
    ),
    pytest.param(
        {"events": (Event("a", attributes={"k": 1}),)},
        {
            "events": (Event("", attributes={"message": "a", "k": 1}),),
            "attributes": {"otel.library.name": "lib"},
        },
        {
            "events": (Event("", attributes={"message": "b", "k": 1}),),
            "attributes": {"otel.library.name": "lib"},
        },
        "events[0].name",
        id="event's name over thrift",
    ),
]


@pytest.mark.parametrize(("before", "after", "planted", "field"), PLANTED)
def test_a_value_planted_under_a_renamed_key_is_the_one_thing_unexplained(
    before: SpanFields, after: SpanFields, planted: SpanFields, field: str
) -> None:
    faithful = judge(_recording(before), _recording(after))
    wrong = judge(_recording(before), _recording(planted))

    assert _remaining(faithful) == {}
    assert list(_remaining(wrong)) == [field]


STRUCTURES = [
    pytest.param(forest(branch("a", branch("b"))), forest(branch("a")), ["Missing"], id="missing"),
    pytest.param(forest(branch("a")), forest(branch("a", branch("b"))), ["Extra"], id="extra"),
    pytest.param(
        forest(branch("a", branch("b", branch("d")), branch("c"))),
        forest(branch("a", branch("b"), branch("c", branch("d")))),
        ["Moved"],
        id="moved",
    ),
    pytest.param(
        forest(branch("a", branch("b"))), forest(branch("a", branch("b", end_ns=90_000))), ["time"], id="time"
    ),
    pytest.param(forest(branch("a")), forest(branch("a", parent_id="9" * 16)), ["parent"], id="orphan"),
    pytest.param(forest(branch("a", branch("b"))), forest(branch("a", branch("c"))), ["name"], id="renamed"),
    pytest.param(
        forest(branch("a", branch("b"))),
        forest(branch("a", branch("b", service="other"))),
        ["service"],
        id="swapped service",
    ),
]


@pytest.mark.parametrize(("before", "after", "found"), STRUCTURES)
def test_a_difference_of_structure_is_never_explained(
    before: tuple[Span, ...], after: tuple[Span, ...], found: list[str]
) -> None:
    spans = tuple(replace(span, kind=Kind.INTERNAL) for span in before)
    translated = tuple(replace(span, kind=Kind.INTERNAL, scope=SDK) for span in after)

    verdict = judge(Recording(spans), Recording(translated))

    differences = [left.difference for left in verdict.unexplained]
    assert [d.field if isinstance(d, Changed) else type(d).__name__ for d in differences] == found
    assert verdict.outcome is Outcome.DIFFERENT


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

    verdict = judge(
        Recording((SPAN,), answers=(first, *filter(None, [before]))),
        Recording((replace(SPAN, scope=SDK),), answers=(first, *filter(None, [after]))),
    )

    assert verdict.answers == (AnswerChanged(before, after),)
    assert verdict.unexplained == ()
    assert verdict.outcome is Outcome.DIFFERENT


def _assert_settled_once(verdict: Verdict) -> None:
    """Assert that each original difference is explained once, or is an origin of an unexplained one."""
    original = diff(verdict.before.normalized_spans(), verdict.after.normalized_spans())
    credited = list(chain.from_iterable(explained.differences for explained in verdict.explained))
    origins = set(chain.from_iterable(left.origins for left in verdict.unexplained))

    assert {*credited, *origins} == set(original)
    assert origins.isdisjoint(credited)
    assert len(credited) == len(set(credited))


@given(likely_spans(), likely_spans())
def test_each_difference_of_two_spans_is_settled_exactly_once(one: Span, other: Span) -> None:
    identity = SpanFields(name="op", trace_id=SPAN.trace_id, span_id=SPAN.span_id, parent_id="")

    _assert_settled_once(
        judge(Recording((replace(one, **identity),)), Recording((replace(other, **identity),)))
    )


@given(likely_spans())
def test_each_difference_that_a_new_scope_makes_is_settled_exactly_once(span: Span) -> None:
    for scope in (SDK, SHIM):
        _assert_settled_once(judge(Recording((span,)), Recording((replace(span, scope=scope),))))


@given(forests(), forests())
def test_each_difference_of_two_forests_is_settled_exactly_once(
    before: tuple[Span, ...], after: tuple[Span, ...]
) -> None:
    _assert_settled_once(
        judge(Recording(before), Recording(tuple(replace(span, scope=SDK) for span in after)))
    )


@given(likely_spans())
def test_a_recording_beside_itself_is_identical(span: Span) -> None:
    assert judge(Recording((span,)), Recording((span,)), rules_for).outcome is Outcome.IDENTICAL
