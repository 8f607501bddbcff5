"""The fixture `spans`: which spans it has, and how they are asked for."""

from __future__ import annotations

from tests.support.suites import Suite

TRACERS = """
import jaeger_client
import pytest
from jaeger_client.reporter import InMemoryReporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.shim.opentracing_shim import create_tracer
from opentracing.mocktracer import MockTracer


def legacy():
    return jaeger_client.Tracer("shop", InMemoryReporter(), jaeger_client.ConstSampler(True))


def provider():
    return TracerProvider(resource=Resource.create({"service.name": "shop"}))

"""


def test_each_kind_of_opentracing_tracer_is_captured_when_it_is_handed_over(suite: Suite) -> None:
    result = suite(
        TRACERS
        + """
@pytest.mark.parametrize("make", [legacy, MockTracer, lambda: create_tracer(provider())])
def test_it(spans, make):
    tracer = make()
    spans.watch(tracer)

    with tracer.start_active_span("checkout", tags={"http.method": "GET"}):
        with tracer.start_active_span("pay") as scope:
            scope.span.set_tag("amount", 12)

    assert spans.tree() == (("checkout", (("pay", ()),)),)
    assert spans.one("pay")["amount"] == 12
    assert spans.one("pay").parent.name == "checkout"
    assert [span.name for span in spans.find(attributes={"http.method": "GET"})] == ["checkout"]
"""
    )

    result.assert_outcomes(passed=3)


def test_a_provider_and_a_tracer_of_the_sdk_are_captured_once(suite: Suite) -> None:
    result = suite(
        TRACERS
        + """
def test_it(spans):
    provided = provider()
    tracer = provided.get_tracer("app")
    spans.watch(provided)
    spans.watch(tracer)
    spans.watch(provided.get_tracer("other"))

    with tracer.start_as_current_span("checkout"):
        pass

    assert spans.tree() == (("checkout", ()),)
    assert spans.one("checkout").service == "shop"
"""
    )

    result.assert_outcomes(passed=1)


def test_global_tracers_are_captured_whether_they_are_set_before_or_during_the_test(suite: Suite) -> None:
    result = suite(
        TRACERS
        + """
import opentracing
from opentelemetry import trace


def test_opentracing(spans):
    opentracing.set_global_tracer(legacy())
    with opentracing.global_tracer().start_active_span("legacy"):
        pass
    assert spans.tree() == (("legacy", ()),)


def test_opentelemetry(spans):
    trace.set_tracer_provider(provider())
    with trace.get_tracer("app").start_as_current_span("native"):
        pass
    assert spans.tree() == (("native", ()),)


def test_both_set_before(spans):
    with opentracing.global_tracer().start_active_span("legacy"):
        pass
    with trace.get_tracer("app").start_as_current_span("native"):
        pass
    assert spans.tree() == (("legacy", ()), ("native", ()))
""",
    )

    result.assert_outcomes(passed=3)


def test_the_provider_stays_and_exports_as_before(suite: Suite) -> None:
    result = suite(
        TRACERS
        + """
from opentelemetry import trace
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

GLOBAL, EXPORTER = provider(), InMemorySpanExporter()
GLOBAL.add_span_processor(SimpleSpanProcessor(EXPORTER))
trace.set_tracer_provider(GLOBAL)
REPORTER = InMemoryReporter()
LEGACY = jaeger_client.Tracer("shop", REPORTER, jaeger_client.ConstSampler(True))


def test_it(spans):
    spans.watch(LEGACY)
    with trace.get_tracer("app").start_as_current_span("native"):
        pass
    LEGACY.start_span("legacy").finish()

    assert trace.get_tracer_provider() is GLOBAL
    assert [span.name for span in EXPORTER.get_finished_spans()] == ["native"]
    assert LEGACY.reporter is REPORTER
    assert [span.operation_name for span in REPORTER.get_spans()] == ["legacy"]
    assert len(spans) == 2
""",
    )

    result.assert_outcomes(passed=1)


