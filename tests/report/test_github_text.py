"""Foreign text in GitHub-flavoured Markdown: it is shown, and does nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ot2otel.report.github_text import address, code, prose

PARSER = MarkdownIt("commonmark").enable("table")
# A word a line.
WORDS = st.sampled_from(
    [
        *"""`
``
|
\\
\\|
<b>
@root
#1
GH-1
http://a.b
www.a.b
[a](b)
**a**
_a_
-
1)
>
#
<!--
</details>
&lt;
:a:
B-c
12
deadbeef1
a@b.c
~~a~~
---
|---|
===""".splitlines(),
        *("\N{MULTIPLICATION SIGN}2", "\N{RIGHTWARDS ARROW}", " ", "\n", "\x1b", "\u202e"),
    ]
)
TEXTS = st.one_of(st.lists(WORDS, max_size=8).map("".join), st.text(max_size=30))


def tokens(text: str) -> list[Token]:
    return [inner for token in PARSER.parse(text) for inner in (token.children or [token])]


@given(text=TEXTS)
@example("\\|")
@example("`` \\")
@example("|\\")
def test_code_in_a_cell_is_one_cell_with_one_piece_of_code(text: str) -> None:
    found = tokens(f"| a | b |\n|---|---|\n| {code(text)} | end |\n")

    content = [token for token in found if token.type in ("text", "code_inline", "html_inline", "link_open")]
    assert [token.type for token in content] == ["text", "text", "code_inline", "text"]
    assert content[-1].content == "end"


@given(text=TEXTS)
@example("0/0")
def test_only_plain_words_are_outside_of_code(text: str) -> None:
    found = tokens(f"- {prose(text)}")

    kinds = {token.type for token in found} - {"bullet_list_open", "bullet_list_close", "list_item_open"}
    assert kinds - {"list_item_close", "paragraph_open", "paragraph_close"} <= {
        "text",
        "code_inline",
        "inline",
    }
    outside = "".join(token.content for token in found if token.type == "text")
    fractions = re.compile(r"\d+/\d+")
    assert not set("@#<>[]`*_|\\/&~").intersection(fractions.sub("", outside))
    assert "http:" not in outside
    assert "www." not in outside


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("nothing is lost, 4 fields are translated", "nothing is lost, 4 fields are translated"),
        (
            "hello: 3 traces (200 \N{MULTIPLICATION SIGN}2, 502)",
            "hello: 3 traces (200 \N{MULTIPLICATION SIGN}2, 502)",
        ),
        ("the error-rate of a/b @me", "the error-rate of `a/b @me`"),
        ("1) one", "`1)` one"),
        ("- one", "`-` one"),
        ("a b_c d e_f", "a `b_c` d `e_f`"),
        ("", ""),
    ],
)
def test_plain_words_stay_as_they_are(text: str, written: str) -> None:
    assert prose(text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a", "`a`"),
        ("", "` `"),
        ("a`b", "``a`b``"),
        ("`a", "`` `a ``"),
        ("a|b", "`a\\|b`"),
        ("a\\|b", "`a\\\\x7cb`"),
        ("a\\", "`a\\ `"),
        ("\x1b\n", "`\\x1b\\n`"),
        ("a" * 300, f"`{'a' * 99}…{'a' * 99}`"),
    ],
)
def test_code_shows_the_text(text: str, written: str) -> None:
    assert code(text) == written


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("https://a.b/c#d", "[`r`](https://a.b/c#d)"),
        ("https://a.b/c (a note)", "[`r`](https://a.b/c)"),
        ("https://a.b/c) [x](http://evil", "`r`"),
        ("javascript:alert(1)", "`r`"),
        ("", "`r`"),
    ],
)
def test_a_rule_links_to_its_source(source: str, written: str) -> None:
    assert address(source, "r") == written
