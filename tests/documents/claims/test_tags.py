"""Tags: their values, their number, and the time when they are set."""

from __future__ import annotations

import logging

import pytest
from opentracing import tags as standard_tags

from ot2otel.model import KeyValues
from tests.documents.claims.marks import claim
from tests.documents.claims.tracers import Traced, legacy, native, shim
from tests.support.runs import SDK

VALUES = {
    "bytes": b"x",
    "list": ["a", "b"],
    "mixed": ["a", 1],
    "dict": {"k": 1},
    "none": None,
    "tuple": (1, 2),
    "object": ValueError("e"),
}


def tagged(traced: Traced) -> dict[str, object]:
    with traced.tracer.start_active_span("s") as scope:
        for key, value in VALUES.items():
            scope.span.set_tag(key, value)
    return {key: traced.span.attributes[key] for key in VALUES if key in traced.span.attributes}


@claim("legacy-tag-values", "jaeger_client.thrift:make_tag")
def test_jaeger_client_writes_every_value_that_is_no_number_or_bool_as_text() -> None:
    assert tagged(legacy()) == {key: str(value) for key, value in VALUES.items()}


@claim("shim-tag-values", "opentelemetry.shim.opentracing_shim:SpanShim.set_tag")
def test_the_shim_keeps_a_list_and_drops_or_keeps_other_values_by_the_version_of_the_sdk() -> None:
    always = {"list": ("a", "b"), "tuple": (1, 2)}
    until_1_39 = {"bytes": "x"}
    since = {
        "bytes": b"x",
        "mixed": ("a", 1),
        "dict": KeyValues((("k", 1),)),
        "none": None,
        "object": "e",
    }

    assert tagged(shim()) == always | (until_1_39 if SDK < (1, 40) else since)


@claim(
    "tag-repeated", "jaeger_client.span:Span.set_tag", "opentelemetry.shim.opentracing_shim:SpanShim.set_tag"
)
def test_jaeger_client_sends_a_repeated_tag_twice_and_opentelemetry_its_last_value() -> None:
    traced = legacy()
    with traced.tracer.start_span("s") as span:
        span.set_tag("k", 1).set_tag("k", 2)
    shimmed = shim()
    with shimmed.tracer.start_span("s") as other:
        other.set_tag("k", 1).set_tag("k", 2)

    assert [tag.vLong for tag in span.tags if tag.key == "k"] == [1, 2]
    assert shimmed.span.attributes == {"k": 2}


@claim(
    "tag-length",
    "jaeger_client.thrift:_make_string_tag",
    "opentelemetry.shim.opentracing_shim:TracerShim.start_span",
)
def test_jaeger_client_cuts_a_long_value_and_opentelemetry_does_not() -> None:
    old, new = legacy(), shim()
    for traced in (old, new):
        traced.tracer.start_span("s", tags={"k": "x" * 2000}).finish()

    lengths = [len(str(traced.span.attributes["k"])) for traced in (old, new)]
    assert lengths == [1024, 2000]


@claim("tag-count", "opentelemetry.shim.opentracing_shim:TracerShim.start_span")
def test_opentelemetry_keeps_128_attributes_and_counts_the_rest_and_jaeger_client_keeps_all() -> None:
    tags = {f"k{number}": number for number in range(200)}
    old, new = legacy(), shim()
    for traced in (old, new):
        traced.tracer.start_span("s", tags=dict(tags)).finish()

    assert set(tags) <= set(old.span.attributes)
    # The oldest are dropped.
    assert set(new.span.attributes) == {f"k{number}" for number in range(72, 200)}
    assert new.span.dropped_attributes == 72


@claim(
    "tag-after-finish",
    "jaeger_client.span:Span.set_tag",
    "opentelemetry.shim.opentracing_shim:SpanShim.set_tag",
)
def test_the_shim_drops_a_tag_set_after_the_end_and_warns(caplog: pytest.LogCaptureFixture) -> None:
    old, new = legacy(), shim()
    with caplog.at_level(logging.WARNING):
        for traced in (old, new):
            span = traced.tracer.start_span("s")
            span.finish()
            span.set_tag("late", 1)

    # jaeger-client turns a span into bytes only when its batch is sent.
    assert [traced.span.attributes.get("late") for traced in (old, new)] == [1, None]
    assert "Setting attribute on ended span." in caplog.text


@claim("tags-argument-mutated", "jaeger_client.tracer:Tracer.start_span")
def test_jaeger_client_writes_its_sampler_into_the_callers_dictionary_of_tags() -> None:
    tags = {"k": "v"}
    legacy().tracer.start_span("s", tags=tags)

    assert tags == {"k": "v", "sampler.type": "const", "sampler.param": True}


@claim(
    "tag-names",
    "opentelemetry.shim.opentracing_shim:TracerShim.start_span",
    "opentelemetry.shim.opentracing_shim:SpanShim.set_tag",
)
def test_nothing_renames_a_tag_on_the_way_through_the_shim() -> None:
    names = dict.fromkeys(
        (value for key, value in vars(standard_tags).items() if key.isupper() and "." in value), "x"
    )
    traced = shim()
    traced.tracer.start_span("s", tags=names).finish()
    later = traced.tracer.start_span("later")
    for name, value in names.items():
        later.set_tag(name, value)
    later.finish()

    assert len(names) > 10
    assert [span.attributes for span in traced.spans()] == [names, names]


@claim(
    "start-time-zero",
    "jaeger_client.span:Span.__init__",
    "opentelemetry.shim.opentracing_shim:TracerShim.start_span",
)
def test_a_start_time_of_0_is_now_for_jaeger_client_and_1970_for_the_shim() -> None:
    old, new = legacy(), shim()
    for traced in (old, new):
        traced.tracer.start_span("s", start_time=0).finish()

    assert old.span.start_ns > 0
    assert new.span.start_ns == 0


@claim(
    "time-precision",
    "jaeger_client.thrift:timestamp_micros",
    "opentelemetry.shim.opentracing_shim.util:time_seconds_to_ns",
)
def test_jaeger_client_truncates_to_microseconds_and_the_shim_goes_through_a_float() -> None:
    moment = 1_700_000_000.123456789
    old, new = legacy(), shim()
    for traced in (old, new):
        traced.tracer.start_span("s", start_time=moment).finish(moment + 1)
    exact = native()
    exact.tracer.start_span("s", start_time=1_700_000_000_123_456_789).end()

    starts = [traced.span.start_ns for traced in (old, new, exact)]
    assert starts == [1_700_000_000_123_456_000, 1_700_000_000_123_456_768, 1_700_000_000_123_456_789]
