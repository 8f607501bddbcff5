"""A message whose spans are checked and counted, but not built yet: most are never looked at.

The budget of a message is in elements: spans, attributes, events, links, and the values in lists and maps.
Two bytes on the wire suffice for one more element, and in memory it takes a hundred.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ot2otel.errors import WireError
from ot2otel.model import AttributeValue, KeyValues, Span
from ot2otel.wire.decoded import Decoded

MAX_ELEMENTS = 250_000  # in a message; an OpenTelemetry Collector's batch of 8192 spans has some 150 000

# Bytes in memory, measured on CPython 3.11: a span with its ids and its place in a store, and any one element
# with its short text. Longer text is in the size of the message.
_SPAN = 1000
_ELEMENT = 100


class TooManyElementsError(WireError):
    """A message has more than MAX_ELEMENTS elements."""

    def __init__(self) -> None:
        super().__init__(
            f"Send at most {MAX_ELEMENTS} elements in a message: spans, attributes, events, links, and values"
            " in lists and maps. Use smaller batches."
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """The sound spans of one message, and the reasons for the rejected ones.

    Attributes:
        trace_ids: of each sound span, in their order.
        costs: bytes in memory of each of these spans, once it is built, without its text.
        rejected: a reason for each rejected span.
        size: bytes in memory of the message, or of its spans' text.
        build: returns the sound spans, in the same order.
    """

    trace_ids: Sequence[str]
    costs: Sequence[int]
    rejected: Sequence[str]
    size: int
    build: Callable[[], tuple[Span, ...]]

    def decoded(self) -> Decoded:
        """Build the spans."""
        return Decoded(self.build(), tuple(self.rejected))


def cost(elements: int) -> int:
    """Return the bytes in memory of a span with this number of elements, itself not counted."""
    return _SPAN + _ELEMENT * elements


def built(decoded: Decoded, size: int) -> Checked:
    """Return a message of `size` bytes whose spans were built at once."""
    return Checked(
        [span.trace_id for span in decoded.spans],
        [cost(_elements(span)) for span in decoded.spans],
        decoded.rejected,
        size,
        lambda: decoded.spans,
    )


def _elements(span: Span) -> int:
    return (
        _values(span.attributes.values())
        + sum(1 + _values(event.attributes.values()) for event in span.events)
        + sum(2 + _values(link.attributes.values()) for link in span.links)
    )


def _values(values: Iterable[AttributeValue]) -> int:
    number = 0
    for value in values:
        number += 2
        if isinstance(value, tuple):
            number += _values(value)
        elif isinstance(value, KeyValues):
            number += _values(element for _, element in value.items)
    return number
