"""Patterns: a star is any text, and nothing else is special."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ot2otel.acceptance.patterns import literally, matches

TEXTS = st.text(alphabet="ab*[].", max_size=8)


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("attributes.url", "attributes.url", True),
        ("attributes.url", "attributes.url.full", False),
        ("attributes.url", "attributesXurl", False),
        ("attributes.*", "attributes.url.full", True),
        ("*.url", "attributes.url", True),
        ("a*b*c", "a-b-c", True),
        ("a*b*c", "a-c-b", False),
        ("aba*aba", "aba", False),
        ("a*b*b", "ab", False),
        ("*", "", True),
        ("", "", True),
        ("", "a", False),
        ("GET /[*]", "GET /*", True),
        ("GET /[*]", "GET /a", False),
        ("a?b", "a?b", True),
        ("a?b", "acb", False),
        ("a[bc]", "ab", False),
    ],
)
def test_a_pattern_describes_the_whole_text(pattern: str, text: str, fits: bool) -> None:
    assert matches(pattern, text) is fits


@given(pattern=TEXTS, text=TEXTS)
def test_it_agrees_with_a_regular_expression(pattern: str, text: str) -> None:
    written = "".join(
        {"[*]": re.escape("*"), "*": ".*"}.get(piece, re.escape(piece))
        for piece in re.split(r"(\[\*\]|\*)", pattern)
    )

    assert matches(pattern, text) is bool(re.fullmatch(written, text, re.DOTALL))


@given(text=TEXTS, other=TEXTS)
def test_a_text_is_described_literally_by_one_pattern(text: str, other: str) -> None:
    assert matches(literally(text), other) is (text == other)


def test_many_stars_take_no_time() -> None:
    assert not matches("a*" * 5_000 + "b", "a" * 100_000)
