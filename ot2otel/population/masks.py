"""Masks the tokens that vary from trace to trace of one form: ids, paths, counts, times.

Two windows of traffic have other requests in them, so no value of one can be expected in the other. What is
left after masking can be: the keys, the types, the structure of each value, and the tokens that most traces
share.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from ot2otel.compare.tokens import structure, tokens
from ot2otel.model import Attributes, AttributeValue, KeyValues, Span

MASK = "0"
_FEWEST = 4  # traces; of fewer it can't be told which tokens vary
# The tokens at one place of a value vary if none of them is in more than this share of the traces.
_VARYING = 0.5

_Place: TypeAlias = tuple[object, ...]
_Replace: TypeAlias = Callable[[_Place, str], str]


def masked(traces: Sequence[tuple[Span, ...]]) -> tuple[tuple[Span, ...], ...]:
    """Return the traces of one form with each varying token replaced by MASK, a number by 0."""
    if len(traces) < _FEWEST:
        return tuple(traces)
    seen: Mapping[_Place, Counter[str]] = defaultdict(Counter)

    def count(place: _Place, token: str) -> str:
        seen[place][token] += 1
        return token

    for trace in traces:
        for span in trace:
            _rewritten(span, count)
    varying = {place for place, found in seen.items() if max(found.values()) <= _VARYING * found.total()}
    return tuple(
        tuple(_rewritten(span, lambda place, token: MASK if place in varying else token) for span in trace)
        for trace in traces
    )


def _rewritten(span: Span, token: _Replace) -> Span:
    """Return the span with each token replaced; a place is service, kind, key and position in the value."""
    where = (span.service, span.kind)
    return replace(
        span,
        name=_text(span.name, (*where, "name"), token),
        status=replace(span.status, message=_text(span.status.message, (*where, "message"), token)),
        attributes=_attributes(span.attributes, where, token),
        resource=_attributes(span.resource, (span.service, "resource"), token),
        events=tuple(
            replace(event, attributes=_attributes(event.attributes, (*where, event.name), token))
            for event in span.events
        ),
        links=tuple(
            replace(link, attributes=_attributes(link.attributes, (*where, "link"), token))
            for link in span.links
        ),
    )


def _attributes(attributes: Attributes, where: _Place, token: _Replace) -> Attributes:
    return {key: _value(value, (*where, key), token) for key, value in attributes.items()}


def _value(value: AttributeValue, place: _Place, token: _Replace) -> AttributeValue:
    match value:
        case str():
            return _text(value, place, token)
        case bool():
            return value
        case int() | float():
            return type(value)(0) if token((*place, type(value)), str(value)) == MASK else value
        case tuple():
            return tuple(_value(each, place, token) for each in value)
        case KeyValues():
            return KeyValues(tuple((key, _value(each, (*place, key), token)) for key, each in value.items))
        case _:
            return value


def _text(text: str, place: _Place, token: _Replace) -> str:
    parts = tokens(text)
    place = (*place, structure(parts))
    return "".join(_each(parts, place, token))


def _each(parts: Sequence[str], place: _Place, token: _Replace) -> Iterator[str]:
    for index, part in enumerate(parts):
        yield part if index % 2 else token((*place, index), part)
