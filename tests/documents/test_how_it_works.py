"""docs/how-it-works.md names every field of a span, every grade, effect and verdict, as the code has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any, TypeVar

from ot2otel import recording as masks
from ot2otel.compare import health
from ot2otel.compare.facts import DEFAULTS, Content, Contents
from ot2otel.compare.findings import field_of
from ot2otel.compare.judgement import Grade
from ot2otel.compare.rules import Effect
from ot2otel.compare.verdict import Outcome, judge
from ot2otel.model import Event, Kind, Link, Scope, Span, Status, StatusCode
from ot2otel.recording import Port, Recording
from tests.support.runs import ROOT

TEXT = (ROOT / "docs" / "how-it-works.md").read_text(encoding="utf-8")
SECOND = 10**9
Part = TypeVar("Part", Span, Scope, Event, Link)
# OTLP's flags: sampled, and a parent in another process.
FLAGS = 0x301

# A value that is not the default in every field of every part.
EVENT = Event("tick", 3 * SECOND, {"count": 1}, 1)
LINK = Link("b" * 32, "1" * 16, {"why": "retry"}, "a=1", FLAGS, 1)
SPAN = Span(
    "a" * 32,
    "1" * 16,
    "work",
    "2" * 16,
    Kind.SERVER,
    2 * SECOND,
    3 * SECOND,
    Status(StatusCode.ERROR, "broken"),
    {"key": "value"},
    (EVENT,),
    (LINK,),
    {"service.name": "server"},
    Scope("code", "1.0", {"lane": "pinned"}, "https://example.org/1"),
    "a=1",
    FLAGS,
    1,
    1,
    1,
    "https://example.org/1",
)


def section(title: str) -> str:
    """Return the text of a section."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)^#", TEXT, re.DOTALL | re.MULTILINE)
    assert found
    return found[1]


def named(title: str, pattern: str = r"`([^`]+)`") -> set[str]:
    """Return the words in the list of a section that are written as code."""
    items = "\n".join(re.findall(r"^- .*(?:\n  .*)*", section(title), re.MULTILINE))
    return set(re.findall(pattern, items))


def first_cells(title: str) -> list[str]:
    rows = re.findall(r"^\| (.+?) \|", section(title), re.MULTILINE)
    return [word for row in rows[1:] for word in re.findall(r"[`*]+(\w+)[`*]+", row)]


def of_any_key(field: str) -> str:
    """Return a field without the key of an attribute: `attributes.*`."""
    return (
        re.sub(r"\b(attributes|resource)\..*", r"\1.*", field) if not field.startswith("dropped") else field
    )


def compared() -> set[str]:
    """Return the fields of a recording in which everything is set."""
    root = Span("b" * 32, "1" * 16, "root", end_ns=9 * SECOND, resource={"service.name": "server"})
    top = replace(root, trace_id="a" * 32, span_id="2" * 16, start_ns=2 * SECOND + 5_000, kind=Kind.CLIENT)
    far = replace(EVENT, time_ns=99 * SECOND)
    next_one = replace(SPAN, span_id="3" * 16, start_ns=4 * SECOND, end_ns=5 * SECOND, links=())
    odd = replace(SPAN, events=(far,))
    spans = Recording((root, top, odd, next_one, next_one))
    verdict = judge(spans, spans)
    assert verdict.outcome is Outcome.IDENTICAL
    return {
        of_any_key(field_of(place)) for each in verdict.judged for one in each.settled for place in one.old
    }


def test_the_list_of_compared_fields_is_that_of_the_facts() -> None:
    assert named("Compared") == compared()


def test_the_example_of_everything_says_everything() -> None:
    """A field that comes to a span, an event or a link gets a value other than its default here."""
    for one in (SPAN, EVENT, LINK):
        plain = type(one)(*(getattr(one, name) for name in _required(one)))
        unset = {
            field.name for field in fields(one) if getattr(one, field.name) == getattr(plain, field.name)
        }
        assert unset == set(_required(one))


