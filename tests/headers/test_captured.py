"""Captured headers: parsed or refused."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ot2otel.headers.captured import MAX_BYTES, HeadersError, parse

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


def test_every_byte_is_a_character() -> None:
    assert parse(b"uberctx-user: J\xfcrgen") == {"uberctx-user": "Jürgen"}


@pytest.mark.parametrize(
    ("captured", "message"),
    [
        (b"", "There are no headers: write them as `Name: value` lines or as a JSON object."),
        (b" \n\n", "There are no headers: write them as `Name: value` lines or as a JSON object."),
        (b"{}", "There are no headers: write them as `Name: value` lines or as a JSON object."),
        (b"b3: 0\nnonsense", "Line 2 is not `Name: value`: 'nonsense'."),
        (b"a name: x", "Line 1 is not `Name: value`: 'a name: x'."),
        (b"\x00\xff\xfe", "Line 1 is not `Name: value`: '\\x00ÿþ'."),
        (b'{"b3": 0}', "Write a header as a name and a text, not 'b3': 0."),
        (b'{"b3": null}', "Write a header as a name and a text, not 'b3': None."),
        (b'{"": "0"}', "Write a header as a name and a text, not '': '0'."),
        (b'["b3"]', "Write a header as a pair of name and value, not 'b3'."),
        (b"x" * (MAX_BYTES + 1), "The input is larger than 1048576 bytes: give the headers of one request."),
    ],
)
def test_bad_input_is_refused_in_one_line(captured: bytes, message: str) -> None:
    with pytest.raises(HeadersError) as raised:
        parse(captured)

    assert str(raised.value) == message


@pytest.mark.parametrize("captured", [b"{", b"[" * 100_000, b'{"b3": \xff}', b"[1" + b"0" * 5000 + b"]"])
def test_invalid_json_is_refused(captured: bytes) -> None:
    with pytest.raises(HeadersError):
        parse(captured)


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: json.dumps([text]).encode()))
def test_nothing_but_the_declared_error_leaves_the_parser(captured: bytes) -> None:
    with suppress(HeadersError):
        assert parse(captured)
