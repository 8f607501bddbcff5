"""The fields of a span that tell it apart from others, under one name whatever the API calls them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ot2otel.compare.facts import Content, Place, Shape
from ot2otel.compare.rules.steps import STEPS
from ot2otel.compare.urls import path_and_query

# The path and the query of a URL are asked for one after the other.
_parts = lru_cache(maxsize=16)(path_and_query)

_URLS = frozenset({("attributes", "http.url"), ("attributes", "url.full")})
PATH, QUERY = ("attributes", "url.path"), ("attributes", "url.query")
# These are of the process, the tracer or the clock, not of the request.
_LEFT_OUT = frozenset({"time", "ids", "flags", "dropped", "trace_state"})

# Each old place, with the place that the rules move its fact to.
_RENAMED: dict[Place, Place] = {
    old: new
    for step in STEPS.values()
    for rules in step
    for rule in rules
    for old, new in rule.renames.items()
    if old[0] == "attributes"
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the spans of one shape: the index of its value, and the part that counts, None for all."""

    name: Place
    index: int
    part: Callable[[Any], Any] | None = None  # Any: values of facts

    def values(self, contents: Sequence[Content]) -> list[Any]:  # Any: values of facts
        """Return the values of this field in contents of its shape."""
        index, part = self.index, self.part
        if part is None:
            return [content.values[index] for content in contents]
        return [part(content.values[index]) for content in contents]


@lru_cache(maxsize=4096)
def fields_of(shape: Shape) -> tuple[Field, ...]:
    """Return the fields of the spans of a shape, in the order of their names. A name may occur twice."""
    found = [field for index, place in enumerate(shape.places) for field in _fields(place, index)]
    return tuple(sorted(found, key=lambda field: [str(part) for part in field.name]))


def _fields(place: Place, index: int) -> list[Field]:
    if place[0] in _LEFT_OUT or place[-1] in _LEFT_OUT:
        return []
    if place[0] in ("event", "link"):
        # A value of an event under any key: rules rename keys, and the number may differ.
        return [Field((place[0],), index)]
    if place in _URLS:
        return [Field(PATH, index, _path), Field(QUERY, index, _query)]
    return [Field(_RENAMED.get(place, place), index)]


def _path(url: object) -> object:
    return _parts(url)[0] if isinstance(url, str) else url


def _query(url: object) -> object:
    # It begins with "?".
    return _parts(url)[1] if isinstance(url, str) and "?" in url else ""
