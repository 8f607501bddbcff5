"""The flows' spans as tests compare them, alike for every variant."""

from __future__ import annotations

from collections.abc import Iterable

from ot2otel.model import Span, StatusCode, traces


def outline(spans: Iterable[Span]) -> list[list[str]]:
    """Return the spans of each trace as "service: name", depth first."""
    return [[f"{node.span.service}: {node.span.name}" for node in trace.walk()] for trace in traces(spans)]


def has_failed(span: Span) -> bool:
    """Tell whether a span is an error; the shim leaves the error tag as an attribute."""
    return span.status.code is StatusCode.ERROR or span.attributes.get("error") is True
