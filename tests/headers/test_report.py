"""Examinations of headers as text and as a document."""

from __future__ import annotations

from ot2otel.headers.examination import Examination, Present
from ot2otel.headers.extraction import Extraction
from ot2otel.headers.report import describe, document, text
from ot2otel.headers.settings import chosen
from tests.support.header_cases import S, T

LEGACY, NATIVE = (setting for label in ("legacy/jaeger", "native/w3c") for setting in chosen([label]))
MALFORMED = Extraction(sampled=True, error="SpanContextCorruptedException: malformed")
CARRIED = Extraction(T, S, baggage={"user": "a"})
EXTRACTIONS = {LEGACY: MALFORMED, NATIVE: CARRIED}
EXAMINATION = Examination((Present("jaeger", ("uber-trace-id",), EXTRACTIONS),), EXTRACTIONS, EXTRACTIONS)


def test_the_text_shows_formats_extractions_and_remarks() -> None:
    assert text(EXAMINATION) == (
        f"""\
jaeger (uber-trace-id): malformed for legacy/jaeger, valid for native/w3c

legacy/jaeger:
    extract raises SpanContextCorruptedException: malformed; a service that catches this starts a
      new trace, sampled
native/w3c:
    continues {T} under {S}, not sampled, baggage user=a

jaeger is malformed for legacy/jaeger: extract raises SpanContextCorruptedException: malformed; a
  service that does not catch this fails the request.
The caller's decision makes the request not recorded in native/w3c."""
    )


def test_settings_that_extract_alike_share_a_line() -> None:
    extractions = {LEGACY: Extraction(debug=True, sampled=True), NATIVE: Extraction(debug=True, sampled=True)}

    shown = text(Examination((), extractions, extractions)).splitlines()

    assert shown[:2] == ["legacy/jaeger, native/w3c:", "    starts a new trace, sampled, debug"]


def test_the_text_shows_the_use_of_each_format() -> None:
    only_baggage = Present(
        "jaeger", ("uberctx-a",), {LEGACY: Extraction(baggage={"a": "b"}), NATIVE: Extraction()}
    )
    debug_too = Present(
        "jaeger", ("jaeger-debug-id",), {LEGACY: Extraction(sampled=True, debug=True, baggage={"a": "b"})}
    )

    shown = text(Examination((only_baggage, debug_too), {}, {})).splitlines()

    assert shown[:2] == [
        "jaeger (uberctx-a): only baggage for legacy/jaeger, nothing for native/w3c",
        "jaeger (jaeger-debug-id): only a debug id and baggage for legacy/jaeger",
    ]


def test_an_extraction_is_one_entry_of_the_document() -> None:
    legacy = {
        "variant": "legacy",
        "propagation": "jaeger",
        "reaction": "raises",
        "trace_id": "",
        "parent_id": "",
        "sampled": True,
        "debug": False,
        "baggage": {},
        "error": "SpanContextCorruptedException: malformed",
    }
    native = {
        "variant": "native",
        "propagation": "tracecontext,baggage",
        "reaction": "continues",
        "trace_id": T,
        "parent_id": S,
        "sampled": False,
        "debug": False,
        "baggage": {"user": "a"},
        "error": "",
    }
    found = document(EXAMINATION)

    assert found["formats"] == [
        {"format": "jaeger", "headers": ["uber-trace-id"], "readers": [legacy, native]}
    ]
    assert found["extractions"] == [legacy, native]
    assert len(found["remarks"]) == 2


def test_an_extraction_in_words() -> None:
    assert describe(Extraction(T, S, True, True, {"a": "b", "c": "d"})) == (
        f"continues {T} under {S}, sampled, debug, baggage a=b c=d"
    )
