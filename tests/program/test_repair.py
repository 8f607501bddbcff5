"""The repair of the shim's spans: their kind and their status, in any order of processors."""

from __future__ import annotations

import gc
import logging
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import opentracing
import pytest
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.shim.opentracing_shim import SpanShim, create_tracer
from opentelemetry.trace import SpanKind, StatusCode

from ot2otel.compare.facts import KIND, MESSAGE, STATUS
from ot2otel.compare.rules.rule import Split, attribute
from ot2otel.compare.rules.shim import SHIM_OVER_OTLP
from ot2otel.model import Kind
from ot2otel.model import StatusCode as Code
from shim_bridge.repair import ShimRepair
from tests.support.shim_tags import TAGGED, Tagged


@dataclass(frozen=True)
class Traced:
    """A provider with the repair, its exporter, and the shim's tracer on it."""

    provider: TracerProvider
    exporter: InMemorySpanExporter
    tracer: opentracing.Tracer

    def exported(self) -> tuple[ReadableSpan, ...]:
        self.provider.force_flush()
        return self.exporter.get_finished_spans()

    def only(self) -> tuple[SpanKind, StatusCode, Mapping[str, object]]:
        [span] = self.exported()
        return span.kind, span.status.status_code, dict(span.attributes or {})


def traced(
    export: Callable[[InMemorySpanExporter], SpanProcessor] = SimpleSpanProcessor,
    *,
    repair_first: bool = True,
    limits: SpanLimits | None = None,
) -> Traced:
    provider = TracerProvider(shutdown_on_exit=False, span_limits=limits)
    exporter = InMemorySpanExporter()
    processors = [ShimRepair(), export(exporter)]
    for processor in processors if repair_first else reversed(processors):
        provider.add_span_processor(processor)
    return Traced(provider, exporter, create_tracer(provider))


def unwrapped(span: opentracing.Span) -> Span:
    assert isinstance(span, SpanShim)
    found = span.unwrap()  # type: ignore[no-untyped-call]  # the shim's methods have no types
    assert isinstance(found, Span)
    return found


def batches_of_one(exporter: InMemorySpanExporter) -> SpanProcessor:
    """Export each span at once, in another thread."""
    return BatchSpanProcessor(exporter, max_export_batch_size=1)


def repaired(case: Tagged) -> tuple[SpanKind, StatusCode, Mapping[str, object]]:
    return SpanKind[case.kind.name], StatusCode[case.status.name], case.left


CASES = pytest.mark.parametrize("case", TAGGED, ids=lambda case: case.name)
PIPELINES = pytest.mark.parametrize("export", [SimpleSpanProcessor, batches_of_one], ids=["simple", "batch"])
ORDERS = pytest.mark.parametrize("repair_first", [True, False], ids=["before", "after"])


@PIPELINES
@ORDERS
@CASES
def test_tags_of_the_start_are_repaired_in_any_order_of_processors(
    case: Tagged,
    export: Callable[[InMemorySpanExporter], SpanProcessor],
    repair_first: bool,
) -> None:
    program = traced(export, repair_first=repair_first)

    span = program.tracer.start_span("greet", tags=dict(case.tags))
    unwrapped(span).set_status(StatusCode[case.before.name])
    span.finish()

    assert program.only() == repaired(case)
    program.provider.shutdown()


@ORDERS
@CASES
def test_tags_set_after_the_start_are_repaired(case: Tagged, repair_first: bool) -> None:
    program = traced(repair_first=repair_first)

    with program.tracer.start_active_span("greet") as scope:
        for key, value in case.tags.items():
            scope.span.set_tag(key, value)
        unwrapped(scope.span).set_status(StatusCode[case.before.name])

    assert program.only() == repaired(case)


def test_the_last_tag_wins() -> None:
    program = traced()

    span = program.tracer.start_span("greet", tags={"span.kind": "server", "error": True})
    span.set_tag("span.kind", "client").set_tag("error", False)
    span.finish()

    assert program.only() == (SpanKind.CLIENT, StatusCode.UNSET, {"error": False})


def test_the_end_that_the_program_gives_is_kept() -> None:
    program = traced()

    program.tracer.start_span("greet", start_time=1.0).finish(2.0)

    [span] = program.exported()
    assert (span.start_time, span.end_time) == (1_000_000_000, 2_000_000_000)


def test_a_later_processor_knows_the_kind_when_a_span_starts() -> None:
    seen: list[SpanKind] = []

    class Watching(SpanProcessor):
        def on_start(self, span: ReadableSpan, parent_context: object = None) -> None:
            seen.append(span.kind)

    program = traced()
    program.provider.add_span_processor(Watching())
    program.tracer.start_span("greet", tags={"span.kind": "server"}).finish()

    assert seen == [SpanKind.SERVER]


