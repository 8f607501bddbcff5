"""Lines that fit on a terminal, in the characters that it has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ot2otel.report.screen import ASCII, UNICODE, Screen, fitted


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        pytest.param("abcdefgh", 8, "abcdefgh", id="what fits stays whole"),
        pytest.param("abcdefgh", 7, "abc…fgh", id="the middle goes"),
        pytest.param("abcdefgh", 6, "abc…gh", id="the start keeps the odd column"),
        pytest.param("abcdefgh", 1, "…", id="one column"),
        pytest.param("abcdefgh", 0, "", id="no column"),
        pytest.param("東京東京東京", 7, "東京…京", id="characters of two columns"),
    ],
)
def test_a_text_is_cut_in_the_middle(text: str, width: int, shown: str) -> None:
    assert Screen().cut(text, width) == shown


def test_a_screen_without_the_signs_cuts_with_dots() -> None:
    assert Screen(encoding="ascii").cut("abcdefgh", 7) == "ab...gh"


@given(text=st.text(), width=st.integers(0, 30), encoding=st.sampled_from(["utf-8", "latin-1", "ascii"]))
def test_a_cut_text_is_never_too_wide(text: str, width: int, encoding: str) -> None:
    screen = Screen(encoding=encoding)

    assert cell_len(screen.cut(screen.safe(text), width)) <= width


@given(text=st.text(), encoding=st.sampled_from(["utf-8", "cp437", "latin-1", "ascii"]))
def test_a_safe_text_can_be_printed_and_moves_no_cursor(text: str, encoding: str) -> None:
    safe = Screen(encoding=encoding).safe(text)

    assert safe.isprintable()
    assert safe.encode(encoding).decode(encoding) == safe


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp437"])
def test_a_screen_that_lacks_a_sign_has_all_signs_in_ascii(encoding: str) -> None:
    assert Screen(encoding=encoding).marks is ASCII


def test_a_utf_8_screen_has_all_signs() -> None:
    assert Screen(encoding="utf-8").marks is UNICODE


@pytest.mark.parametrize(
    ("room", "widths"),
    [
        pytest.param(40, [20, 10, 10], id="all fits"),
        pytest.param(36, [16, 10, 10], id="the first gives way"),
        pytest.param(30, [12, 8, 10], id="then the second"),
        pytest.param(9, [1, 1, 7], id="below the floors in their order"),
        pytest.param(2, [1, 1, 1], id="each keeps a column"),
    ],
)
def test_columns_give_way_in_their_order(room: int, widths: list[int]) -> None:
    assert fitted([20, 10, 10], [(0, 12), (1, 8)], room) == widths


def test_a_folded_text_is_indented_from_its_second_line_on() -> None:
    lines = Screen(12).folded("one two three fourteen-letters", "  ", first="")

    assert [line.plain for line in lines] == ["one two", "  three", "  fourteen-l", "  etters"]


@given(text=st.text(), width=st.integers(12, 40))
def test_a_folded_text_is_never_too_wide(text: str, width: int) -> None:
    screen = Screen(width)

    assert all(line.cell_len <= width for line in screen.folded(screen.safe(text), "  "))
