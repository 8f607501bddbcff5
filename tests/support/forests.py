"""A strategy for forests of any shape, with few names."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from ot2otel.model import Span

_NAMES = st.sampled_from(["a", "b"])


@st.composite
def forests(draw: st.DrawFn, least: int = 0) -> tuple[Span, ...]:
    """Any forest of few names: with orphans, circles, overlaps, and spans that are alike."""
    size = draw(st.integers(least, 8))
    return tuple(
        Span(
            trace_id=f"{draw(st.integers(1, 2)):032x}",
            span_id=f"{number:016x}",
            name=draw(_NAMES),
            parent_id=draw(st.just("") | st.integers(1, 9).map(lambda parent: f"{parent:016x}")),
            start_ns=draw(st.integers(0, 5)),
            end_ns=draw(st.integers(0, 9)),
            attributes=draw(st.dictionaries(_NAMES, st.integers(0, 1), max_size=1)),
            resource={"service.name": draw(_NAMES)},
        )
        for number in range(1, size + 1)
    )


@st.composite
def doubled_forests(draw: st.DrawFn, least: int = 0) -> tuple[Span, ...]:
    """Any forest, some of whose ids are those of several spans, at the same or at another time."""
    spans = draw(forests(least))
    if not spans:
        return spans
    doubles = draw(st.lists(st.tuples(st.sampled_from(spans), _NAMES, st.integers(0, 1)), max_size=3))
    return spans + tuple(
        replace(span, name=name, start_ns=span.start_ns + late) for span, name, late in doubles
    )
