"""A rule: a named, documented, pure description of one expected change of a migration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from ot2otel.model import Attributes, Event, Span

SPECIFICATION = "https://github.com/open-telemetry/opentelemetry-specification/blob/main/specification"
CONVENTIONS = "https://opentelemetry.io/docs/specs/semconv"
TRANSLATOR = (
    "https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/main/pkg/translator/jaeger"
)
PYTHON = "https://github.com/open-telemetry/opentelemetry-python"
JAEGER_CLIENT = "https://github.com/jaegertracing/jaeger-client-python/blob/master/jaeger_client"


class Effect(Enum):
    """How an expected change affects a reader of the traces, the mildest effect first."""

    BOOKKEEPING = "bookkeeping"  # a fact about the tracer itself, set by no application
    TRANSLATED = "translated"  # the same fact in another place
    ADDED = "added"  # a fact that the old side lacks
    DEGRADED = "degraded"  # a fact that readers of the traces had is lost

    def outweighs(self, other: Effect) -> bool:
        """Tell whether this effect is graver than the other."""
        order = list(Effect)
        return order.index(self) > order.index(other)


def unchanged(span: Span) -> Span:
    """Return the span as it is."""
    return span


def always(span: Span) -> bool:
    """Return True: the rule applies to any span."""
    return True


@dataclass(frozen=True, slots=True)
class Rule:
    """An expected change: it explains the differences that vanish when it has rewritten both spans.

    `summary` is one sentence for the reader of a verdict. `rewrite_old` turns the old span into the span that
    the new side writes according to `source`. `rewrite_new` drops, renames or moves values that the new
    side's library wrote about itself or copied; it never invents a value. `applies_to` tells from the new
    span whether the change is expected: a newer library may no longer make it.
    """

    name: str
    effect: Effect
    summary: str
    source: str
    rewrite_old: Callable[[Span], Span] = unchanged
    rewrite_new: Callable[[Span], Span] = unchanged
    applies_to: Callable[[Span], bool] = always


def without(attributes: Attributes, *keys: str) -> Attributes:
    """Return the attributes without these keys."""
    return {key: value for key, value in attributes.items() if key not in keys}


def renamed(attributes: Attributes, old: str, new: str) -> Attributes:
    """Return the attributes with the key `old` renamed to `new`; unchanged if `new` is present already."""
    if new in attributes:
        return attributes
    return {new if key == old else key: value for key, value in attributes.items()}


def dropping(*keys: str, of: str) -> Callable[[Span], Span]:
    """Make a function that drops these keys from a span; a key that ends in a dot is a namespace.

    `of` is the field that loses them: "attributes" or "resource".
    """
    namespaces = tuple(key for key in keys if key.endswith("."))

    def rewrite(span: Span) -> Span:
        attributes: Attributes = getattr(span, of)
        kept = without(attributes, *keys, *(key for key in attributes if key.startswith(namespaces)))
        return replace(span, **{of: kept})  # type: ignore[arg-type]  # mypy can't see which field it is

    return rewrite


def for_events(change: Callable[[Event], Event]) -> Callable[[Span], Span]:
    """Make a function that rewrites each event of a span."""
    return lambda span: replace(span, events=tuple(change(event) for event in span.events))


def without_event_attribute(event: Event) -> Event:
    """Return an event without the attribute `event`, in which the shim repeats the event's name."""
    if event.attributes.get("event") != event.name:
        return event
    return replace(event, attributes=without(event.attributes, "event"))
