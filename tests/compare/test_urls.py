from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ot2otel.compare.urls import path_and_query, split_url

PARTS = (
    "http",
    "HTTPS",
    "a+b",
    "1",
    ":",
    "//",
    "/",
    "?",
    "#",
    "@",
    "[",
    "]",
    "::1",
    "host",
    "é",
    "℀",
    ".",
    "80",
)
PIECES = st.sampled_from(
    [*PARTS, " ", "\t", "\n", "\r", "\x00", "%41", "&", "=", "b'x=1'", ";", "\\", "-", "_"]
)


def tried(url: str) -> object:
    try:
        return urlsplit(url)
    except ValueError as error:
        return str(error)


@given(
    st.lists(PIECES, max_size=12).map("".join)
    | st.lists(PIECES, max_size=9).map(lambda pieces: "http://h" + "".join(pieces))
)
def test_a_url_is_split_as_the_standard_library_splits_it(url: str) -> None:
    expected = tried(url)

    if isinstance(expected, str):
        with pytest.raises(ValueError, match=r".+") as raised:
            split_url(url)
        assert str(raised.value) == expected
        assert path_and_query(url) == (url, "")
    else:
        found = split_url(url)
        assert found == expected
        assert path_and_query(url) == (found.path or "/", found.query)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("http://h:1/a/b?c=d", ("/a/b", "c=d"), id="usual"),
        pytest.param("http://h", ("/", ""), id="without a path"),
        pytest.param("http://h?c=d", ("/", "c=d"), id="a query behind the host"),
        pytest.param("http://u:p@h", ("/", ""), id="credentials without a path"),
        pytest.param("http://u:p@h/a?c=d#e", ("/a", "c=d"), id="credentials and a fragment"),
        pytest.param("/a?c=d", ("/a", "c=d"), id="no host"),
        pytest.param("http://[/a?c=d", ("http://[/a?c=d", ""), id="no URL"),
    ],
)
def test_a_url_has_a_path_and_a_query(url: str, expected: tuple[str, str]) -> None:
    assert path_and_query(url) == expected


@pytest.mark.parametrize("url", ["http://h:1/a?b=c", "http://h", "HTTP://u:p@H:1/a;b?c#d", "a", ""])
def test_these_urls_are_split_as_the_standard_library_splits_them(url: str) -> None:
    assert split_url(url) == urlsplit(url)
