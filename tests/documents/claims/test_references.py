"""Parents and links."""

from __future__ import annotations

import pytest
from opentracing import child_of, follows_from

from ot2otel.model import Link
from ot2otel.receive.collector import Collector
from tests.documents.claims.marks import claim
from tests.documents.claims.tracers import legacy, needs_thrift_exporter, shim, shim_over_thrift


@claim("shim-references")
def test_the_shim_makes_links_without_a_type_of_all_references() -> None:
    before, after = legacy(), shim()
    for traced in (before, after):
        first = traced.tracer.start_span("first")
        second = traced.tracer.start_span("second")
        references = [child_of(first.context), follows_from(second.context)]
        traced.tracer.start_span("s", references=references).finish()

    second_type = {"opentracing.ref_type": "follows_from"}
    assert [dict(link.attributes) for link in before.span.links] == [second_type]
    assert [dict(link.attributes) for link in after.span.links] == [{}, {}]
    assert after.span.parent_id == after.span.links[0].span_id


@claim("shim-first-reference")
def test_the_first_reference_is_the_parent_even_where_another_one_is_child_of() -> None:
    for traced in (legacy(), shim()):
        earlier = traced.tracer.start_span("earlier")
        parent = traced.tracer.start_span("parent")
        references = [follows_from(earlier.context), child_of(parent.context)]
        traced.tracer.start_span("s", references=references).finish()
        earlier.finish()

        span, first = traced.spans()
        assert span.trace_id == first.trace_id


@needs_thrift_exporter
@claim("thrift-references")
def test_over_thrift_a_child_of_reference_arrives_as_follows_from(collector: Collector) -> None:
    with shim_over_thrift(collector.agent_port) as tracer:
        parent = tracer.start_span("parent")
        tracer.start_span("s", references=[child_of(parent.context)]).finish()
        (span,) = collector.wait_for(bool)

    link = Link(span.trace_id, span.parent_id, {"opentracing.ref_type": "follows_from"})
    assert span.links == (link,)


@claim("shim-single-reference")
def test_a_reference_that_is_no_list_or_points_to_nothing_raises_on_the_shim() -> None:
    before, after = legacy().tracer, shim().tracer
    with before.start_span("caller") as span:
        before.start_span("s", references=follows_from(span.context)).finish()
    before.start_span("s", references=[child_of(None)]).finish()

    with after.start_span("caller") as span, pytest.raises(AttributeError):
        after.start_span("s", references=follows_from(span.context))
    with pytest.raises(AttributeError):
        after.start_span("s", references=[child_of(None)])
