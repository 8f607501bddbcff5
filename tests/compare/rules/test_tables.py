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
from ot2otel.compare.rules.rule import EACH, Added, Copied, Dropped, anything
from ot2otel.compare.rules.steps import STEPS, step
from ot2otel.model import Attributes, Kind, Scope, Span
from tests.compare.rules.tables import RULES, TRANSPORTS, judged, judged_by, span, tabled
from tests.support.likely_spans import likely_spans
from tests.support.spans import spans

ALL = (*RULES.values(), FLAGS_NOT_CARRIED)
each_rule = pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.name)


@pytest.mark.parametrize("rule", RULES)
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


def test_only_the_shim_the_baggage_and_what_carries_spans_degrade() -> None:
    lost = {rule.name for rule in ALL if rule.effect is Effect.DEGRADED}

    assert lost == {
        "baggage-event",
        "jaeger-dropped-counts",
        "jaeger-event-name-lost",
        "jaeger-links",
        "jaeger-scope-attributes",
        "shim-error-as-attribute",
        "shim-error-object",
        "shim-kind-as-attribute",
        "shim-kind-lost",
        "shim-reference-type",
        "shim-status-without-kind",
        "thrift-exporter-message",
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


# The standard tags of OpenTracing's semantic conventions.
STANDARD_TAGS = [
    ("db.instance", "users", {"db.namespace": "users"}),
    ("db.statement", "SELECT 1", {"db.query.text": "SELECT 1"}),
    ("db.type", "redis", {"db.system.name": "redis"}),
    ("http.method", "GET", {"http.request.method": "GET"}),
    ("http.status_code", 200, {"http.response.status_code": 200}),
    ("http.url", "http://a/b", {"url.full": "http://a/b"}),
    ("message_bus.destination", "q", {"messaging.destination.name": "q"}),
    ("peer.service", "users", {"service.peer.name": "users"}),
]
# Jaeger makes the kind and the status of them when it stores the span of a jaeger-client.
WITHOUT_ATTRIBUTE = {"error", "span.kind"}
WITHOUT_A_RULE = [
    *("component", "db.user", "peer.address", "peer.hostname", "peer.ipv4", "peer.ipv6", "peer.port"),
    "sampling.priority",
]
OF_OPENTRACING, OF_SDK = span(kind=Kind.CLIENT), span(kind=Kind.CLIENT, scope=Scope("lib"))


@pytest.mark.parametrize(("tag", "value", "became"), STANDARD_TAGS, ids=[tag for tag, _, _ in STANDARD_TAGS])
def test_a_standard_tag_has_its_name_of_today(tag: str, value: str | int, became: Attributes) -> None:
    before, after = replace(OF_OPENTRACING, attributes={tag: value}), replace(OF_SDK, attributes=became)

    lines = judged(before, after, step)

    assert [line for line in lines if "scope" not in line] == [
        f"translated [{tag}] -> [{key}] by {'url' if tag == 'http.url' else key}" for key in became
    ]


@pytest.mark.parametrize("tag", WITHOUT_A_RULE)
def test_a_standard_tag_without_a_rule_is_not_excused(tag: str) -> None:
    before = replace(OF_OPENTRACING, attributes={tag: "x"})

    assert f"gone [{tag}] -> nothing" in judged(before, OF_SDK, step)


def test_all_standard_tags_are_here() -> None:
    assert len({*(tag for tag, _, _ in STANDARD_TAGS), *WITHOUT_ATTRIBUTE, *WITHOUT_A_RULE}) == 18
