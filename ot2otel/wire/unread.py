"""Counts what a decoder does not know in a parsed JSON document: keys, and texts of enumerations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

# By the name of the key or of the text.
Unread: TypeAlias = Counter[str]

_NAMED = 1000  # different names; a file could have as many as it has bytes
_LONGEST = 60  # characters of a name
_OTHERS = "other keys"


class Shape:
    """The keys that a decoder knows in an object, whether it reads them or leaves them out on purpose.

    `nested` are the shapes of objects, or of arrays of objects, by their key; a shape may be added later, as
    it may be in itself. `texts` are the known values of enumerations. Of the objects in an array no two
    should have the same text at the key `unique`.
    """

    def __init__(
        self,
        keys: Iterable[str],
        nested: Mapping[str, Shape] | None = None,
        texts: Mapping[str, Iterable[object]] | None = None,
        unique: str = "",
    ) -> None:
        self._unique = unique
        self.nested = dict(nested or {})
        self._texts = [(key, frozenset(known)) for key, known in (texts or {}).items()]
        self.keys = frozenset(keys) | self.nested.keys() | (texts or {}).keys()

    def count(self, entry: Any, name: str, unread: Unread) -> None:  # Any: foreign JSON
        """Count the unknown keys of an object, or of the objects in an array; `name` is what it is."""
        if isinstance(entry, dict):
            self._count_in(entry, name, unread)
        elif isinstance(entry, list):
            for element in entry:
                if isinstance(element, dict):
                    self._count_in(element, name, unread)
                elif isinstance(element, list):
                    self.count(element, name, unread)
            self._count_repeated(entry, name, unread)

    def _count_in(self, entry: dict[str, Any], name: str, unread: Unread) -> None:  # Any: foreign JSON
        if not entry.keys() <= self.keys:
            for key in entry.keys() - self.keys:
                note(unread, f"{name}.{key}")
        for key, known in self._texts:
            content = entry.get(key)
            if content is not None and (isinstance(content, (list, dict)) or content not in known):
                note(unread, f"{name}.{key} {content!r}")
        if self.nested:
            for key, shape in self.nested.items():
                content = entry.get(key)
                if content:
                    shape.count(content, key, unread)

    def _count_repeated(self, entries: list[Any], name: str, unread: Unread) -> None:  # Any: foreign JSON
        if not self._unique:
            return
        texts = Counter(str(entry.get(self._unique)) for entry in entries if isinstance(entry, dict))
        for text in (text for text, times in texts.items() if times > 1):
            note(unread, f"{name}: two values of {text!r}")


def note(unread: Unread, name: str) -> None:
    """Count one thing that is not read; long names are shortened, and of too many one sum is kept."""
    name = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
    unread[name if name in unread or len(unread) < _NAMED else _OTHERS] += 1
