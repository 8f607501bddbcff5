"""The ranks of siblings: which of them ran strictly one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ot2otel.compare.forms import Forms
from tests.support.judging import SPAN, START_NS


@pytest.mark.parametrize(
    ("times", "ranks"),
    [
        pytest.param([(0, 10)], (), id="an only child"),
        pytest.param([(0, 10), (5, 15)], (), id="two that overlap"),
        pytest.param([(0, 10), (20, 30)], (0, 1), id="one after the other"),
        pytest.param([(0, 10), (10, 20)], (0, 1), id="one starts when the other ends"),
        pytest.param([(0, 10), (20, 30), (40, 50)], (0, 1, 2), id="three one after the other"),
        pytest.param([(0, 100), (10, 20), (30, 40)], (), id="a long one overlaps both"),
        pytest.param([(0, 100), (10, 20), (30, 40), (100, 110)], (0, 0, 0, 1), id="after the long one"),
        pytest.param([(0, 10), (20, 30), (25, 50), (40, 60)], (0, 1, 1, 1), id="a chain of overlaps"),
        pytest.param([(20, 30), (0, 10)], (1, 0), id="the order of the file does not count"),
        pytest.param([(10, 10), (10, 10)], (), id="two without a duration in the same tick"),
        pytest.param([(0, 10), (10, 10), (10, 20)], (0, 1, 1), id="two start when the first one ends"),
        pytest.param([(10, 10), (11, 11)], (0, 1), id="two without a duration, one after the other"),
        pytest.param([(10, 5), (20, 30)], (0, 1), id="one ends before it starts"),
    ],
)
def test_a_sibling_that_starts_when_all_before_it_have_ended_has_a_higher_rank(
    times: Sequence[tuple[int, int]], ranks: tuple[int, ...]
) -> None:
    root = replace(SPAN, end_ns=START_NS + 10**9)
    children = [
        replace(
            SPAN,
            span_id=f"{number + 2:016x}",
            parent_id=SPAN.span_id,
            name=f"{number}",
            start_ns=START_NS + start * 1_000_000,
            end_ns=START_NS + end * 1_000_000,
        )
        for number, (start, end) in enumerate(times)
    ]

    ((trace,),) = (Forms().side([root, *children]).traces,)

    (node,) = trace.roots
    found = dict(zip((child.content.name for child in node.children), node.ranks, strict=False))
    assert tuple(found[str(number)] for number in range(len(times)) if found) == ranks
