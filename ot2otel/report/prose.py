"""Sentences as lines for a terminal or a document."""

from __future__ import annotations

import textwrap

_WIDTH = 100


def wrapped(paragraph: str, indent: str = "") -> list[str]:
    """Return the paragraph in lines of up to 100 columns; from the second line on, indented by two more."""
    return textwrap.wrap(
        paragraph,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_on_hyphens=False,
        break_long_words=False,
    )
