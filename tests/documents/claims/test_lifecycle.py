"""Finished spans that are not yet sent, at the end of their process."""

from __future__ import annotations

from jaeger_client.config import Config
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    SpanExporter,
    SpanExportResult,
)

from tests.documents.claims.marks import claim
from tests.documents.claims.processes import Ran, run

ENDS = ("exit", "sys_exit", "sigint", "sigterm", "sigterm_handled", "close", "close_and_wait")
MISUSES = ("close_twice", "close_in_thread", "close_after_asyncio", "close_result")


def legacy() -> Ran:
    return run("legacy", *ENDS, *MISUSES)


def native() -> Ran:
    return run("native", *ENDS)


@claim(
    "end-of-process",
    "jaeger_client.reporter:Reporter.report_span",
    "opentelemetry.sdk.trace.export:BatchSpanProcessor.on_end",
)
def test_jaeger_client_loses_pending_spans_at_the_end_and_the_batch_processor_delivers_them() -> None:
    ends = {"exit", "sys_exit", "sigint"}

    assert (legacy().names & ends, native().names & ends) == (set(), ends)


@claim(
    "end-by-sigterm",
    "jaeger_client.reporter:Reporter.report_span",
    "opentelemetry.sdk.trace.export:BatchSpanProcessor.on_end",
)
def test_sigterm_loses_pending_spans_unless_a_handler_ends_the_program_regularly() -> None:
    ends = {"sigterm", "sigterm_handled"}

    assert (legacy().names & ends, native().names & ends) == (set(), {"sigterm_handled"})


@claim("end-by-close", "jaeger_client.tracer:Tracer.close", "opentelemetry.sdk.trace:TracerProvider.shutdown")
def test_close_of_jaeger_client_has_to_be_waited_for() -> None:
    ends = {"close", "close_and_wait"}

    assert (legacy().names & ends, native().names & ends) == ({"close_and_wait"}, ends)


@claim("close-result", "jaeger_client.tracer:Tracer.close")
def test_the_future_of_close_cannot_be_waited_on_with_a_time_out() -> None:
    assert legacy().printed["close_result"] == ['"TypeError"']


@claim("close-misused", "jaeger_client.ioloop_util:submit")
def test_close_of_jaeger_client_raises_off_the_main_thread_and_after_asyncio_and_hangs_twice() -> None:
    printed = legacy().printed
    found = [printed[f"close_{misuse}"] for misuse in ("in_thread", "after_asyncio", "twice")]

    assert found == [['"RuntimeError"'], ['"RuntimeError"'], ["[true, false]"]]


@claim("close-logging", "jaeger_client.reporter:CompositeReporter.close")
def test_with_logging_on_the_future_of_close_is_never_done() -> None:
    assert run("legacy", "close_once", options='{"logging": true}').printed["close_once"] == ["false"]


@claim(
    "fork",
    "jaeger_client.reporter:Reporter.report_span",
    "opentelemetry.sdk.trace.export:BatchSpanProcessor.on_end",
)
def test_forked_children_of_jaeger_client_send_nothing_and_of_opentelemetry_unless_they_end_at_once() -> None:
    ways = {way: f"fork_{way}" for way in ("and_exit", "and_end_at_once", "and_flush", "by_multiprocessing")}
    runs = {
        library: {way: run(library, action) for way, action in ways.items()}
        | {"and_live": run(library, "fork_and_live", options=options)}
        for library, options in (
            ("legacy", '{"reporter_flush_interval": 0.05}'),
            ("native", '{"wait": 0.05}'),
        )
    }
    arrived = {
        library: {way: sorted(ran.names & {"child 0", "child 1"}) for way, ran in of_library.items()}
        for library, of_library in runs.items()
    }
    ids = {
        library: [len(set(ran.printed[action])) for ran in of_library.values() for action in ran.printed]
        for library, of_library in runs.items()
    }

    both: list[str] = ["child 0", "child 1"]
    nothing: list[str] = []
    assert arrived["legacy"] == dict.fromkeys([*ways, "and_live"], nothing)
    assert arrived["native"] == {
        "and_exit": both,
        "and_flush": both,
        "and_live": both,
        # Functions that are registered for the exit don't run.
        "and_end_at_once": nothing,
        "by_multiprocessing": nothing,
    }
    assert ids == {"legacy": [1] * 5, "native": [2] * 5}


@claim(
    "queue-defaults",
    "jaeger_client.config:Config.reporter_queue_size",
    "opentelemetry.sdk.trace.export:BatchSpanProcessor.__init__",
)
def test_the_batch_processor_has_twenty_times_the_queue_and_waits_five_times_as_long() -> None:
    config = Config({}, service_name="service")
    theirs = BatchSpanProcessor(Silent())
    theirs.shutdown()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
    batch = theirs._batch_processor  # the SDK shows its settings nowhere else

    old = config.reporter_queue_size, config.reporter_batch_size, config.reporter_flush_interval
    assert old == (100, 10, 1)
    assert (batch._max_queue_size, batch._max_export_batch_size, batch._schedule_delay) == (2048, 512, 5)


class Silent(SpanExporter):
    def export(self, spans: object) -> SpanExportResult:
        return SpanExportResult.SUCCESS


@claim("queue-legacy", "jaeger_client.reporter:Reporter._report_span_from_ioloop")
def test_a_full_queue_of_jaeger_client_refuses_the_newest() -> None:
    arrived = run("legacy", "overflow").names - {"overflow"}

    assert len(arrived) in (99, 100, 101)
    assert arrived == {str(number) for number in range(len(arrived))}
