"""What a service extracts from a request's headers, as a value that can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Reaction(Enum):
    """How an extractor took the headers."""

    CONTINUES = "continues"
    STARTS = "starts a new trace"
    RAISES = "raises"


@dataclass(frozen=True, slots=True)
class Extraction:
    """The span that a service would start on a request with these headers.

    `trace_id` and `parent_id` are the caller's, as in a span, and "" where the service would start a
    trace of its own. `sampled` and `debug` are what that span's flags say, `baggage` what it carries on.
    `error` is the exception of an extractor that raised: a service that catches it starts a new trace,
    one that does not fails its request.
    """

    trace_id: str = ""
    parent_id: str = ""
    sampled: bool = False
    debug: bool = False
    baggage: Mapping[str, str] = field(default_factory=dict)
    error: str = ""

    @property
    def reaction(self) -> Reaction:
        """Continued, started anew or raised."""
        if self.error:
            return Reaction.RAISES
        return Reaction.CONTINUES if self.trace_id else Reaction.STARTS

    @property
    def has_effect(self) -> bool:
        """Whether the headers had any effect on the span."""
        return bool(self.trace_id or self.baggage or self.debug)
