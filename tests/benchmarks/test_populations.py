from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.populations import FEW, POPULATIONS, Values, write_lines
from ot2otel.model import StatusCode, traces
from ot2otel.recording_file import read
from tests.support.flow_spans import outline


@pytest.mark.parametrize("tracer", POPULATIONS)
def test_each_trace_is_one_tree_of_three_spans(tracer: str) -> None:
    spans = [span for trace in POPULATIONS[tracer](3, Values.UNIQUE) for span in trace]

    assert outline(spans) == 3 * [["gateway: get_order", "gateway: fetch_order", "orders: find_order"]]


@pytest.mark.parametrize("tracer", POPULATIONS)
def test_a_population_is_the_same_each_time(tracer: str) -> None:
    population = POPULATIONS[tracer]

    assert list(population(40, Values.UNIQUE)) == list(population(40, Values.UNIQUE))


def test_both_tracers_see_the_same_requests() -> None:
    told = {
        tracer: [
            (entry.attributes["user.id"], entry.attributes["order.id"], entry.status.code)
            for entry, _, _ in population(40, Values.UNIQUE)
        ]
        for tracer, population in POPULATIONS.items()
    }

    assert told["legacy"] == told["native"]
    assert {code for _, _, code in told["legacy"]} == {StatusCode.UNSET, StatusCode.ERROR}


@pytest.mark.parametrize(("values", "different"), [(Values.UNIQUE, 40), (Values.FEW, FEW)])
def test_values_are_unique_or_few(values: Values, different: int) -> None:
    users = {entry.attributes["user.id"] for entry, _, _ in POPULATIONS["legacy"](40, values)}

    assert len(users) == different


@pytest.mark.parametrize("tracer", POPULATIONS)
def test_a_population_survives_its_file(tracer: str, tmp_path: Path) -> None:
    path = tmp_path / "population.jsonl"
    population = list(POPULATIONS[tracer](25, Values.UNIQUE))

    size = write_lines(population, path, traces_per_line=10)

    assert len(path.read_text(encoding="utf-8").splitlines()) == 3
    assert size == path.stat().st_size
    assert traces(read(path).spans) == traces(span for trace in population for span in trace)
