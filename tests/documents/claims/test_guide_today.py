"""Where today's libraries differ from what one would expect of them."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from importlib import metadata

import pytest
from jaeger_client.sampler import ConstSampler
from opentelemetry import trace
from opentelemetry.context import attach, detach
from opentelemetry.propagate import extract, inject
from opentelemetry.propagators.jaeger import JaegerPropagator
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased, Sampler
from opentelemetry.shim.opentracing_shim import create_tracer
from opentelemetry.trace import get_current_span, use_span
from opentracing import Format

from ot2otel.capture.environment import reporting_to
from ot2otel.receive.collector import Collector
from tests.documents.claims.marks import claim
from tests.documents.claims.processes import python, sent_so_far
from tests.documents.claims.tracers import Traced, legacy, native, shim
from tests.support.peers import module, peer
from tests.support.runs import SDK

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
DEBUG_ALONE = {"uber-trace-id": "0af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0:02"}


def children_that_deliver(library: str) -> set[str]:
    """Return the ends after which the span of a forked child arrives."""
    with Collector() as collector:
        ran = python(
            "-m", "tests.documents.claims.children", library, environment=reporting_to(collector, "otlp", {})
        )
        assert ran.returncode == 0, ran.stderr
        return {span.name for span in sent_so_far(collector)}


@claim(
    "fork-end",
    "jaeger_client.reporter:Reporter.report_span",
    "opentelemetry.sdk._shared_internal:BatchProcessor.shutdown",
)
def test_a_forked_child_delivers_its_spans_only_with_the_batch_processor_and_a_regular_end() -> None:
    assert (children_that_deliver("legacy"), children_that_deliver("native")) == (set(), {"sys.exit"})


@claim("event-count", "jaeger_client.span:Span.log_kv", "opentelemetry.sdk.util:BoundedList.append")
def test_opentelemetry_keeps_the_last_128_events_and_jaeger_client_keeps_all() -> None:
    kept = []
    for traced in (legacy(), shim()):
        with traced.tracer.start_span("s") as span:
            for number in range(200):
                span.log_kv({"event": str(number)})
        kept.append([event.name for event in traced.span.events])

    assert kept == [[str(number) for number in numbers] for numbers in (range(200), range(72, 200))]


@claim("tag-oldest", "opentelemetry.attributes:BoundedAttributes.__init__")
def test_of_too_many_attributes_the_oldest_go() -> None:
    traced = shim()
    traced.tracer.start_span("s", tags={str(number): number for number in range(200)}).finish()

    assert set(traced.span.attributes) == {str(number) for number in range(72, 200)}


@claim("disabled-cuts", "opentelemetry.sdk.trace:TracerProvider.get_tracer")
@pytest.mark.parametrize(
    ("start", "is_cut_in_1_39"),
    [
        (lambda provider: provider.get_tracer("application").start_as_current_span("s"), False),
        (lambda provider: use_span(provider.get_tracer("application").start_span("s")), True),
        (lambda provider: create_tracer(provider).start_active_span("s"), True),
    ],
    ids=["start_as_current_span", "start_span", "shim"],
)
def test_a_disabled_sdk_1_39_sends_no_header_on_under_a_span_of_start_span(
    start: Callable[[TracerProvider], AbstractContextManager[object]],
    is_cut_in_1_39: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    sent: dict[str, str] = {}

    token = attach(extract({"traceparent": CALLER}))
    with start(TracerProvider(shutdown_on_exit=False)):
        inject(sent)
    detach(token)

    assert sent == ({} if is_cut_in_1_39 and SDK < (1, 40) else {"traceparent": CALLER})


@claim(
    "debug-alone",
    "jaeger_client.span:Span.finish",
    "opentelemetry.propagators.jaeger:JaegerPropagator.extract",
)
def test_the_debug_flag_without_the_sampled_one_is_not_recorded() -> None:
    traced = legacy()
    caller = traced.tracer.extract(Format.HTTP_HEADERS, DEBUG_ALONE)
    span = traced.tracer.start_span("s", child_of=caller)
    span.finish()

    theirs = get_current_span(JaegerPropagator().extract(DEBUG_ALONE)).get_span_context()
    assert (span.is_debug(), traced.spans()) == (True, ())
    assert (theirs.is_valid, theirs.trace_flags.sampled) == (True, False)


@claim(
    "span-finished",
    "opentelemetry.sdk.trace:ReadableSpan.end_time",
    "opentelemetry.trace.span:NonRecordingSpan.is_recording",
)
def test_an_unsampled_span_never_records_and_a_sampled_one_has_an_end_time_when_it_is_finished() -> None:
    sampled, unsampled = (
        native(sampler=sampler).tracer.start_span("s") for sampler in (ALWAYS_ON, ALWAYS_OFF)
    )
    before = sampled.end_time
    sampled.end()

    assert (unsampled.is_recording(), hasattr(unsampled, "end_time")) == (False, False)
    assert (before, sampled.end_time is not None) == (None, True)


@claim("propagator-missing", "opentelemetry.propagate")
def test_a_propagator_that_is_not_installed_stops_the_process() -> None:
    installed = {entry.name for entry in metadata.entry_points(group="opentelemetry_propagator")}
    done = python(
        "-c", "import opentelemetry.propagate", environment={"OTEL_PROPAGATORS": "tracecontext,xray"}
    )

    assert "xray" not in installed
    assert done.returncode == 1
    assert "ValueError: Propagator xray not found." in done.stderr


@claim(
    "sampling-const",
    "jaeger_client.tracer:Tracer.start_span",
    "opentelemetry.sdk.trace.sampling:ParentBased.should_sample",
)
def test_const_follows_the_caller_as_parentbased_does_and_always_on_alone_does_not() -> None:
    def recorded(traced: Traced, headers: dict[str, str]) -> bool:
        caller = traced.tracer.extract(Format.HTTP_HEADERS, headers)
        traced.tracer.start_span("s", child_of=caller).finish()
        return traced.spans() != ()

    def on_the_shim(sampler: Sampler) -> bool:
        return recorded(shim(sampler=sampler), {"traceparent": f"{CALLER[:-2]}00"})

    trace_id, span_id = CALLER.split("-")[1:3]
    old = recorded(legacy(sampler=ConstSampler(True)), {"uber-trace-id": f"{trace_id}:{span_id}:0:0"})
    assert (old, on_the_shim(ParentBased(ALWAYS_ON)), on_the_shim(ALWAYS_ON)) == (False, False, True)


@claim("exception-event", "opentelemetry.sdk.trace:Span.record_exception")
def test_an_exception_is_an_event_of_its_span_and_no_package_here_can_make_it_a_log() -> None:
    traced = native()
    with pytest.raises(ValueError, match="boom"), traced.tracer.start_as_current_span("s"):
        raise ValueError("boom")
    packages = [each for each in metadata.distributions() if each.name.startswith("opentelemetry")]
    sources = [path for each in packages for path in each.files or () if path.suffix == ".py"]

    assert [event.name for event in traced.span.events] == ["exception"]
    assert len(sources) > 100
    assert not any("OTEL_SEMCONV_EXCEPTION" in path.read_text(encoding="utf-8") for path in sources)


@claim(
    "deprecated-silently",
    "opentelemetry.shim.opentracing_shim:create_tracer",
    "opentelemetry.propagators.jaeger:JaegerPropagator.inject",
)
def test_neither_the_shim_nor_the_propagator_warns_that_the_specification_deprecated_it() -> None:
    sent: dict[str, str] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with create_tracer(TracerProvider(shutdown_on_exit=False)).start_active_span("s"):
            pass
        with trace.use_span(native().tracer.start_span("s")):
            JaegerPropagator().inject(sent)

    assert list(sent) == ["uber-trace-id"]


@claim(
    "peer-service",
    "opentelemetry.semconv._incubating.attributes.service_attributes",
    "opentelemetry.semconv._incubating.attributes.peer_attributes",
)
def test_the_package_of_conventions_has_the_new_name_of_peer_service_in_the_newest_lane_alone() -> None:
    names = "getattr(service_attributes, 'SERVICE_PEER_NAME', None), peer_attributes.PEER_SERVICE"
    done = python(
        "-c",
        "from opentelemetry.semconv._incubating.attributes import peer_attributes, service_attributes\n"
        f"print({names}, 'Replaced by `service.peer.name`' in open(peer_attributes.__file__).read())",
    )

    new = "None peer.service False" if SDK < (1, 40) else "service.peer.name peer.service True"
    assert done.stdout.strip() == new


def make_child(traced: Traced, start: str) -> None:
    with getattr(traced.tracer, start)("child"):
        pass


@peer("instrumentations")
@claim("executor-instrumented", "opentelemetry.instrumentation.threading:ThreadingInstrumentor._instrument")
def test_the_instrumentation_of_threads_keeps_the_parent_in_an_executor() -> None:
    threading = module("opentelemetry.instrumentation.threading", "ot2otel[peers]")
    instrumentor = threading.ThreadingInstrumentor()
    instrumentor.instrument()
    try:
        for traced, start in ((native(), "start_as_current_span"), (shim(), "start_active_span")):
            with ThreadPoolExecutor(1) as pool, getattr(traced.tracer, start)("root"):
                pool.submit(make_child, traced, start).result()

            child, root = traced.spans()
            assert (child.name, child.parent_id) == ("child", root.span_id)
    finally:
        instrumentor.uninstrument()


@peer("instrumentations")
@claim("log-fields", "opentelemetry.instrumentation.logging:LoggingInstrumentor._instrument")
def test_the_instrumentation_of_logging_has_field_names_of_its_own() -> None:
    instrumentation = module("opentelemetry.instrumentation.logging", "ot2otel[peers]")
    instrumentor = instrumentation.LoggingInstrumentor()
    instrumentor.instrument(set_logging_format=False)
    try:
        with native().tracer.start_as_current_span("s") as span:
            record = logging.getLogRecordFactory()("name", logging.INFO, "", 1, "text", (), None)
    finally:
        instrumentor.uninstrument()

    ids = span.get_span_context()
    fields = {name: value for name, value in vars(record).items() if name.startswith("otel")}
    assert fields.pop("otelServiceName", "") is not None
    assert fields == {
        "otelTraceID": f"{ids.trace_id:032x}",
        "otelSpanID": f"{ids.span_id:016x}",
        "otelTraceSampled": True,
    }
