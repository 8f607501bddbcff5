"""Values split at their separators into tokens, and templates of values that vary."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

_SEPARATORS = re.compile(r"([^0-9A-Za-z]+)")
VARYING = "#"
# A token with more values than this in one place is written as VARYING.
_MOST_VALUES = 3


def tokens(value: str) -> list[str]:
    """Return the tokens of a text, and the separators between them: `/a/b?c=1` has nine parts."""
    return _SEPARATORS.split(value)


def structure(parts: Iterable[str]) -> tuple[str, ...]:
    """Return the separators of a text that was split, without its tokens."""
    return tuple(parts)[1::2]


def templates(values: Counter[str]) -> Counter[str]:
    """Write VARYING for each token that varies among texts of the same structure."""
    by_structure: dict[tuple[str, ...], list[tuple[list[str], int]]] = defaultdict(list)
    for value, times in values.items():
        parts = tokens(value)
        by_structure[structure(parts)].append((parts, times))
    written: Counter[str] = Counter()
    for found in by_structure.values():
        varying = [
            len(set(column)) > _MOST_VALUES for column in zip(*(parts for parts, _ in found), strict=True)
        ]
        for parts, times in found:
            written[
                "".join(VARYING if vary else part for part, vary in zip(parts, varying, strict=True))
            ] += times
    return written
