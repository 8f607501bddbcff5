"""Patterns for names: `*` stands for any text, `[*]` for a star, all else for itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

_STAR = re.compile(r"\[\*\]|\*")


def matches(pattern: str, text: str) -> bool:
    """Tell whether a pattern describes the whole text; the time for it grows with their lengths alone."""
    first, *rest = _pieces(pattern)
    if not rest:
        return text == first
    last = rest.pop()
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    position, end = len(first), len(text) - len(last)
    for piece in rest:
        found = text.find(piece, position, end)
        if found < 0:
            return False
        position = found + len(piece)
    return True


def matches_any(patterns: Iterable[str], text: str) -> bool:
    """Tell whether one of the patterns describes the text."""
    return any(matches(pattern, text) for pattern in patterns)


def literally(text: str) -> str:
    """Return the pattern that describes this text alone."""
    return text.replace("*", "[*]")


def exact(pattern: str) -> str | None:
    """Return the one text that a pattern describes, None if it describes several."""
    pieces = _pieces(pattern)
    return pieces[0] if len(pieces) == 1 else None


@lru_cache
def _pieces(pattern: str) -> Sequence[str]:
    """Return the texts between the wildcards."""
    pieces, start = [""], 0
    for found in _STAR.finditer(pattern):
        pieces[-1] += pattern[start : found.start()]
        start = found.end()
        if found[0] == "*":
            pieces.append("")
        else:
            pieces[-1] += "*"
    pieces[-1] += pattern[start:]
    return tuple(pieces)
