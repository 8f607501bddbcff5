"""Examinations of headers, and their remarks."""

from __future__ import annotations

from collections.abc import Mapping

from ot2otel.headers.examination import Present, examine, remarks
from ot2otel.headers.extraction import Extraction
from ot2otel.headers.extractors import extract
from ot2otel.headers.settings import chosen
from tests.support.header_cases import OTHER, S, T


def remarked(headers: Mapping[str, str]) -> list[str]:
    """Return the remarks without the one on the names' case: every OpenTelemetry header gets that one."""
    return [each for each in remarks(examine(headers, extract)) if "Title-Case" not in each]


def test_each_format_is_listed_with_its_headers_and_its_readers_extractions() -> None:
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
        "These headers have no trace context: every service would start a new trace."
    ]


def test_a_malformed_header_is_remarked_for_each_of_its_readers() -> None:
    assert remarked({"uber-trace-id": "zzz"}) == [
        "jaeger is malformed for legacy/jaeger: extract raises SpanContextCorruptedException: malformed "
        'trace context "zzz"; a service that does not catch this fails the request.',
        "native/jaeger ignores jaeger.",
    ]


def test_formats_of_different_traces_are_remarked_with_their_followers() -> None:
    headers = {"traceparent": f"00-{T}-{S}-01", "uber-trace-id": f"{OTHER}:{S}:0:1"}

    assert remarked(headers)[0] == (
        "The formats name different traces: native/w3c, shim/w3c, auto/w3c would continue "
        f"{T} (tracecontext); legacy/jaeger, legacy/jaeger-128, native/jaeger, native/composite, "
        f"shim/jaeger, shim/composite, auto/jaeger, auto/composite would continue {OTHER} (jaeger)."
    )


def test_formats_of_one_trace_are_not_remarked() -> None:
    headers = {"traceparent": f"00-{T}-{S}-01", "uber-trace-id": f"{T}:{S}:0:1"}

    assert remarked(headers) == [
        "The caller's decision makes the request recorded in legacy/jaeger, legacy/jaeger-128, native/w3c, "
        "native/jaeger, native/composite, shim/w3c, shim/jaeger, shim/composite, auto/w3c, "
        "auto/jaeger, auto/composite."
    ]


def test_a_decision_from_outside_is_remarked_as_each_takes_it() -> None:
    assert remarked({"uber-trace-id": f"{T}:{S}:0:3"}) == [
        "The caller's decision makes the request recorded, with the debug flag, in legacy/jaeger, "
        "legacy/jaeger-128.",
        "The caller's decision makes the request recorded in native/jaeger, native/composite, shim/jaeger, "
        "shim/composite, auto/jaeger, auto/composite.",
    ]


def test_baggage_without_a_trace_is_remarked() -> None:
    assert remarked({"uberctx-user": "a"}) == [
        "native/jaeger ignores jaeger.",
        *(
            f"{label} would start a new trace and not record it, although its sampler would: it treats "
            "baggage without a trace as a caller's decision."
            for label in ("legacy/jaeger", "legacy/jaeger-128")
        ),
    ]


def test_a_debug_id_is_remarked() -> None:
    assert remarked({"jaeger-debug-id": "42"}) == [
        "native/jaeger ignores jaeger.",
        *(
            f"{label} would start a new trace and always record it, because of the debug id."
            for label in ("legacy/jaeger", "legacy/jaeger-128")
        ),
    ]


def test_names_that_are_lost_in_title_case_are_remarked() -> None:
    assert remarks(examine({"traceparent": f"00-{T}-{S}-01"}, extract))[-1] == (
        "Give these names to extract in lower case: from `dict(request.headers)`, in Title-Case, they are "
        "lost on native/w3c, native/composite, shim/w3c, shim/composite."
    )
