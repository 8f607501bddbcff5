"""Faults of one program are found in a day of its traffic, and two sound days differ in nothing."""

from __future__ import annotations

from itertools import combinations, islice
from pathlib import Path

import pytest

from ot2otel.compare.judgement import UNEXPLAINED
from ot2otel.population.comparing import PopulationVerdict, compare_populations
from ot2otel.population.side import PopulationSide
from ot2otel.population.sources import opened
from tests.support.weeks import GET, POST, USER, Faults, day

PAIRS = 20
_GET, _POST, _USER = (f"gateway: {name}" for name in (GET, POST, USER))

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


def _side(path: Path, scratch: Path) -> PopulationSide:
    source = opened(str(path), scratch, lambda _: None)
    return PopulationSide(source.engine, source.spans, source.name, lambda _: None)


def _judged(before: PopulationSide, after: PopulationSide) -> PopulationVerdict:
    return compare_populations(before, after, lambda _: None)


def _news(verdict: PopulationVerdict) -> list[str]:
    """Return all that the verdict calls a difference, the share of traffic too."""
    return [
        *(str(each.finding) for each in verdict.findings if each.finding.grade in UNEXPLAINED),
        *(f"form of {(each.pair.after or each.pair.before).operation}" for each in verdict.forms),  # type: ignore[union-attr]  # one is there
        *(str(each.measure) for each in verdict.shifts if each.shift.is_news),
    ]


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> PopulationVerdict:
    """All faults at once, in 150,000 traces a day."""
    directory = tmp_path_factory.mktemp("faulty")
    day(directory / "before.parquet", 0, 150_000)
    faults = Faults(lost=0.03, kindless=True, errors=1.4, slow=1.2, cached=0.001)
    day(directory / "after.parquet", 1, 150_000, faults)
    sides = [_side(directory / f"{name}.parquet", directory) for name in ("before", "after")]
    return _judged(*sides)


def test_an_attribute_lost_in_three_percent_is_found_with_its_share(faulty: PopulationVerdict) -> None:
    [lost] = [each for each in faulty.findings if each.finding.old_field == "attributes.user.id"]

    assert lost.finding.service == "orders"
    assert [operation for operation, _ in lost.operations] == [_GET]
    assert lost.n / faulty.traffic[_GET] == pytest.approx(0.03, abs=0.003)


def test_a_kind_lost_in_one_service_is_found_there_alone(faulty: PopulationVerdict) -> None:
    [kind] = [each for each in faulty.findings if each.finding.field == "kind"]

    assert (kind.finding.service, kind.n) == ("users", faulty.traffic[_USER])
    assert [operation for operation, _ in kind.operations] == [_USER]


def test_an_error_rate_that_grew_by_four_per_mille_is_found_in_its_operation(
    faulty: PopulationVerdict,
) -> None:
    found = [each for each in faulty.shifts if each.measure.name == "error rate" and each.shift.is_news]

    assert [each.measure.operation for each in found] == [_GET]
    assert found[0].shift.low < 0.004 < found[0].shift.high


def test_a_slower_operation_is_found_and_no_other(faulty: PopulationVerdict) -> None:
    found = [each for each in faulty.shifts if "slower" in each.measure.name and each.shift.is_news]

    assert {each.measure.operation for each in found} == {_POST}
    assert "slower than p95" in {each.measure.name for each in found}
    old, new = (side[_POST][1] for side in faulty.quantiles)
    assert new / old == pytest.approx(1.2, abs=0.08)


def test_a_new_form_in_one_per_mille_is_found(faulty: PopulationVerdict) -> None:
    found = [
        each
        for each in faulty.forms
        if each.pair.is_new
        and each.pair.after
        and any(span.name == "cache lookup" for span in each.pair.after.examples[0])
    ]

    assert found
    assert sum(each.shift.after for each in found) == pytest.approx(0.001, abs=0.0003)


def test_of_twenty_pairs_of_days_of_one_program_at_most_one_differs(tmp_path: Path) -> None:
    for number in range(7):
        day(tmp_path / f"{number}.parquet", number, 40_000, seed=11)
    sides = [_side(tmp_path / f"{number}.parquet", tmp_path) for number in range(7)]
    pairs = list(islice(combinations(range(7), 2), PAIRS))

    news = {(old, new): _news(_judged(sides[old], sides[new])) for old, new in pairs}

    assert len(news) == PAIRS
    assert sum(map(bool, news.values())) <= 1, {pair: found for pair, found in news.items() if found}
