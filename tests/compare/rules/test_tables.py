"""What holds for every rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ot2otel.compare.judgement import FLAGS_NOT_CARRIED
from ot2otel.compare.rules import Effect, Rule
from ot2otel.compare.rules.published import obsolete, with_published
from ot2otel.compare.rules.rule import EACH, Added, Copied, Dropped, anything
from ot2otel.compare.rules.steps import STEPS, step
from ot2otel.model import Attributes, AttributeValue, Kind, Scope, Span
from tests.compare.rules.tables import RULES, TRANSPORTS, judged, judged_by, span, tabled
from tests.support.likely_spans import likely_spans
from tests.support.spans import spans

ALL = (*RULES.values(), FLAGS_NOT_CARRIED)
each_rule = pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.name)


# test_published.py has the cases of the rules that the table alone makes.
MADE = {rule.name for rule in with_published(()) if RULES.get(rule.name, rule).summary == rule.summary}


@pytest.mark.parametrize("rule", sorted(RULES.keys() - MADE))
def test_a_rule_has_a_case_it_leaves_alone_and_one_it_translates(rule: str) -> None:
    assert rule in tabled("ALONE") & tabled("TRANSLATES")


def test_each_rule_has_a_name_of_its_own() -> None:
    rules = {id(rule): rule for table in STEPS.values() for each in table for rule in each}
    names = Counter(rule.name for rule in (*rules.values(), *(each.rule for each in TRANSPORTS.values())))

    assert names.most_common(1)[0][1] == 1


@each_rule
def test_a_rule_has_a_summary_and_the_url_of_its_source(rule: Rule) -> None:
    source = urlsplit(rule.source.split(" ", 1)[0])

    assert rule.summary.strip()
    assert (source.scheme, bool(source.netloc), len(source.path) > 1) == ("https", True, True)


@each_rule
def test_a_rule_tells_its_consequence_if_something_is_lost(rule: Rule) -> None:
    assert bool(rule.consequence) is (rule.effect is Effect.DEGRADED)
    assert len(rule.consequence.split()) > 4 or not rule.consequence


def test_only_these_rules_degrade() -> None:
    lost = {rule.name for rule in ALL if rule.effect is Effect.DEGRADED} - {row.old for row in obsolete()}

    assert lost == {
        "baggage-event",
        "celery-message-left-out",
        "celery-retry-log",
        "celery-worker-left-out",
        "component-lost",
        "grpc-client-mistake",
        "grpc-details-left-out",
        "grpc-exception-unset",
        "http-content-length-left-out",
        "jaeger-client-host",
        "jaeger-dropped-counts",
        "jaeger-event-name-lost",
        "jaeger-links",
        "jaeger-scope-attributes",
        "raw-path-as-name",
        "redis-database-left-out",
        "redis-values-hidden",
        "sampling.priority",
        "server-name-left-out",
        "shim-error-as-attribute",
        "shim-error-object",
        "shim-kind-as-attribute",
        "shim-kind-lost",
        "shim-reference-type",
        "shim-status-without-kind",
        "thrift-exporter-message",
        "transport-left-out",
    }


@each_rule
def test_a_licence_that_lets_a_fact_go_says_what_stands_instead(rule: Rule) -> None:
    assert all(len(each.instead.split()) > 1 for each in rule.licences if isinstance(each, Dropped))


@each_rule
def test_a_licence_that_adds_names_whole_keys_and_tests_or_computes_their_values(rule: Rule) -> None:
    added = [each for each in rule.licences if isinstance(each, Added)]
    places = [place for each in added for place in each.places]
    places += [each.place for each in rule.licences if isinstance(each, Copied)]

    assert all(each.test is not anything for each in added)
    assert [place for place in places if str(place[-1]).endswith((".", EACH)) or not place[-1]] == []


@given(st.sampled_from(sorted(RULES)), likely_spans() | spans, likely_spans() | spans)
def test_a_rule_settles_each_fact_once_whatever_a_wire_brings(rule: str, before: Span, after: Span) -> None:
    judged_by(rule, before, after)  # fails if a fact has no grade, or two


@given(likely_spans(), likely_spans())
def test_a_step_settles_each_fact_once_whatever_a_wire_brings(before: Span, after: Span) -> None:
    judged(before, after, step)


# The standard tags of OpenTracing's semantic conventions, what a client has today, and by which rule.
STANDARD_TAGS: list[tuple[str, AttributeValue, Attributes, str]] = [
    ("component", "lib", {}, "translated [component] -> scope.name by component"),
    ("db.instance", "users", {"db.namespace": "users"}, ""),
    ("db.statement", "SELECT 1", {"db.query.text": "SELECT 1"}, ""),
    ("db.type", "redis", {"db.system.name": "redis"}, ""),
    ("db.user", "ann", {}, "degraded [db.user] -> nothing by db.user"),
    ("http.method", "GET", {"http.request.method": "GET"}, ""),
    ("http.status_code", 200, {"http.response.status_code": 200}, ""),
    ("http.url", "http://a/b", {"url.full": "http://a/b"}, "translated [http.url] -> [url.full] by url"),
    ("message_bus.destination", "q", {"messaging.destination.name": "q"}, ""),
    (
        "peer.address",
        "a:1",
        {"server.address": "a", "server.port": 1},
        "translated [peer.address] -> [server.address] + [server.port] by server.address",
    ),
    ("peer.hostname", "a", {"server.address": "a"}, ""),
    ("peer.ipv4", "192.0.2.1", {"network.peer.address": "192.0.2.1"}, ""),
    ("peer.ipv6", "2001:db8::1", {"network.peer.address": "2001:db8::1"}, ""),
    ("peer.port", 1, {"server.port": 1}, ""),
    ("peer.service", "users", {"service.peer.name": "users"}, ""),
    ("sampling.priority", 1, {}, "degraded [sampling.priority] -> nothing by sampling.priority"),
]
# Jaeger makes the kind and the status of them when it stores the span of a jaeger-client.
WITHOUT_ATTRIBUTE = {"error", "span.kind"}
OF_OPENTRACING, OF_SDK = span(kind=Kind.CLIENT), span(kind=Kind.CLIENT, scope=Scope("lib"))
OF_SHIM = span(kind=Kind.CLIENT, scope=Scope("opentelemetry.shim.opentracing_shim"))


@pytest.mark.parametrize("before", [OF_OPENTRACING, OF_SHIM], ids=["OpenTracing", "the shim"])
@pytest.mark.parametrize(
    ("tag", "value", "became", "told"), STANDARD_TAGS, ids=[tag for tag, *_ in STANDARD_TAGS]
)
def test_a_standard_tag_has_its_name_of_today(
    before: Span, tag: str, value: AttributeValue, became: Attributes, told: str
) -> None:
    before, after = replace(before, attributes={tag: value}), replace(OF_SDK, attributes=became)

    lines = judged(before, after, step)

    found = [line for line in lines if f"[{tag}]" in line]
    assert [line.replace("nothing by component", "scope.name by component") for line in found] == [
        told or f"translated [{tag}] -> [{key}] by {key}" for key in list(became)[:1] or [""]
    ]
    assert not {line.split()[0] for line in lines} & {"gone", "changed", "new"}


def test_all_standard_tags_are_here() -> None:
    assert len({*(tag for tag, *_ in STANDARD_TAGS), *WITHOUT_ATTRIBUTE}) == 18
