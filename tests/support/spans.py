"""Strategies for spans as a wire can carry them."""

from __future__ import annotations

from hypothesis import strategies as st

from ot2otel.model import Event, KeyValues, Kind, Link, Scope, Span, Status, StatusCode

_COUNTS = st.integers(0, 2**32 - 1)
_TIMES = st.integers(0, 2**64 - 1)
# Lone surrogates too: Python's strings and JSON have them, UTF-8 does not.
_TEXTS = st.text(st.characters(), max_size=10) | st.just("\ud800")
_SCALARS = (
    st.none()
    | _TEXTS
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.binary(max_size=10)
)
_VALUES = st.recursive(
    _SCALARS,
    lambda values: (
        st.lists(values, max_size=3).map(tuple)
        | st.lists(st.tuples(_TEXTS, values), max_size=3).map(lambda pairs: KeyValues(tuple(pairs)))
    ),
    max_leaves=5,
)
_ATTRIBUTES = st.dictionaries(_TEXTS, _VALUES, max_size=4)


def _ids(digits: int) -> st.SearchStrategy[str]:
    return st.integers(1, 16**digits - 1).map(lambda number: f"{number:0{digits}x}")


spans = st.builds(
    Span,
    trace_id=_ids(32),
    span_id=_ids(16),
    name=_TEXTS,
    parent_id=st.just("") | _ids(16),
    kind=st.sampled_from(Kind),
    start_ns=_TIMES,
    end_ns=_TIMES,
    status=st.builds(Status, st.sampled_from(StatusCode), _TEXTS),
    attributes=_ATTRIBUTES,
    events=st.lists(st.builds(Event, _TEXTS, _TIMES, _ATTRIBUTES, _COUNTS), max_size=2).map(tuple),
    links=st.lists(
        st.builds(Link, _ids(32), _ids(16), _ATTRIBUTES, _TEXTS, _COUNTS, _COUNTS), max_size=2
    ).map(tuple),
    resource=_ATTRIBUTES,
    scope=st.builds(Scope, _TEXTS, _TEXTS, _ATTRIBUTES),
    trace_state=_TEXTS,
    flags=_COUNTS,
    dropped_attributes=_COUNTS,
    dropped_events=_COUNTS,
    dropped_links=_COUNTS,
)