def _required(one: Span | Event | Link) -> list[str]:
    return {Span: ["trace_id", "span_id", "name"], Event: ["name"], Link: ["trace_id", "span_id"]}[type(one)]


def test_every_default_of_a_fact_is_a_compared_field() -> None:
    assert {field_of(place) for place in DEFAULTS} <= named("Compared")


def test_the_list_of_fields_that_are_never_compared_is_that_of_the_model() -> None:
    assert named("Never compared") == set(without_a_place())


def without_a_place() -> Iterator[str]:
    """Yield the fields from which no fact comes: another value there makes no other content."""
    contents = Contents()

    def content(span: Span) -> Content:
        return contents.of(span, targets=("",) * len(span.links))

    for field in fields(Span):
        if content(_changed(SPAN, field.name)) is content(SPAN):
            yield f"Span.{field.name}"
    for field in fields(Scope):
        if content(replace(SPAN, scope=_changed(SPAN.scope, field.name))) is content(SPAN):
            yield f"Scope.{field.name}"
    for field in fields(Event):
        if content(replace(SPAN, events=(_changed(EVENT, field.name),))) is content(SPAN):
            yield f"Event.{field.name}"
    for field in fields(Link):
        if content(replace(SPAN, links=(_changed(LINK, field.name),))) is content(SPAN):
            yield f"Link.{field.name}"


def _changed(one: Part, name: str) -> Part:
    other: dict[str, Any] = {name: _other(getattr(one, name))}  # Any: the value of a field
    return replace(one, **other)


def _other(value: object) -> object:
    """Return another value of the same type; a text of hexadecimal digits stays one."""
    match value:
        case Kind():
            return Kind.CLIENT
        case Status():
            return Status(StatusCode.ERROR, "other")
        case Scope():
            return Scope("other")
        case int():
            return value - 1 if value != FLAGS else 0x101
        case str():
            return "c" * len(value)
        case tuple():
            return ()
        case _:
            return {"other": 1}


def test_the_list_of_masks_is_that_of_the_recording() -> None:
    keys = named("Masked", r"`([a-z0-9_.]*[a-z]\.[a-z_.]+)`") | named("Masked", r"`(ot2otel\.run)`")
    dropped = next(value for value in vars(masks).values() if isinstance(value, frozenset))

    assert keys == dropped
    # Two patterns are masked: addresses of objects and times of day; and the ports.
    assert sum(isinstance(value, re.Pattern) for value in vars(masks).values()) == 2


def test_a_mask_of_ours_is_a_fact_in_a_file_from_anywhere_else() -> None:
    span = replace(SPAN, resource={"service.name": "server", "service.namespace": "shop"}, links=())
    other = replace(span, resource={"service.name": "server", "service.namespace": "bank"})

    ports = {"server": Port(1234, 8080)}
    ours = judge(Recording((span,), "hello", ports=ports), Recording((other,), "hello", ports=ports))
    theirs = judge(Recording((span,)), Recording((other,)))

    assert (ours.outcome, theirs.outcome) == (Outcome.IDENTICAL, Outcome.DIFFERENT)


def test_the_table_of_effects_is_complete() -> None:
    assert first_cells("Rules") == [effect.value for effect in Effect]


def test_the_table_of_grades_is_complete() -> None:
    assert sorted(first_cells("Judgement")) == sorted(grade.value for grade in Grade)


def test_the_table_of_verdicts_is_complete() -> None:
    assert first_cells("The verdict") == [outcome.value for outcome in Outcome]


def test_every_note_on_health_is_named() -> None:
    source = (ROOT / health.__file__).read_text(encoding="utf-8")
    notes = set(re.findall(r'Note\(\s*"([^"]+)"', source))

    assert notes <= set(re.findall(r"`([^`]+)`", section("Health")))
    assert len(notes) >= 7
