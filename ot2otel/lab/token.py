"""A token for each request: a trace context whose ids nobody else has."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ot2otel.lab.catalog import Request
from ot2otel.model import Span

# Each way in which a variant may carry a trace context.
_HEADERS = frozenset({"traceparent", "uber-trace-id", "b3", "x-b3-traceid", "x-b3-spanid", "x-b3-sampled"})


@dataclass(frozen=True, slots=True)
class Token:
    """The trace context of one request. The trace id has 64 bits, which jaeger-client needs by default."""

    trace_id: str
    span_id: str

    @property
    def headers(self) -> Mapping[str, str]:
        """The context in every format, sampled.

        W3C Trace Context, Jaeger's uber-trace-id, and B3 in one header and in several.
        """
        return {
            "traceparent": f"00-{self.trace_id}-{self.span_id}-01",
            "uber-trace-id": f"{self.trace_id[16:]}:{self.span_id}:0:1",
            "b3": f"{self.trace_id}-{self.span_id}-1",
            "x-b3-traceid": self.trace_id,
            "x-b3-spanid": self.span_id,
            "x-b3-sampled": "1",
        }


def new_token() -> Token:
    """Return a token that nobody else has."""
    return Token(_random_id().zfill(32), _random_id())


def _random_id() -> str:
    return f"{secrets.randbits(63) + 1:016x}"  # an id of zeros is none


def can_carry(request: Request) -> bool:
    """Tell whether the request has no trace context of its own, so that a token is its only one."""
    return _HEADERS.isdisjoint(name.lower() for name in request.headers)


def carrying(request: Request, token: Token) -> Request:
    """Return the request with the token."""
    return replace(request, headers={**request.headers, **token.headers})


def without_tokens(spans: Iterable[Span], tokens: Sequence[Token]) -> tuple[Span, ...]:
    """Return the spans as they were without tokens: a span whose parent is a token's is the root."""
    parents = {(token.trace_id, token.span_id) for token in tokens}
    return tuple(
        replace(span, parent_id="") if (span.trace_id, span.parent_id) in parents else span for span in spans
    )