def test_wait_for_waits_for_threads_and_shows_what_came(suite: Suite) -> None:
    result = suite(
        TRACERS
        + """
import threading

TRACER = provider().get_tracer("app")


def test_enough(spans):
    spans.watch(TRACER)
    threading.Timer(0.05, lambda: TRACER.start_span("late").end()).start()
    assert [span.name for span in spans.wait_for(1)] == ["late"]


def test_too_few(spans):
    spans.watch(TRACER)
    TRACER.start_span("only").end()
    open_span = TRACER.start_span("open")
    try:
        with pytest.raises(AssertionError) as raised:
            spans.wait_for(2, timeout=0.01)
    finally:
        open_span.end()
    lines = str(raised.value).splitlines()
    assert lines[0] == "Waited 0.01 s for 2 spans, got 1:"
    assert lines[2].startswith("  shop: only (internal")
    assert lines[-1] == "Not ended: 'open'."
"""
    )

    result.assert_outcomes(passed=2)


def test_a_question_without_an_answer_tells_what_there_is(suite: Suite) -> None:
    result = suite(
        TRACERS
        + """
def test_it(spans):
    tracer = legacy()
    with pytest.raises(AssertionError, match="The spans of this test: none. No global tracer is set"):
        spans.one("pay")
    spans.watch(tracer)
    tracer.start_span("pay").finish()
    tracer.start_span("pay").finish()
    tracer.start_span("ship").finish()

    with pytest.raises(AssertionError, match="2 spans have the name 'pay'. .*: 'pay', 'pay', 'ship'"):
        spans.one("pay")
    with pytest.raises(AssertionError, match="No span has the name 'bill'"):
        spans.one("bill")
    with pytest.raises(KeyError, match="has no attribute 'amount'; it has: sampler.param, sampler.type"):
        spans.one("ship")["amount"]
    assert "amount" not in spans.one("ship")


def test_what_is_no_tracer_is_refused(spans):
    with pytest.raises(Exception, match="builtins.object can't be watched. Hand over a TracerProvider"):
        spans.watch(object())
"""
    )

    result.assert_outcomes(passed=2)


def test_spans_that_the_sampler_drops_are_not_captured_and_told(suite: Suite) -> None:
    result = suite(
        TRACERS
        + """
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, Decision, Sampler, SamplingResult


class RecordOnly(Sampler):
    def should_sample(self, *args, **kwargs):
        return SamplingResult(Decision.RECORD_ONLY)

    def get_description(self):
        return "RecordOnly"


def test_jaeger_client(spans):
    tracer = jaeger_client.Tracer("shop", InMemoryReporter(), jaeger_client.ConstSampler(False))
    spans.watch(tracer)
    tracer.start_span("pay").finish()
    with pytest.raises(AssertionError, match="The sampler dropped 1 started spans"):
        spans.one("pay")


@pytest.mark.parametrize("sampler", [ALWAYS_OFF, RecordOnly()])
def test_sdk(spans, sampler):
    tracer = TracerProvider(sampler=sampler).get_tracer("app")
    spans.watch(tracer)
    tracer.start_span("pay").end()
    assert spans.tree() == ()
"""
    )

    result.assert_outcomes(passed=3)


def test_a_span_that_cannot_be_sent_is_told(suite: Suite) -> None:
    result = suite(
        TRACERS
        + """
def test_it(spans):
    tracer = legacy()
    spans.watch(tracer)
    tracer.start_span("big", tags={"n": 2**70}).finish()
    assert spans.tree() == ()
"""
    )

    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*test_it.py::test_it left The span 'big' can't be sent: error: *"])


def test_the_tracers_are_left_as_they_were(suite: Suite) -> None:
    result = suite(
        TRACERS
        + """
import threading
from concurrent.futures import ThreadPoolExecutor
from ot2otel.testing import captured
import opentracing
from opentelemetry import trace

def replaced():
    of_threads = threading.Thread.start, ThreadPoolExecutor.submit
    return opentracing.set_global_tracer, trace.set_tracer_provider, *of_threads


SETTERS = replaced()


def test_it():
    tracers = legacy(), MockTracer(), provider()
    before = [dict(vars(tracer)) for tracer in tracers]
    processors = tracers[2]._active_span_processor._span_processors
    with captured() as spans:
        for tracer in tracers:
            spans.watch(tracer)
        assert "start_span" in vars(tracers[0])
    assert [dict(vars(tracer)) for tracer in tracers] == before
    assert tracers[2]._active_span_processor._span_processors == processors
    assert replaced() == SETTERS
"""
    )

    result.assert_outcomes(passed=1)
