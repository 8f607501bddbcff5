"""A strategy for two recordings that share some of their spans."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from ot2otel.model import Span
from ot2otel.recording import Answer, Recording
from tests.support.likely_spans import likely_spans

_ANSWERS = st.lists(
    st.builds(Answer, st.text(max_size=12), st.sampled_from([200, 404, 502]), st.text(max_size=12)),
    max_size=3,
)
_NAMES = st.text(max_size=8)


@st.composite
def likely_pairs(draw: st.DrawFn) -> tuple[Recording, Recording]:
    """A before and an after, each with at least one span; some spans of the after are those of the before."""
    olds = draw(st.lists(likely_spans(), min_size=1, max_size=5))
    kept = [
        draw(st.sampled_from([span, _renamed(span, draw(_NAMES))])) for span in olds if draw(st.booleans())
    ]
    news = kept + draw(st.lists(likely_spans(), min_size=0 if kept else 1, max_size=3))
    before, after = (
        Recording(tuple(spans), draw(_NAMES), draw(_NAMES), draw(_NAMES), tuple(draw(_ANSWERS)))
        for spans in (olds, news)
    )
    return before, after


def _renamed(span: Span, name: str) -> Span:
    return replace(span, name=name)
