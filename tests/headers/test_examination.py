"""Examinations of headers, and the remarks on them."""

from __future__ import annotations

from collections.abc import Mapping

from ot2otel.headers.examination import Present, examine, remarks
from ot2otel.headers.extraction import Extraction
from ot2otel.headers.extractors import extract
from ot2otel.headers.settings import chosen
from tests.support.header_cases import OTHER, S, T


def remarked(headers: Mapping[str, str]) -> list[str]:
    """Return the remarks without the one on the names' case, which any header of OpenTelemetry's gets."""
    return [each for each in remarks(examine(headers, extract)) if "Title-Case" not in each]


def test_each_format_is_listed_with_its_headers_and_what_its_readers_extract() -> None:
    present = examine({"X-B3-TraceId": T[1:], "X-B3-SpanId": S, "Host": "x"}, extract).present

    (legacy,) = chosen(["legacy/b3"])
    (b3multi,) = chosen(["native/b3multi"])
    assert present == (
        Present(
            "b3multi",
            ("x-b3-traceid", "x-b3-spanid"),
            {legacy: Extraction(f"0{T[1:]}", S), b3multi: Extraction(sampled=True)},
        ),
    )


def test_no_trace_context_is_remarked() -> None:
    assert remarked({"Host": "x"}) == [
        "There is no trace context in these headers: every service starts a trace of its own."
    ]


def test_a_malformed_header_is_remarked_for_each_of_its_readers() -> None:
    assert remarked({"uber-trace-id": "zzz"}) == [
        "jaeger is malformed for legacy/jaeger: extract raises SpanContextCorruptedException: malformed "
        'trace context "zzz"; a service that does not catch it fails the request.',
        "jaeger has no effect on native/jaeger, which ignores it.",
    ]


def test_disagreeing_formats_are_remarked_with_who_follows_which() -> None:
    headers = {"traceparent": f"00-{T}-{S}-01", "uber-trace-id": f"{OTHER}:{S}:0:1"}

    assert remarked(headers)[0] == (
        f"The formats disagree about the trace: {T} (tracecontext) goes on in native/w3c, shim/w3c; "
        f"{OTHER} (jaeger) goes on in legacy/jaeger, legacy/jaeger-128, native/jaeger, native/composite, "
        "shim/jaeger, shim/composite."
    )


def test_agreeing_formats_are_not_remarked() -> None:
    headers = {"traceparent": f"00-{T}-{S}-01", "uber-trace-id": f"{T}:{S}:0:1"}

    assert remarked(headers) == [
        "The caller decides that the request is recorded in legacy/jaeger, legacy/jaeger-128, native/w3c, "
        "native/jaeger, native/composite, shim/w3c, shim/jaeger, shim/composite."
    ]


def test_a_decision_from_outside_is_remarked_as_each_takes_it() -> None:
    assert remarked({"uber-trace-id": f"{T}:{S}:0:3"}) == [
        "The caller decides that the request is recorded, with the debug flag, in legacy/jaeger, "
        "legacy/jaeger-128.",
        "The caller decides that the request is recorded in native/jaeger, native/composite, shim/jaeger, "
        "shim/composite.",
    ]


def test_baggage_without_a_trace_is_remarked() -> None:
    assert remarked({"uberctx-user": "a"}) == [
        "jaeger has no effect on native/jaeger, which ignores it.",
        *(
            f"{label} starts a trace that is not recorded, though its sampler would record it: it takes "
            "baggage without a trace for a caller's decision."
            for label in ("legacy/jaeger", "legacy/jaeger-128")
        ),
    ]


def test_a_debug_id_is_remarked() -> None:
    assert remarked({"jaeger-debug-id": "42"}) == [
        "jaeger has no effect on native/jaeger, which ignores it.",
        *(
            f"{label} starts a trace of its own and forces its recording, as a debug id asks."
            for label in ("legacy/jaeger", "legacy/jaeger-128")
        ),
    ]


def test_names_that_are_lost_in_title_case_are_remarked() -> None:
    assert remarks(examine({"traceparent": f"00-{T}-{S}-01"}, extract))[-1] == (
        "These names have to reach extract in lower case: handed over as `dict(request.headers)`, in "
        "Title-Case, they are lost on native/w3c, native/composite, shim/w3c, shim/composite."
    )
