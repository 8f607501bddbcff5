"""The strings of a page, each once: safe to show, and the long ones cut."""

from __future__ import annotations

import re

from ot2otel.outline import cut, printable

# Characters of a value that the page can show, and all long values together.
LONGEST = 64 * 1024
_MOST_OF_LONG = 1_000_000
# The page shows so many characters of a value at first; a value that is cut keeps no fewer.
SHORT = 118
_LONGEST_NAME = 200


class Strings:
    """A table of strings: `add` returns the number of a string in `table`."""

    def __init__(self) -> None:
        self.table: list[str | tuple[str, int]] = []
        self._known: dict[str, int] = {}
        self._long = 0

    def add(self, text: str | None) -> int:
        """Return the number of a text, -1 for None; unprintable characters are escaped."""
        if text is None:
            return -1
        number = self._known.get(text)
        if number is None:
            number = self._known[text] = len(self.table)
            self.table.append(self._shown(text))
        return number

    def _shown(self, text: str) -> str | tuple[str, int]:
        if len(text) <= SHORT:
            return printable(text)
        room = min(LONGEST, max(_MOST_OF_LONG - self._long, SHORT))
        self._long += min(len(text), room)
        return printable(text) if len(text) <= room else (printable(text[:room]), len(text))


def text(foreign: str) -> str:
    """Return a text from a file so that it can be shown: unprintable characters escaped, a long one cut."""
    return printable(cut(foreign, _LONGEST_NAME))


def slug(name: str, taken: set[str]) -> str:
    """Return a name for an address, not among those taken."""
    base = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "x"
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    taken.add(slug)
    return slug
