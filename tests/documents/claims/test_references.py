"""References: the parents and links that they become."""

from __future__ import annotations

import pytest
from opentracing import child_of, follows_from

from ot2otel.model import Link
from ot2otel.receive.collector import Collector
from tests.documents.claims.marks import claim
from tests.documents.claims.tracers import legacy, needs_thrift_exporter, shim, shim_over_thrift


@claim(
    "shim-references",
    "jaeger_client.thrift:make_references",
    "opentelemetry.shim.opentracing_shim:TracerShim.start_span",
)
def test_the_shim_makes_links_without_a_type_of_all_references() -> None:
    old, new = legacy(), shim()
    for traced in (old, new):
        first = traced.tracer.start_span("first")
        second = traced.tracer.start_span("second")
        references = [child_of(first.context), follows_from(second.context)]
        traced.tracer.start_span("s", references=references).finish()

    second_type = {"opentracing.ref_type": "follows_from"}
    assert [dict(link.attributes) for link in old.span.links] == [second_type]
    assert [dict(link.attributes) for link in new.span.links] == [{}, {}]
    assert new.span.parent_id == new.span.links[0].span_id


@claim(
    "shim-first-reference",
    "jaeger_client.tracer:Tracer.start_span",
    "opentelemetry.shim.opentracing_shim:TracerShim.start_span",
)
def test_the_first_reference_is_the_parent_even_if_another_one_is_child_of() -> None:
    for traced in (legacy(), shim()):
        earlier = traced.tracer.start_span("earlier")
        parent = traced.tracer.start_span("parent")
        references = [follows_from(earlier.context), child_of(parent.context)]
        traced.tracer.start_span("s", references=references).finish()
        earlier.finish()

        span, first = traced.spans()
        assert (span.trace_id, span.parent_id) == (first.trace_id, first.span_id)


@needs_thrift_exporter
@claim("thrift-references", "opentelemetry.exporter.jaeger.thrift.translate:ThriftTranslator._extract_refs")
def test_over_thrift_a_child_of_reference_arrives_as_follows_from(collector: Collector) -> None:
    with shim_over_thrift(collector.agent_port) as tracer:
        parent = tracer.start_span("parent")
        tracer.start_span("s", references=[child_of(parent.context)]).finish()
        (span,) = collector.wait_for(bool)

    link = Link(span.trace_id, span.parent_id, {"opentracing.ref_type": "follows_from"})
    assert span.links == (link,)


@claim(
    "shim-single-reference",
    "jaeger_client.tracer:Tracer.start_span",
    "opentelemetry.shim.opentracing_shim:TracerShim.start_span",
)
def test_references_that_are_no_list_or_are_none_raise_on_the_shim() -> None:
    old, new = legacy().tracer, shim().tracer
    with old.start_span("caller") as span:
        old.start_span("s", references=follows_from(span.context)).finish()
    old.start_span("s", references=[child_of(None)]).finish()

    with new.start_span("caller") as span, pytest.raises(AttributeError):
        new.start_span("s", references=follows_from(span.context))
    with pytest.raises(AttributeError):
        new.start_span("s", references=[child_of(None)])
