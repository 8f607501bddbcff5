"""Which traces a page shows."""

from __future__ import annotations

import json
import re
from itertools import chain

import pytest

from benchmarks import shop
from ot2otel.compare.verdict import Verdict
from ot2otel.model import Span
from ot2otel.recording import Recording
from ot2otel.report.html import Judged, of_recordings
from ot2otel.report.html.examples import FEW_TRACES, roots
from ot2otel.report.html.maker import made
from tests.support import pages
from tests.support.trees import branch, forest


def test_the_root_is_the_span_that_starts_first() -> None:
    spans = (
        Span("1", "a", "late", start_ns=5, end_ns=90),
        Span("1", "b", "first", start_ns=1, end_ns=8),
        Span("2", "c", "backwards", start_ns=9, end_ns=3),
    )

    assert roots(spans) == {"1": 7, "2": 0}


def shown(count: int) -> Judged:
    sides = [Recording(forest(*[branch("one")] * count)) for _ in range(2)]
    return of_recordings(pages.verdict(*sides))


def test_a_few_traces_are_all_shown() -> None:
    [comparison] = made([shown(FEW_TRACES)], "").comparisons

    assert (len(comparison.traces), comparison.forms, comparison.examples) == (FEW_TRACES, (), "")
    assert [trace.id for trace in comparison.traces] == [str(number + 1) for number in range(FEW_TRACES)]


def test_of_more_the_slowest_the_median_and_the_fastest_of_each_form_are_shown() -> None:
    [comparison] = made([shown(FEW_TRACES + 1)], "").comparisons

    [form] = comparison.forms
    assert (form.count, form.share, list(form.examples)) == (13, 100.0, [0, 1, 2])
    assert [trace.id for trace in comparison.traces] == ["1.slowest", "1.median", "1.fastest"]
    assert comparison.examples == "3 of 13 pairs of traces are in this file: examples of each form."


def test_the_slowest_example_takes_longest_and_the_fastest_least() -> None:
    sides = [Recording(tuple(chain.from_iterable(shop.traces(300, after=after)))) for after in (False, True)]
    [comparison] = made([of_recordings(pages.verdict(*sides))], "").comparisons
    took = [roots(recording.spans) for recording in sides]

    assert sum(form.count for form in comparison.forms) == 300
    for form in comparison.forms:
        found = [comparison.traces[place] for place in form.examples]
        totals = [took[0][trace.before] + took[1][trace.after] for trace in found]
        assert totals == sorted(totals, reverse=True)


def test_forms_stand_gravest_first_with_what_changed_in_them() -> None:
    [comparison] = made([of_recordings(_shop(300))], "").comparisons

    firsts = [min((n for n, _ in form.findings), default=99) for form in comparison.forms]
    assert firsts == sorted(firsts)
    for number, finding in enumerate(comparison.findings):
        if finding.grave:
            assert sum(dict(form.findings).get(number, 0) for form in comparison.forms) == finding.n


def _shop(count: int) -> Verdict:
    before, after = (
        Recording(tuple(chain.from_iterable(shop.traces(count, after=side)))) for side in (False, True)
    )
    return pages.verdict(before, after)


@pytest.mark.slow
def test_ten_thousand_traces_of_twenty_forms_stay_under_two_megabytes() -> None:
    page = pages.many(10_000)
    data = json.loads(re.findall(r'id="data">(.*?)</script>', page, re.DOTALL)[0])

    assert len(page.encode()) < 2_000_000
    assert len(data["comparisons"][0]["forms"]) == 20
    assert data["comparisons"][0]["examples"].startswith("60 of 10,000 pairs of traces are in this file")
