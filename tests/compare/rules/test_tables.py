from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from hypothesis import given

from ot2otel.compare.diff import literal
from ot2otel.compare.rules import STEPS, Effect, Origin, Rule, rules_for
from ot2otel.compare.rules.thrift_exporter import THRIFT_EXPORTER
from ot2otel.model import Attributes, Scope, Span
from tests.compare.rules.tables import span, tabled
from tests.support.likely_spans import likely_spans
from tests.support.spans import spans

RULES = tuple(dict.fromkeys([*THRIFT_EXPORTER, *(rule for table in STEPS.values() for rule in table)]))
TABLED = tabled("ALONE") & tabled("TRANSLATED")
each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


def _values(span: Span) -> Iterator[str]:
    """Yield all values of a span, without its keys, its ids and its times."""
    yield from (span.name, span.kind.name, span.status.code.name, span.status.message)
    yield from (span.scope.name, span.scope.version)
    maps: list[Attributes] = [span.attributes, span.resource, span.scope.attributes]
    for event in span.events:
        yield event.name
        maps.append(event.attributes)
    for attributes in maps:
        yield from (value if isinstance(value, str) else literal(value) for value in attributes.values())


@each_rule
def test_a_rule_has_a_case_it_leaves_alone_and_one_it_translates(rule: Rule) -> None:
    assert rule.name in TABLED


def test_each_rule_has_a_name_of_its_own() -> None:
    assert Counter(rule.name for rule in RULES).most_common(1)[0][1] == 1


@each_rule
def test_a_rule_has_a_summary_and_the_url_of_its_source(rule: Rule) -> None:
    source = urlsplit(rule.source.split(" ", 1)[0])

    assert rule.summary.strip()
    assert (source.scheme, bool(source.netloc), len(source.path) > 1) == ("https", True, True)


@given(likely_spans() | spans)
def test_no_rule_raises_whatever_a_wire_brings(carried: Span) -> None:
    for rule in RULES:
        assert isinstance(rule.rewrite_old(carried), Span)
        assert isinstance(rule.rewrite_new(carried), Span)


@given(likely_spans())
def test_a_rule_invents_no_value_of_the_after(carried: Span) -> None:
    present = {*_values(carried), ""}

    for rule in RULES:
        assert set(_values(rule.rewrite_new(carried))) <= present, rule.name


@given(likely_spans())
def test_a_rule_changes_nothing_when_it_is_applied_again(carried: Span) -> None:
    for rule in RULES:
        once = rule.rewrite_new(carried)
        assert rule.rewrite_new(once) == once, rule.name


OPENTRACING = span({})
OVER_OTLP = {
    Origin.SHIM: span({"scope": Scope("opentelemetry.shim.opentracing_shim")}),
    Origin.OPENTELEMETRY: span({"scope": Scope("lib")}),
}
OVER_THRIFT = {
    api: span({"attributes": {"otel.library.name": sent.scope.name}}) for api, sent in OVER_OTLP.items()
}


def test_no_change_is_expected_of_the_same_api() -> None:
    assert rules_for(OPENTRACING, OPENTRACING) == ()
    assert [rules_for(sent, sent) for sent in OVER_OTLP.values()] == [(), ()]


@pytest.mark.parametrize("api", OVER_OTLP, ids=lambda api: api.name)
def test_the_exporter_is_undone_before_the_step_is_judged(api: Origin) -> None:
    over_otlp = rules_for(OPENTRACING, OVER_OTLP[api])
    over_thrift = rules_for(OPENTRACING, OVER_THRIFT[api])

    assert over_otlp == STEPS[Origin.OPENTRACING, api, False]
    assert over_thrift == THRIFT_EXPORTER + STEPS[Origin.OPENTRACING, api, True]


def test_the_exporter_alone_is_undone_between_spans_of_one_api() -> None:
    one, other = OVER_OTLP[Origin.OPENTELEMETRY], OVER_THRIFT[Origin.OPENTELEMETRY]

    assert rules_for(one, other) == rules_for(other, one) == THRIFT_EXPORTER


def test_only_the_shim_and_the_thrift_exporter_degrade() -> None:
    lost = {rule.name for rule in RULES if rule.effect is Effect.DEGRADED}

    assert lost == {
        "shim-kind-as-attribute",
        "shim-error-as-attribute",
        "shim-error-object",
        "shim-kind-lost",
        "shim-reference-type",
        "shim-status-without-kind",
        "thrift-exporter-message",
    }
