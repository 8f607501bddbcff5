"""An entry accepts what it names, and nothing more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ot2otel.acceptance.entry import Entry
from ot2otel.acceptance.patterns import literally
from ot2otel.compare.findings import SPAN, Finding, Part
from ot2otel.compare.judgement import Grade
from tests.support.findings import LOST, MOVED, finding

URL = Entry("it has another name", (Grade.GONE,), ("attributes.url",))
GONE = finding(Grade.GONE, ("attributes.url", '"/a"'))
KIND = finding(Grade.CHANGED, ("kind", "SERVER, CLIENT"), ("kind", "INTERNAL"))
BOTH = finding(
    Grade.GONE,
    ("attributes.a, attributes.b", "1, 2"),
    parts=((Part("attributes.a", "1"), Part("attributes.b", "2")), ()),
)
EVENT = finding(
    Grade.GONE, ("event", '"e"'), parts=((Part("event.name", '"e"'), Part("event.attributes.a", "1")), ())
)

ACCEPTS = {
    "the grade and the field": (URL, GONE),
    "one of its grades": (replace(URL, grades=(Grade.CHANGED, Grade.GONE)), GONE),
    "a pattern": (replace(URL, fields=("attributes.*",)), GONE),
    "the before's field": (URL, replace(GONE, new_field="attributes.url.full")),
    "the after's field where there is no other": (
        replace(URL, grades=(Grade.NEW,)),
        finding(Grade.NEW, ("", ""), ("attributes.url", "1")),
    ),
    "all of several fields": (replace(URL, fields=("attributes.b", "attributes.a")), BOTH),
    "an event": (replace(URL, fields=("event",)), EVENT),
    "all fields of an event": (replace(URL, fields=("event.*",)), EVENT),
    "its service": (replace(URL, services=("front", "shop")), GONE),
    "all its spans": (replace(URL, spans=("GET *", "pay")), replace(GONE, spans=("GET /", "pay"))),
    "its rule": (replace(URL, fields=(), rules=("lost",)), replace(GONE, rules=(LOST,))),
    "its value": (replace(URL, olds=('"/*"',)), GONE),
    "all its words in any order": (
        Entry("", (Grade.CHANGED,), ("kind",), olds=("CLIENT", "SERVER"), news=("INTERNAL",)),
        KIND,
    ),
    "a whole span that it names": (
        replace(URL, fields=(SPAN,), spans=("pay",)),
        finding(Grade.GONE, (SPAN, '"pay"')),
    ),
}
LEAVES = {
    "another grade": (URL, replace(GONE, grade=Grade.CHANGED)),
    "another field": (URL, replace(GONE, old_field="attributes.url.full")),
    "the after's field": (URL, replace(GONE, old_field="attributes.http.url", new_field="attributes.url")),
    "a second field": (replace(URL, fields=("attributes.a",)), BOTH),
    "a second field that a star would reach": (replace(URL, fields=("attributes.a*",)), BOTH),
    "a part of an event alone": (replace(URL, fields=("event.name",)), EVENT),
    "another service": (replace(URL, services=("front",)), GONE),
    "a second span": (replace(URL, spans=("pay",)), replace(GONE, spans=("pay", "refund"))),
    "spans that are not listed": (replace(URL, spans=("pay",)), replace(GONE, more_spans=1)),
    "no rule": (replace(URL, rules=("lost",)), GONE),
    "a second rule": (replace(URL, rules=("lost",)), replace(GONE, rules=(LOST, MOVED))),
    "another value": (replace(URL, olds=('"/b"',)), GONE),
    "no value after": (replace(URL, news=("*",)), GONE),
    "a second word": (Entry("", (Grade.CHANGED,), ("kind",), olds=("SERVER",)), KIND),
    "a whole span that it does not name": (
        replace(URL, fields=("*",)),
        finding(Grade.GONE, (SPAN, '"pay"')),
    ),
}


@pytest.mark.parametrize("name", ACCEPTS)
def test_it_accepts(name: str) -> None:
    entry, found = ACCEPTS[name]

    assert entry.accepts(found)


@pytest.mark.parametrize("name", LEAVES)
def test_it_leaves(name: str) -> None:
    entry, found = LEAVES[name]

    assert not entry.accepts(found)


FIELDS = st.sampled_from(["attributes.a", "attributes.a.b", "kind", "status.code", "event", SPAN])
FINDINGS = st.builds(
    lambda grade, field, service, span: finding(grade, (field, "1"), service=service, spans=(span,)),
    st.sampled_from([Grade.GONE, Grade.CHANGED, Grade.DEGRADED]),
    FIELDS,
    st.sampled_from(["front", "back"]),
    st.sampled_from(["pay", "pay*", ""]),
)


@given(named=FINDINGS, other=FINDINGS)
def test_what_is_named_in_full_is_accepted_and_no_other(named: Finding, other: Finding) -> None:
    entry = Entry(
        "why",
        (named.grade,),
        (literally(named.field),),
        services=(named.service,),
        spans=tuple(map(literally, named.spans)),
    )

    assert entry.accepts(named)
    assert entry.accepts(other) is (named == other)


def test_it_says_what_it_names() -> None:
    entry = Entry(
        "why",
        (Grade.GONE, Grade.CHANGED),
        ("attributes.url",),
        ("r",),
        ("front",),
        ("pay", "GET *"),
        ("1",),
        ("2",),
    )

    assert str(entry) == "gone or changed attributes.url by r in front on pay or GET * from 1 to 2"
