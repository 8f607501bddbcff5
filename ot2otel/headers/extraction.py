"""The extraction from a request's headers, as a value that can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Reaction(Enum):
    """How an extractor reacts to the headers."""

    CONTINUES = "continues"
    STARTS = "starts a new trace"
    RAISES = "raises"


@dataclass(frozen=True, slots=True)
class Extraction:
    """The span that a service would start on a request with these headers.

    `trace_id` and `parent_id` are the caller's, as in a span; "" if the service would start a new trace.
    `sampled` and `debug` are that span's flags, `baggage` is its baggage. `error` is the exception if the
    extractor raised one: a service that catches it starts a new trace, another one fails its request.
    """

    trace_id: str = ""
    parent_id: str = ""
    sampled: bool = False
    debug: bool = False
    baggage: Mapping[str, str] = field(default_factory=dict)
    error: str = ""

    @property
    def reaction(self) -> Reaction:
        """The reaction that the other fields show."""
        if self.error:
            return Reaction.RAISES
        return Reaction.CONTINUES if self.trace_id else Reaction.STARTS

    @property
    def has_effect(self) -> bool:
        """Whether the headers had any effect on the span."""
        return bool(self.trace_id or self.baggage or self.debug)
