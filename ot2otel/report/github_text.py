"""GitHub-flavoured Markdown that shows a text: no markup, mention or link comes of it."""

from __future__ import annotations

import re

from ot2otel.outline import printable

LONGEST = 200  # characters of one text
_TICKS = re.compile("`+")
# Words that no renderer reads as anything but words: without underscores, dots and digits between letters.
_FIRST = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*[,:;.]?|\d{1,6}(?:/\d{1,6})?[,:;%]?")
# They begin no list, as they do not stand at the beginning.
_LATER = re.compile(
    r"[(\"]?(?:[^\W\d_]+(?:-[^\W\d_]+)*['\"]?|\d{1,6}(?:/\d{1,6})?%?)[).,:;\"]{0,2}"
    r"|[→\N{MULTIPLICATION SIGN}·]\d*[),:;]{0,2}|-"
)


def code(text: str, most: int = LONGEST) -> str:
    """Return a span of code, in which nothing is a mention or a link; long texts are cut in the middle.

    It may stand in the cell of a table: a pipe is escaped, and one behind a backslash, which renderers
    read differently, is written as its number.
    """
    shown = printable(text).strip() or " "
    if len(shown) > most:
        half = (most - 1) // 2
        shown = f"{shown[:half]}…{shown[-half:]}"
    shown = shown.replace("\\|", "\\\\x7c").replace("|", "\\|")
    if shown.endswith("\\"):
        shown += " "  # for renderers that read an escaped backtick in a cell
    fence = "`" * (max(map(len, _TICKS.findall(shown)), default=0) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def prose(text: str, most: int = 5 * LONGEST) -> str:
    """Return a sentence: plain words as they are, all others as code."""
    shown = printable(text)
    if len(shown) > most:
        shown = f"{shown[:most]}…"
    pieces: list[str] = []
    risky: list[str] = []
    for word in shown.split():
        if (_LATER if pieces or risky else _FIRST).fullmatch(word):
            pieces += [code(" ".join(risky), most)] if risky else []
            risky = []
            pieces.append(word)
        else:
            risky.append(word)
    return " ".join([*pieces, *([code(" ".join(risky), most)] if risky else [])])


def address(source: str, text: str) -> str:
    """Return a link to the address that a source begins with; only the text if it begins with none."""
    found = re.match(r"https://[\w./?=&%#~+-]+(?= |$)", source, re.ASCII)
    return f"[{code(text)}]({found[0]})" if found else code(text)
