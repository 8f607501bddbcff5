"""A judgement of two spans holds for others only if a judgement of those says the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from ot2otel.compare.facts import Content, Contents, Place
from ot2otel.compare.judgement import judge_spans
from ot2otel.compare.rules.rule import (
    Added,
    Copied,
    Dropped,
    Effect,
    Licence,
    Lift,
    Makes,
    Premise,
    Renamed,
    Rule,
    Split,
    Told,
    Transport,
    attribute,
    of_event,
    one_of,
)
from ot2otel.compare.rules.steps import Step
from ot2otel.model import Attributes, Event, Span
from tests.compare.rules.tables import judged, span

A, B, C = attribute("a"), attribute("b"), attribute("c")
STACK = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    g()\n'


def lowered(facts: Mapping[Place, Any]) -> Sequence[Lift]:  # Any: see Facts
    """Lift what stands at `c` to `a`, in lower case; an empty text says nothing."""
    if C not in facts:
        return []
    return [Lift((C,), A if facts[C] else None, str(facts[C]).lower())]


def step(*licences: Licence, lifts: bool = False) -> Step:
    rule = Rule("it", Effect.TRANSLATED, "", "", licences)
    transport = Transport(Rule("transport", Effect.BOOKKEEPING, "", ""), lowered)
    return Step((transport,) if lifts else (), (rule,) if licences else ())


def doubled(value: Any) -> Any:  # Any: a value of a fact
    return 2 * value if value != "none" else None


def halves(value: str) -> Sequence[Makes] | None:
    one, mark, other = value.partition("/")
    return (Makes(B, one), Makes(C, other, required=False)) if mark else None


def longer(value: str) -> Sequence[Makes]:
    return (Makes(B, test=lambda new: len(new) > len(value)),)


def begun(value: str, there: str | None) -> Sequence[Makes] | None:
    return (Makes(B, there),) if there is not None and there.startswith(value) else None


def of(attributes: Attributes, *events: str) -> Span:
    return span(attributes=attributes, events=tuple(Event("e", 0, {"k": text}) for text in events))


STEPS: Mapping[str, tuple[Step, Sequence[Span], Sequence[Span]]] = {
    "no rule": (step(), [of({"a": "1"}), of({"a": "2"})], [of({"a": "1"}), of({"a": "2"}), of({"a": "3"})]),
    "renamed": (
        step(Renamed(A, B)),
        [of({"a": "1"}), of({"a": "2"})],
        [of({"b": "1"}), of({"b": "2"}), of({"b": "3"})],
    ),
    "converted": (
        step(Renamed(A, B, doubled)),
        [of({"a": "1"}), of({"a": "none"}), of({"a": "11"})],
        [of({"b": "11"}), of({"b": "nonenone"}), of({"b": "1111"})],
    ),
    "split": (
        step(Split((A,), halves)),
        [of({"a": "1/2"}), of({"a": "1/3"}), of({"a": "12"})],
        [
            of({"b": "1", "c": "2"}),
            of({"b": "1", "c": "3"}),
            of({"b": "2", "c": "3"}),
            of({"b": None, "c": "2"}),
        ],
    ),
    "split by a fact of the after": (
        step(Split((A,), begun, reads_after=(B,))),
        [of({"a": "x"}), of({"a": "y"})],
        [of({"b": "x1"}), of({"b": "x2"}), of({"b": "y1"})],
    ),
    "made by a test": (
        step(Split((A,), longer)),
        [of({"a": "1"}), of({"a": "11"})],
        [of({"b": "22"}), of({"b": "333"}), of({"b": "4"})],
    ),
    "dropped by a test": (
        step(Dropped((A,), "nothing", one_of("1"))),
        [of({"a": "1"}), of({"a": "2"})],
        [of({})],
    ),
    "dropped as another fact tells it": (
        step(Dropped((A,), "the same at b", reads_after=(B,), only_if=lambda value, other: value == other)),
        [of({"a": "1"})],
        [of({"b": "1"}), of({"b": "2"})],
    ),
    "dropped as an event tells it": (
        step(
            Dropped(
                (A,),
                "the same in an event",
                reads_after=(of_event("attributes", "k"),),
                only_if=lambda value, others: value in others,
            )
        ),
        [of({"a": "1"})],
        [of({}, "1", "3"), of({}, "2", "3")],
    ),
    "dropped as another fact repeats it": (
        step(Dropped((A,), "the same at b", repeats=B)),
        [of({"a": "1", "b": "1"}), of({"a": "2", "b": "2"}), of({"a": "1", "b": "2"})],
        [of({"b": "1"}), of({"b": "2"})],
    ),
    "added by a test": (step(Added((B,), one_of("1"))), [of({})], [of({"b": "1"}), of({"b": "2"})]),
    "a premise": (
        step(Renamed(A, B, premises=(Premise((C,), one_of("yes")),))),
        [of({"a": "1"})],
        [of({"b": "1", "c": "yes"}), of({"b": "1", "c": "no"})],
    ),
    "copied": (
        step(Copied(B, (A,), lambda value: (value, f"{value}!"))),
        [of({"a": "1"}), of({"a": "2"})],
        [
            of({"a": "1", "b": "1"}),
            of({"a": "1", "b": "1!"}),
            of({"a": "2", "b": "1"}),
            of({"a": "2", "b": "2"}),
        ],
    ),
    "copied of nothing": (
        step(Copied(B, (C,), lambda value: ("1",))),
        [of({})],
        [of({"b": "1"}), of({"b": "2"})],
    ),
    "copied of every event": (
        step(Copied(B, (of_event("attributes", "k"),), lambda values: values)),
        [of({}, "1", "2"), of({}, "2", "3")],
        [
            of({"b": "1"}, "1", "2"),
            of({"b": "2"}, "1", "2"),
            of({"b": "9"}, "1", "2"),
            of({"b": "2"}, "2", "3"),
        ],
    ),
    "told in another way": (
        step(Told(lambda old, new: old.lower() == new)),
        [of({"a": "A"}), of({"a": "B"})],
        [of({"a": "a"}), of({"a": "b"}), of({"a": "c"})],
    ),
    "one value told in another way": (
        step(Told(lambda old, new: old.lower() == new)),
        [of({"a": "A"})],
        [of({"a": "a"}), of({"a": "b"}), of({"a": "c"})],
    ),
    "one value that others tell in another way": (
        step(Told(lambda old, new: old.lower() == new)),
        [of({"a": "A"}), of({"a": "B"})],
        [of({"a": "a"})],
    ),
    "renamed and told in another way": (
        step(Renamed(A, B), Told(lambda old, new: old.lower() == new)),
        [of({"a": "A"}), of({"a": "B"})],
        [of({"b": "a"}), of({"b": "b"}), of({"b": "c"})],
    ),
    "lifted": (
        step(lifts=True),
        [of({"a": "x"}), of({"a": "y"})],
        [of({"c": "X"}), of({"c": "x"}), of({"c": "Y"}), of({"c": ""})],
    ),
    "lifted on both sides": (
        step(lifts=True),
        [of({"c": "X"}), of({"c": "Y"}), of({"c": ""})],
        [of({"c": "X"}), of({"c": "x"}), of({"c": "y"}), of({"c": ""})],
    ),
    "lifted to a fact that is there": (
        step(lifts=True),
        [of({"a": "x"}), of({"a": "y"})],
        [of({"a": "x", "c": "X"}), of({"a": "y", "c": "X"}), of({"a": "x", "c": "Y"})],
    ),
    "lifted beside one value that varies": (
        step(lifts=True),
        [of({"a": "x", "c": "X"}), of({"a": "y", "c": "X"})],
        [of({"a": "x"}), of({"a": "y"})],
    ),
    "lifted and renamed": (
        step(Renamed(A, B), lifts=True),
        [of({"c": "X"}), of({"c": "Y"})],
        [of({"b": "x"}), of({"b": "y"}), of({"b": "Y"})],
    ),
    "stacks": (
        step(),
        [of({"exception.stacktrace": STACK + error}) for error in ("E: x", "F: y", "")],
        [of({"exception.stacktrace": STACK + error}) for error in ("E: x", "F: y", "")],
    ),
    "events in another order": (
        step(),
        [of({}, "1", "2"), of({}, "2", "1")],
        [of({}, "1", "2"), of({}, "2", "1"), of({}, "1", "3")],
    ),
}


def every(content: Content, beside: Sequence[Content]) -> frozenset[Place]:
    """Return all places of a content."""
    return frozenset(content.shape.places)


def varying(content: Content, beside: Sequence[Content]) -> frozenset[Place]:
    """Return the places of a content whose values vary among those of its shape, as a comparison does."""
    alike = [each for each in beside if each.shape is content.shape]
    return frozenset(
        place for place in content.shape.places if len({each.value(place) for each in alike}) > 1
    )


@pytest.mark.parametrize("columns", [every, varying])
@pytest.mark.parametrize("name", STEPS)
def test_a_judgement_holds_only_for_spans_that_get_the_same_grades(
    name: str, columns: Callable[[Content, Sequence[Content]], frozenset[Place]]
) -> None:
    by, befores, afters = STEPS[name]
    contents = Contents()
    olds, news = ([contents.of(one) for one in side] for side in (befores, afters))
    refused = 0

    for old, new in [(old, new) for old in olds for new in news]:
        judgement = judge_spans(old, new, lambda before, after: by, (columns(old, olds), columns(new, news)))
        if old is new:
            continue  # judged without a look at the values
        assert judgement.holds(old.values, new.values)
        for other, another in [(one, two) for one in olds for two in news]:
            if (other.shape, another.shape) != (old.shape, new.shape):
                continue
            held = judgement.holds(other.values, another.values)
            if held:
                expected = judge_spans(other, another, lambda before, after: by)
                assert grades(judgement.settled, other, another) == grades(expected.settled, other, another)
            refused += not held
            # Asked again, it says the same.
            assert judgement.holds(other.values, another.values) is held

    assert refused


def test_what_is_lifted_beside_another_value_that_stands_is_gone() -> None:
    lifted_to_a = of({"a": "x", "c": "y"})

    assert judged(lifted_to_a, of({"a": "x"}), lambda old, new: step(lifts=True)) == ["gone [c] -> nothing"]


def grades(settled: Sequence[Any], old: Content, new: Content) -> list[tuple[object, ...]]:  # Any: Settled
    """Return what a judgement says of two spans, with the values that it expects."""
    return sorted(
        (
            str(one.grade),
            one.old,
            one.new,
            tuple(rule.name for rule in one.rules),
            str(one.expected(old.values, new.values)) if one.expected else "",
        )
        for one in settled
    )
