"""Captured headers: parsed, examined, remarked upon."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from ot2otel.cli import main
from ot2otel.headers.captured import MAX_BYTES, HeadersError, Present, examine, parse, remarks
from ot2otel.headers.extraction import Reading
from ot2otel.headers.extractors import read
from ot2otel.headers.report import document
from ot2otel.headers.settings import chosen
from tests.support.header_cases import OTHER, S, T

PLAIN = {"Host": "127.0.0.1:8082", "b3": "0"}


@pytest.mark.parametrize(
    "captured",
    [
        b"Host: 127.0.0.1:8082\nb3: 0\n",
        b"GET /Bryan HTTP/1.1\r\nHost:127.0.0.1:8082\r\nb3:  0\r\n\r\n",
        b'{"Host": "127.0.0.1:8082", "b3": "0"}',
        b' {"Host": ["127.0.0.1:8082"], "b3": ["0"]}',
        b'[["Host", "127.0.0.1:8082"], ["b3", "0"]]',
        b'[{"name": "Host", "value": "127.0.0.1:8082"}, {"name": "b3", "value": "0"}]',
    ],
    ids=["lines", "a request", "an object", "an object of lists", "pairs", "objects with name and value"],
)
def test_headers_are_read_from_lines_and_from_json(captured: bytes) -> None:
    assert parse(captured) == PLAIN


def test_values_of_one_name_are_joined_as_a_web_server_does() -> None:
    assert parse(b"Baggage: a=1\nbaggage: b=2") == {"Baggage": "a=1, b=2"}


def test_bytes_that_are_no_text_are_characters_all_the_same() -> None:
    assert parse(b"uberctx-user: J\xfcrgen") == {"uberctx-user": "Jürgen"}


@pytest.mark.parametrize(
    ("captured", "message"),
    [
        (b"", "No headers were given: write them as `Name: value` lines or as a JSON object."),
        (b" \n\n", "No headers were given: write them as `Name: value` lines or as a JSON object."),
        (b"{}", "No headers were given: write them as `Name: value` lines or as a JSON object."),
        (b"b3: 0\nnonsense", "Line 2 is no `Name: value`: 'nonsense'."),
        (b"a name: x", "Line 1 is no `Name: value`: 'a name: x'."),
        (b"\x00\xff\xfe", "Line 1 is no `Name: value`: '\\x00ÿþ'."),
        (b'{"b3": 0}', "A header is a name and a text, not 'b3': 0."),
        (b'{"b3": null}', "A header is a name and a text, not 'b3': None."),
        (b'{"": "0"}', "A header is a name and a text, not '': '0'."),
        (b'["b3"]', "A header is a pair of name and value, not 'b3'."),
        (b"x" * (MAX_BYTES + 1), "That is more than 1048576 bytes: give the headers of one request."),
    ],
)
def test_what_is_no_headers_is_refused_in_one_line(captured: bytes, message: str) -> None:
    with pytest.raises(HeadersError) as raised:
        parse(captured)

    assert str(raised.value) == message


@pytest.mark.parametrize("captured", [b"{", b"[" * 100_000, b'{"b3": \xff}', b"[1" + b"0" * 5000 + b"]"])
def test_json_that_is_none_is_refused(captured: bytes) -> None:
    with pytest.raises(HeadersError):
        parse(captured)


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: json.dumps([text]).encode()))
def test_nothing_but_the_declared_error_leaves_the_parser(captured: bytes) -> None:
    with suppress(HeadersError):
        assert parse(captured)


def said(headers: Mapping[str, str]) -> list[str]:
    """Return the remarks without the one on the names' case, which any header of OpenTelemetry's gets."""
    return [each for each in remarks(examine(headers, read)) if "Title-Case" not in each]


def test_each_format_is_told_with_its_headers_and_what_its_readers_make_of_them() -> None:
    present = examine({"X-B3-TraceId": T[1:], "X-B3-SpanId": S, "Host": "x"}, read).present

    (legacy,) = chosen(["legacy/b3"])
    (b3multi,) = chosen(["native/b3multi"])
    assert present == (
        Present(
            "b3multi",
            ("x-b3-traceid", "x-b3-spanid"),
            {legacy: Reading(f"0{T[1:]}", S), b3multi: Reading(sampled=True)},
        ),
    )


def test_no_trace_context_is_remarked() -> None:
    assert said({"Host": "x"}) == [
        "There is no trace context in these headers: every service starts a trace of its own."
    ]


def test_a_malformed_header_is_remarked_for_each_of_its_readers() -> None:
    assert said({"uber-trace-id": "zzz"}) == [
        "jaeger is malformed for legacy/jaeger: extract raises SpanContextCorruptedException: malformed "
        'trace context "zzz"; a service that does not catch it fails the request.',
        "jaeger has no effect on native/jaeger, which ignores it.",
    ]


def test_disagreeing_formats_are_remarked_with_who_follows_which() -> None:
    headers = {"traceparent": f"00-{T}-{S}-01", "uber-trace-id": f"{OTHER}:{S}:0:1"}

    assert said(headers)[0] == (
        f"The formats disagree about the trace: {T} (tracecontext) goes on in native/w3c, shim/w3c; "
        f"{OTHER} (jaeger) goes on in legacy/jaeger, legacy/jaeger-128, native/jaeger, native/composite, "
        "shim/jaeger, shim/composite."
    )


def test_agreeing_formats_are_not_remarked() -> None:
    headers = {"traceparent": f"00-{T}-{S}-01", "uber-trace-id": f"{T}:{S}:0:1"}

    assert said(headers) == [
        "The caller decides that the request is recorded in legacy/jaeger, legacy/jaeger-128, native/w3c, "
        "native/jaeger, native/composite, shim/w3c, shim/jaeger, shim/composite."
    ]


def test_a_decision_from_outside_is_remarked_as_each_takes_it() -> None:
    assert said({"uber-trace-id": f"{T}:{S}:0:3"}) == [
        "The caller decides that the request is recorded, with the debug flag, in legacy/jaeger, "
        "legacy/jaeger-128.",
        "The caller decides that the request is recorded in native/jaeger, native/composite, shim/jaeger, "
        "shim/composite.",
    ]


def test_baggage_without_a_trace_is_remarked() -> None:
    assert said({"uberctx-user": "a"}) == [
        "jaeger has no effect on native/jaeger, which ignores it.",
        *(
            f"{label} starts a trace that is not recorded, though its sampler would record it: it takes "
            "baggage without a trace for a caller's decision."
            for label in ("legacy/jaeger", "legacy/jaeger-128")
        ),
    ]


def test_a_debug_id_is_remarked() -> None:
    assert said({"jaeger-debug-id": "42"}) == [
        "jaeger has no effect on native/jaeger, which ignores it.",
        *(
            f"{label} starts a trace of its own and forces its recording, as a debug id asks."
            for label in ("legacy/jaeger", "legacy/jaeger-128")
        ),
    ]


def test_names_that_are_lost_in_title_case_are_remarked() -> None:
    assert remarks(examine({"traceparent": f"00-{T}-{S}-01"}, read))[-1] == (
        "These names have to reach extract in lower case: handed over as `dict(request.headers)`, in "
        "Title-Case, they are lost on native/w3c, native/composite, shim/w3c, shim/composite."
    )


@pytest.mark.parametrize(
    "captured", [f"uber-trace-id: {T}:{S}:0:1", json.dumps({"uber-trace-id": f"{T}:{S}:0:1"})]
)
def test_the_command_reads_standard_input(captured: str) -> None:
    ran = CliRunner().invoke(main, ["headers"], input=captured)

    assert ran.exit_code == 0
    assert ran.stdout.splitlines()[:4] == [
        "jaeger (uber-trace-id): valid for legacy/jaeger, valid for native/jaeger",
        "",
        "legacy/jaeger, legacy/jaeger-128, native/jaeger, native/composite, shim/jaeger, shim/composite:",
        f"    continues {T} under {S}, sampled",
    ]


def test_the_command_reads_a_file_and_prints_one_document(tmp_path: Path) -> None:
    file = tmp_path / "captured"
    file.write_text("Host: x")

    ran = CliRunner().invoke(main, ["headers", str(file), "--format", "json"])

    assert (ran.exit_code, ran.stderr) == (0, "")
    assert json.loads(ran.stdout) == document(examine({"Host": "x"}, read))


@pytest.mark.parametrize("captured", [b"", b"nonsense", b"{", b"\xff" * 2_000_000])
def test_the_command_answers_what_is_no_headers_with_one_line(captured: bytes) -> None:
    ran = CliRunner().invoke(main, ["headers"], input=captured)

    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr.startswith("Error: ")
    assert ran.stderr.count("\n") == 1
