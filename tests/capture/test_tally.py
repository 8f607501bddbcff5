"""The sums at the end are those of the traces themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ot2otel.capture import tally
from ot2otel.capture.tally import Summary, Tally
from ot2otel.model import Span, traces

_IDS = st.integers(1, 6)
SPANS = st.lists(
    st.builds(
        lambda trace, own, parent, service: Span(
            f"{trace:032x}",
            f"{own:016x}",
            "op",
            f"{parent:016x}" if parent else "",
            resource={"service.name": service},
        ),
        _IDS,
        _IDS,
        st.integers(0, 6),
        st.sampled_from(["", "a", "b"]),
    ),
    max_size=30,
)


def counted(spans: Sequence[Span]) -> Summary:
    found = Tally()
    found.add(spans)
    return found.summary()


@given(SPANS)
def test_the_sums_are_those_of_the_traces(spans: list[Span]) -> None:
    forest = traces(spans)

    assert counted(spans) == Summary(
        spans=len(spans),
        services=Counter(span.service for span in spans),
        traces=len(forest),
        incomplete_traces=sum(bool(trace.orphans) for trace in forest),
        orphans=sum(len(trace.orphans) for trace in forest),
        looked_at=len(spans),
    )


def test_a_parent_may_arrive_after_its_child() -> None:
    child, parent = Span("1" * 32, "2" * 16, "c", "3" * 16), Span("1" * 32, "3" * 16, "p")

    assert counted([child]).orphans == 1
    assert counted([child, parent]).orphans == 0


def test_beyond_the_bound_spans_are_counted_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "MOST", 2)

    found = counted([Span(f"{number:032x}", "2" * 16, "op") for number in range(1, 6)])

    assert (found.spans, found.looked_at, found.traces) == (5, 2, 2)


def test_services_without_end_are_counted_together() -> None:
    spans = [Span("1" * 32, "2" * 16, "op", resource={"service.name": str(n)}) for n in range(1500)]

    found = counted(spans)

    assert (len(found.services), found.services["..."]) == (1001, 500)