def test_an_exception_keeps_its_own_status_and_the_tag_goes() -> None:
    program = traced()

    with (
        pytest.raises(ValueError, match="nobody"),
        program.tracer.start_active_span("greet", tags={"error": True}),
    ):
        raise ValueError("nobody")

    [span] = program.exported()
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "ValueError: nobody")
    assert dict(span.attributes or {}) == {}


def test_a_span_of_another_scope_stays_as_it_is() -> None:
    program = traced()

    tags: Mapping[str, str | bool] = {"span.kind": "server", "error": True}
    program.provider.get_tracer("native").start_span("greet", attributes=tags).end()

    assert program.only() == (SpanKind.INTERNAL, StatusCode.UNSET, tags)


def test_a_kind_given_at_the_start_outlives_the_limit_of_attributes() -> None:
    program = traced(limits=SpanLimits(max_span_attributes=2))

    span = program.tracer.start_span("greet", tags={"span.kind": "server"})
    for number in range(3):
        span.set_tag(f"tag.{number}", number)
    span.finish()

    assert program.only() == (SpanKind.SERVER, StatusCode.UNSET, {"tag.1": 1, "tag.2": 2})


def test_an_error_that_the_limit_of_attributes_pushed_out_is_lost() -> None:
    program = traced(limits=SpanLimits(max_span_attributes=2))

    span = program.tracer.start_span("greet", tags={"error": True})
    for number in range(2):
        span.set_tag(f"tag.{number}", number)
    span.finish()

    assert program.only() == (SpanKind.INTERNAL, StatusCode.UNSET, {"tag.0": 0, "tag.1": 1})


def test_two_repairs_are_as_good_as_one() -> None:
    program = traced()
    program.provider.add_span_processor(ShimRepair())

    program.tracer.start_span("greet", tags={"span.kind": "server", "error": True}).finish()

    assert program.only() == (SpanKind.SERVER, StatusCode.ERROR, {})


def test_a_second_end_is_the_sdks_own(caplog: pytest.LogCaptureFixture) -> None:
    program = traced()

    span = program.tracer.start_span("greet", tags={"error": True})
    span.finish()
    span.finish()

    assert [record.message for record in caplog.records] == ["Calling end() on an ended span."]
    assert len(program.exported()) == 1


def test_an_ended_span_is_freed_at_once() -> None:
    program = traced(lambda _: SpanProcessor())
    gc.disable()
    try:
        span = program.tracer.start_span("greet", tags={"span.kind": "server"})
        otel_span = weakref.ref(unwrapped(span))
        span.finish()
        del span

        assert otel_span() is None
    finally:
        gc.enable()


def test_an_sdk_that_keeps_the_kind_elsewhere_is_told_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ReadableSpan, "kind", property(lambda _: SpanKind.INTERNAL))
    program = traced()

    with caplog.at_level(logging.WARNING, "shim_bridge.repair"):
        for _ in range(2):
            program.tracer.start_span("greet", tags={"span.kind": "server"}).finish()

    assert [record.message for record in caplog.records] == [
        "ShimRepair does not know this OpenTelemetry SDK, and repairs no span: "
        "the kind is no longer in Span._kind"
    ]
    assert [dict(span.attributes or {}) for span in program.exported()] == [{"span.kind": "server"}] * 2


def split_of(name: str) -> Split:
    [rule] = (rule for rule in SHIM_OVER_OTLP if rule.name == name)
    [licence] = rule.licences
    assert isinstance(licence, Split)
    return licence


@pytest.mark.parametrize("kind", list(Kind))
def test_the_repair_undoes_the_rule_for_the_kind(kind: Kind) -> None:
    made = split_of("shim-kind-as-attribute").function(kind)
    if made is None:  # a span without a kind, or INTERNAL: nothing is lost
        return
    facts = {each.place: each.value for each in made}
    program = traced()

    program.tracer.start_span("greet", tags={"span.kind": facts[attribute("span.kind")]}).finish()

    assert facts[KIND] is Kind.INTERNAL
    assert program.only() == (SpanKind[kind.name], StatusCode.UNSET, {})


def test_the_repair_undoes_the_rule_for_the_error() -> None:
    licence = split_of("shim-error-as-attribute")
    made = licence.function(Code.ERROR, None)
    assert made is not None
    facts = {each.place: each.value for each in made}
    program = traced()

    program.tracer.start_span("greet", tags={"error": facts[attribute("error")]}).finish()

    assert (licence.takes, licence.reads, facts[STATUS]) == ((STATUS,), (MESSAGE,), Code.UNSET)
    assert program.only() == (SpanKind.INTERNAL, StatusCode.ERROR, {})
