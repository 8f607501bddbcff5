"""The thrift exporter's changes, which are undone on the side that was sent so."""

from __future__ import annotations

import pytest

from ot2otel.model import Attributes, Event, Link, Scope, Span
from tests.compare.rules.tables import Judged, attributes, case, judged_by, span

SENT = {"otel.library.name": "lib"}
FOLLOWED = Link("2" * 32, "2" * 16, {"opentracing.ref_type": "follows_from"})
LINKED = Link("2" * 32, "2" * 16)


def sent(values: Attributes, *events: Event, links: tuple[Link, ...] = ()) -> Span:
    return span(attributes={**SENT, **values}, events=events, links=links)


def event(name: str, values: Attributes) -> Event:
    return Event(name, attributes=values)


TRANSLATES = [
    case(
        "thrift-exporter-resource",
        "a resource on the span",
        span(resource={"host.name": "h", "service.version": "1"}, attributes=SENT),
        sent({"host.name": "h", "service.version": "1"}),
        "translated resource.host.name -> [host.name] by it",
        "translated resource.service.version -> [service.version] by it",
    ),
    case(
        "thrift-exporter-resource",
        "a resource on the span of the before",
        sent({"host.name": "h"}),
        span(resource={"host.name": "h"}, attributes=SENT),
        "translated [host.name] -> resource.host.name by it",
    ),
    case(
        "thrift-exporter-resource",
        "a name in both places",
        span(resource={"service.name": "s"}, attributes=SENT),
        span(resource={"service.name": "s"}, attributes={**SENT, "service.name": "s"}),
        "translated nothing -> [service.name] by it",
    ),
    case(
        "thrift-exporter-event-name",
        "a name in the message",
        sent({}, event("answered", {"k": 1})),
        sent({}, event("", {"message": "answered", "k": 1})),
        "translated event.0.name -> event.0.name + event.0[message] by it",
    ),
    case(
        "thrift-exporter-event-name",
        "a name in both places",
        sent({}, event("answered", {})),
        sent({}, event("answered", {"message": "answered"})),
        "translated nothing -> event.0[message] by it",
    ),
    case(
        "thrift-exporter-link",
        "a link",
        sent({}, links=(LINKED,)),
        sent({}, links=(FOLLOWED,)),
        "translated nothing -> link.0[opentracing.ref_type] by it",
    ),
    case(
        "thrift-exporter-scope",
        "a scope as tags",
        span(scope=Scope("lib", "1")),
        attributes(
            {
                "otel.library.name": "lib",
                "otel.library.version": "1",
                "otel.scope.name": "lib",
                "otel.scope.version": "1",
            }
        ),
        "translated scope.name -> [otel.scope.name] + [otel.library.name] by it",
        "translated scope.version -> [otel.scope.version] + [otel.library.version] by it",
    ),
    case(
        "thrift-exporter-scope",
        "a scope without a version",
        span(scope=Scope("lib")),
        attributes({"otel.library.name": "lib", "otel.library.version": ""}),
        "added nothing -> [otel.library.version] by it",
        "translated scope.name -> [otel.library.name] by it",
    ),
]
LEAVES_ALONE = [
    case(
        "thrift-exporter-resource",
        "a span that another exporter sent",
        span(resource={"host.name": "h"}),
        attributes({"host.name": "h"}),
        "gone resource.host.name -> nothing",
        "new nothing -> [host.name]",
    ),
    case(
        "thrift-exporter-resource",
        "a key that is no resource's",
        span(resource={"hostname": "h"}, attributes=SENT),
        sent({"hostname": "h"}),
        "gone resource.hostname -> nothing",
        "new nothing -> [hostname]",
    ),
    case(
        "thrift-exporter-resource",
        "another value than the resource has",
        span(resource={"host.name": "other"}, attributes=SENT),
        span(resource={"host.name": "other"}, attributes={**SENT, "host.name": "h"}),
        "new nothing -> [host.name]",
    ),
    case(
        "thrift-exporter-resource",
        "a tag of the application that looks like a resource's",
        sent({"host.shard": 1}),
        sent({"host.shard": 2}),
        "changed [host.shard] -> [host.shard]",
    ),
    case(
        "thrift-exporter-resource",
        "another value than the resource had, which it has now",
        span(resource={"host.name": "h"}, attributes=SENT),
        span(resource={"host.name": "other"}, attributes={**SENT, "host.name": "h"}),
        "changed resource.host.name -> resource.host.name",
        "new nothing -> [host.name]",
    ),
    case(
        "thrift-exporter-resource",
        "another resource",
        span(resource={"host.name": "h"}, attributes=SENT),
        sent({"host.name": "g"}),
        "changed resource.host.name -> [host.name]",
    ),
    case(
        "thrift-exporter-event-name",
        "a message beside a name",
        span(attributes=SENT, events=(Event("b", 0),)),
        span(attributes=SENT, events=(Event("a", 0, {"message": "b"}),)),
        "changed event.0 -> event.0.name",
        "new nothing -> event.0[message]",
    ),
    case(
        "thrift-exporter-event-name",
        "a number for a message",
        span(attributes=SENT, events=(Event("", 0),)),
        span(attributes=SENT, events=(Event("", 0, {"message": 7}),)),
        "new nothing -> event.0[message]",
    ),
    case(
        "thrift-exporter-event-name",
        "a message of OpenTracing",
        span(events=(event("m", {}),)),
        span(events=(event("", {"message": "m"}),)),
        "changed event.0 -> event.0.name",
        "new nothing -> event.0[message]",
    ),
    case(
        "thrift-exporter-event-name",
        "another name",
        sent({}, event("named", {})),
        sent({}, event("named", {"message": "m"})),
        "new nothing -> event.0[message]",
    ),
    case(
        "thrift-exporter-event-name",
        "a message that is no text",
        sent({}, event("1", {})),
        sent({}, event("", {"message": 1})),
        "gone event.0 -> nothing",
        "new nothing -> event.0",
    ),
    case(
        "thrift-exporter-event-name",
        "a name that changed",
        sent({}, event("answered", {"k": 1})),
        sent({}, event("", {"message": "asked", "k": 1})),
        "changed event.0.name -> event.0.name + event.0[message]",
    ),
    case(
        "thrift-exporter-link",
        "OpenTracing's reference",
        span(links=(LINKED,)),
        span(links=(FOLLOWED,)),
        "new nothing -> link.0[opentracing.ref_type]",
    ),
    case(
        "thrift-exporter-link",
        "another reference",
        sent({}, links=(LINKED,)),
        sent({}, links=(Link("2" * 32, "2" * 16, {"opentracing.ref_type": "child_of"}),)),
        "new nothing -> link.0[opentracing.ref_type]",
    ),
    case(
        "thrift-exporter-scope",
        "a tag that is no text",
        span(scope=Scope("lib")),
        attributes({"otel.library.name": 1}),
        "gone scope.name -> nothing",
        "new nothing -> [otel.library.name]",
    ),
    case(
        "thrift-exporter-scope",
        "another scope",
        span(scope=Scope("lib")),
        attributes({"otel.library.name": "other"}),
        "changed scope.name -> [otel.library.name]",
    ),
    case(
        "thrift-exporter-scope",
        "two scopes",
        span(scope=Scope("lib")),
        attributes({"otel.library.name": "lib", "otel.scope.name": "other"}),
        "new nothing -> [otel.scope.name]",
        "translated scope.name -> [otel.library.name] by it",
    ),
]


@pytest.mark.parametrize(("rule", "before", "after", "expected"), TRANSLATES + LEAVES_ALONE)
def test_a_rule_explains_what_its_table_says(rule: str, before: Span, after: Span, expected: Judged) -> None:
    assert judged_by(rule, before, after) == expected
