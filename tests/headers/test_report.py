"""Readings of headers as text and as a document."""

from __future__ import annotations

from ot2otel.headers.captured import Present, Report
from ot2otel.headers.extraction import Reading
from ot2otel.headers.report import document, says, text
from ot2otel.headers.settings import chosen
from tests.support.header_cases import S, T

LEGACY, NATIVE = (setting for label in ("legacy/jaeger", "native/w3c") for setting in chosen([label]))
MALFORMED = Reading(sampled=True, error="SpanContextCorruptedException: malformed")
CARRIED = Reading(T, S, baggage={"user": "a"})
READINGS = {LEGACY: MALFORMED, NATIVE: CARRIED}
REPORT = Report((Present("jaeger", ("uber-trace-id",), READINGS),), READINGS, READINGS)


def test_a_report_shows_formats_readings_and_remarks() -> None:
    assert text(REPORT) == (
        f"""\
jaeger (uber-trace-id): malformed for legacy/jaeger, valid for native/w3c

legacy/jaeger:
    extract raises SpanContextCorruptedException: malformed; where that is caught, starts a new
      trace, sampled
native/w3c:
    continues {T} under {S}, not sampled, baggage user=a

jaeger is malformed for legacy/jaeger: extract raises SpanContextCorruptedException: malformed; a
  service that does not catch it fails the request.
The caller decides that the request is not recorded in native/w3c."""
    )


def test_settings_that_read_alike_share_a_line() -> None:
    readings = {LEGACY: Reading(debug=True, sampled=True), NATIVE: Reading(debug=True, sampled=True)}

    shown = text(Report((), readings, readings)).splitlines()

    assert shown[:2] == ["legacy/jaeger, native/w3c:", "    starts a new trace, sampled, debug"]


def test_what_a_format_is_good_for_is_said() -> None:
    only_baggage = Present("jaeger", ("uberctx-a",), {LEGACY: Reading(baggage={"a": "b"}), NATIVE: Reading()})
    debug_too = Present(
        "jaeger", ("jaeger-debug-id",), {LEGACY: Reading(sampled=True, debug=True, baggage={"a": "b"})}
    )

    shown = text(Report((only_baggage, debug_too), {}, {})).splitlines()

    assert shown[:2] == [
        "jaeger (uberctx-a): only baggage for legacy/jaeger, nothing for native/w3c",
        "jaeger (jaeger-debug-id): only a debug id and baggage for legacy/jaeger",
    ]


def test_a_reading_is_one_entry_of_the_document() -> None:
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
    found = document(REPORT)

    assert found["formats"] == [
        {"format": "jaeger", "headers": ["uber-trace-id"], "readers": [legacy, native]}
    ]
    assert found["readings"] == [legacy, native]
    assert len(found["remarks"]) == 2


def test_a_reading_in_words() -> None:
    assert says(Reading(T, S, True, True, {"a": "b", "c": "d"})) == (
        f"continues {T} under {S}, sampled, debug, baggage a=b c=d"
    )
