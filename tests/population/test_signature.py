"""The forms of many traces, as an engine finds them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

ibis = pytest.importorskip("ibis")
pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")

from benchmarks.populations import Values, native_traces  # noqa: E402
from ot2otel.model import Event, Kind, Link, Span, Status, StatusCode  # noqa: E402
from ot2otel.population import parquet, signature  # noqa: E402
from ot2otel.population.dialects import duckdb_engine  # noqa: E402

FEW = ("http.response.status_code",)
Traces = Sequence[tuple[Span, ...]]
Rows = list[dict[str, object]]


def _trace(number: int) -> tuple[Span, Span, Span]:
    trace_id = f"{number:032x}"
    first, second, third = (f"{number * 4 + place:016x}" for place in (1, 2, 3))
    shop = {"service.name": "shop"}
    return (
        Span(trace_id, first, f"GET /users/{number}", "", Kind.SERVER, 10, 100, resource=shop),
        Span(trace_id, second, "ask", first, Kind.CLIENT, 20, 90, resource=shop, attributes={"user": number}),
        Span(trace_id, third, "answer", second, Kind.SERVER, 30, 80, resource={"service.name": "users"}),
    )


def _found(traces: Iterable[Iterable[Span]], directory: Path, few: Sequence[str] = FEW) -> Rows:
    path = directory / "spans.parquet"
    parquet.write((span for trace in traces for span in trace), path)
    engine = duckdb_engine()
    table = engine.read_parquet(path)
    traces = signature.signed_traces(signature.hashed_spans(table, few))
    return list(engine.to_pyarrow(signature.forms(traces)).to_pylist())


def test_traces_that_differ_in_ids_times_and_values_have_one_form(tmp_path: Path) -> None:
    (form,) = _found(map(_trace, range(20)), tmp_path)

    assert {key: form[key] for key in ("operation", "traces", "failed", "spans", "example")} == {
        "operation": "shop: GET /users/#",
        "traces": 20,
        "failed": 0,
        "spans": 60,
        "example": "0" * 32,
    }


def test_the_order_of_the_rows_does_not_matter(tmp_path: Path) -> None:
    spans = [span for number in range(20) for span in _trace(number)]
    random.Random(1).shuffle(spans)

    assert _found([spans], tmp_path) == _found(map(_trace, range(20)), tmp_path)


Edit = Callable[[tuple[Span, Span, Span]], Sequence[Span]]
EDITS: dict[str, Edit] = {
    "a name": lambda trace: (trace[0], trace[1], replace(trace[2], name="other")),
    "a kind": lambda trace: (trace[0], trace[1], replace(trace[2], kind=Kind.INTERNAL)),
    "a status": lambda trace: (trace[0], trace[1], replace(trace[2], status=Status(StatusCode.ERROR))),
    "a key": lambda trace: (trace[0], replace(trace[1], attributes={"account": 1}), trace[2]),
    "a value of few": lambda trace: (
        trace[0],
        trace[1],
        replace(trace[2], attributes={"http.response.status_code": 500}),
    ),
    "an event": lambda trace: (trace[0], trace[1], replace(trace[2], events=(Event("answered"),))),
    "a link": lambda trace: (trace[0], trace[1], replace(trace[2], links=(Link("1" * 32, "2" * 16),))),
    "a service": lambda trace: (trace[0], trace[1], replace(trace[2], resource={"service.name": "other"})),
    "a parent": lambda trace: (trace[0], trace[1], replace(trace[2], parent_id=trace[0].span_id)),
    "an absent parent": lambda trace: (trace[0], trace[1], replace(trace[2], parent_id="f" * 16)),
    "no parent": lambda trace: (trace[0], trace[1], replace(trace[2], parent_id="")),
    "a span less": lambda trace: trace[:2],
    "a span twice": lambda trace: (*trace, replace(trace[2], span_id="e" * 16)),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_one_trace_that_differs_has_a_form_of_its_own(edit: Edit, tmp_path: Path) -> None:
    traces = [_trace(number) for number in range(5)]

    found = _found([*traces[:4], edit(traces[4])], tmp_path)

    assert [form["traces"] for form in found] == [4, 1]
    assert found[1]["example"] == traces[4][0].trace_id


def test_a_first_span_without_a_root_has_no_operation(tmp_path: Path) -> None:
    (form,) = _found([_trace(1)[1:]], tmp_path)

    assert (form["operation"], form["spans"]) == ("", 2)


def test_an_empty_table_has_no_forms(tmp_path: Path) -> None:
    assert _found([], tmp_path) == []


def test_keys_with_few_values_are_found(tmp_path: Path) -> None:
    path = tmp_path / "spans.parquet"
    parquet.write((span for trace in native_traces(2000, Values.UNIQUE) for span in trace), path)
    engine = duckdb_engine()

    found = engine.to_pyarrow(signature.sampled_keys(engine.read_parquet(path))).to_pylist()

    keys = {row["key"] for row in found if row["values"] <= signature.FEW_VALUES}
    assert {"http.request.method", "http.response.status_code", "server.address"} <= keys
    assert not {"order.id", "user.id", "url.path", "url.full"} & keys
