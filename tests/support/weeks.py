"""Days of traffic as Parquet, with what makes two days of the same program differ.

Traffic has a daily rhythm. Incidents of some minutes bring errors, retries and long durations together, and
traces of one operation have from 2 to 80 spans. A fault is a change of the program that has to be found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from ot2otel.population.parquet import SCHEMA

_DAY = 86_400 * 10**9
_START = 1_795_046_400 * 10**9  # a midnight
_MINUTE = 60 * 10**9
_PLACES = 128  # spans of a trace, at most
GET, POST, BATCH, USER = "GET /orders", "POST /orders", "POST /batch", "GET /users/:id"
_MIX = (0.55, 0.25, 0.08, 0.12)
_Array: TypeAlias = np.ndarray[Any, Any]  # Any: of any shape and type


@dataclass(frozen=True, slots=True)
class Faults:
    """What differs from the sound program.

    Attributes:
        lost: the share of GET's traces whose span in `orders` lacks user.id.
        kindless: whether all spans of the service users are INTERNAL.
        errors: how many times as many of GET's traces fail.
        slow: how many times as long POST takes.
        cached: the share of GET's traces with one more span.
    """

    lost: float = 0.0
    kindless: bool = False
    errors: float = 1.0
    slow: float = 1.0
    cached: float = 0.0


@dataclass(frozen=True, slots=True)
class _Traces:
    """Traces of one operation, one entry of each array for each."""

    number: _Array
    start: _Array
    duration: _Array
    failed: _Array
    retried: _Array


@dataclass(frozen=True, slots=True)
class _Spans:
    """The spans at one place of some traces; `attributes` are (key, value or values, which spans have it)."""

    traces: _Traces
    where: _Array
    place: _Array | int
    parent: int | None
    service: str
    name: str
    kind: str
    attributes: Sequence[tuple[str, Any, _Array | None]]  # Any: a text, or one for each trace
    failed: _Array


def day(path: Path, number: int, traces: int, faults: Faults | None = None, seed: int = 7) -> None:
    """Write the day with this number: the same number and seed give the same requests."""
    random = np.random.default_rng([seed, number])
    batches = list(_batches(random, number, traces, faults or Faults()))
    with parquet.ParquetWriter(path, SCHEMA, compression="zstd") as file:
        for each in batches:
            file.write_table(_table(each))


def _batches(random: np.random.Generator, number: int, count: int, faults: Faults) -> Iterator[_Spans]:
    at, incident = _times(random, count)
    operation = random.choice(4, size=count, p=_MIX)
    failed = random.random(count) < np.where(incident, 0.03, 0.009) * np.where(
        operation == 0, faults.errors, 1.0
    )
    retried = incident & (random.random(count) < 0.3)
    load = 1 + 0.3 * np.sin(2 * np.pi * at / _DAY)
    duration = random.lognormal(16.5, 0.5, count) * load * np.where(incident, 2.0, 1.0)
    duration = duration * np.where(operation == 1, faults.slow, 1.0)
    every = _Traces(
        np.arange(1, count + 1) + number * 10**8,
        _START + number * _DAY + at,
        duration.astype("int64"),
        failed,
        retried,
    )
    for kind, make in enumerate((_get, _post, _batch, _user)):
        yield from make(_of(every, operation == kind), random, faults)


def _times(random: np.random.Generator, count: int) -> tuple[_Array, _Array]:
    """Return times of the day in nanoseconds, and which of them are in an incident."""
    wanted = random.random(4 * count) * _DAY
    kept = random.random(4 * count) < (1 + 0.6 * np.sin(2 * np.pi * wanted / _DAY - 1.5)) / 1.6
    at = wanted[kept][:count].astype("int64")
    begins = random.integers(0, _DAY, random.poisson(5))
    # Each incident is a burst: some other requests are moved into it.
    for begin in begins:
        moved = random.random(len(at)) < 0.002
        at[moved] = (begin + random.integers(0, 10 * _MINUTE, moved.sum())) % _DAY
    incident = np.zeros(len(at), dtype=bool)
    for begin in begins:
        incident |= (at >= begin) & (at < begin + 10 * _MINUTE)
    return at, incident


def _of(traces: _Traces, chosen: _Array) -> _Traces:
    return _Traces(
        traces.number[chosen],
        traces.start[chosen],
        traces.duration[chosen],
        traces.failed[chosen],
        traces.retried[chosen],
    )


def _server(traces: _Traces, method: str, path: str) -> list[tuple[str, Any, _Array | None]]:
    return [
        ("http.request.method", method, None),
        ("http.route", path, None),
        ("http.response.status_code", np.where(traces.failed, "500", "200"), None),
        ("url.path", np.char.add(path + "/", (traces.number % 99_991).astype(str)), None),
    ]


def _get(traces: _Traces, random: np.random.Generator, faults: Faults) -> Iterator[_Spans]:
    every, sound = np.ones(len(traces.number), dtype=bool), np.zeros(len(traces.number), dtype=bool)
    user = np.char.add("u", (traces.number % 997).astype(str))
    has_user = random.random(len(every)) >= faults.lost
    served = _server(traces, "GET", "/orders")
    yield _Spans(traces, every, 0, None, "gateway", GET, "Server", served, traces.failed)
    call: list[tuple[str, Any, _Array | None]] = [
        ("http.request.method", "GET", None),
        ("server.address", "orders", None),
    ]
    yield _Spans(traces, every, 1, 0, "gateway", "GET", "Client", call, traces.failed)
    own = [*served, ("user.id", user, has_user)]
    yield _Spans(traces, every, 2, 1, "orders", GET, "Server", own, traces.failed)
    query = [("db.system.name", "postgresql", None), ("db.query.text", "SELECT * FROM orders", None)]
    yield _Spans(traces, every, 3, 2, "orders", "SELECT orders", "Client", query, sound)
    yield _Spans(traces, traces.retried, 4, 0, "gateway", "GET", "Client", call, every)
    cached = random.random(len(every)) < faults.cached
    yield _Spans(
        traces, cached, 5, 2, "orders", "cache lookup", "Internal", [("cache.hit", "true", None)], sound
    )


def _post(traces: _Traces, random: np.random.Generator, faults: Faults) -> Iterator[_Spans]:
    every, sound = np.ones(len(traces.number), dtype=bool), np.zeros(len(traces.number), dtype=bool)
    served = _server(traces, "POST", "/orders")
    yield _Spans(traces, every, 0, None, "gateway", POST, "Server", served, traces.failed)
    topic = [("messaging.system", "kafka", None), ("messaging.destination.name", "orders", None)]
    yield _Spans(traces, every, 1, 0, "gateway", "send orders", "Producer", topic, traces.failed)
    yield _Spans(traces, ~traces.failed, 2, 1, "worker", "process orders", "Consumer", topic, sound)


def _batch(traces: _Traces, random: np.random.Generator, faults: Faults) -> Iterator[_Spans]:
    every = np.ones(len(traces.number), dtype=bool)
    served = _server(traces, "POST", "/batch")
    yield _Spans(traces, every, 0, None, "gateway", BATCH, "Server", served, traces.failed)
    sizes = np.clip(random.lognormal(1.0, 1.0, len(every)).astype(int), 1, 79)
    numbers = np.repeat(np.arange(len(every)), sizes)
    items = _of(traces, numbers)
    place = np.concatenate([np.arange(1, size + 1) for size in sizes]) if len(sizes) else np.array([], int)
    item = [("item.id", (items.number % 9_973).astype(str), None)]
    whole = np.ones(len(numbers), dtype=bool)
    yield _Spans(items, whole, place, 0, "gateway", "process item", "Internal", item, ~whole)


def _user(traces: _Traces, random: np.random.Generator, faults: Faults) -> Iterator[_Spans]:
    every = np.ones(len(traces.number), dtype=bool)
    served = _server(traces, "GET", "/users")
    kind = "Internal" if faults.kindless else "Server"
    yield _Spans(traces, every, 0, None, "gateway", USER, "Server", served, traces.failed)
    yield _Spans(traces, every, 1, 0, "users", USER, kind, served, traces.failed)


def _table(spans: _Spans) -> pa.Table:
    chosen = spans.where
    traces = _of(spans.traces, chosen)
    count = len(traces.number)
    place = spans.place[chosen] if isinstance(spans.place, np.ndarray) else np.full(count, spans.place)
    depth = 0 if spans.parent is None else 1 + spans.parent
    host = [("service.name", spans.service, None), ("host.name", "host-1", None)]
    columns: dict[str, Any] = dict.fromkeys(SCHEMA.names)  # Any: of any type
    columns |= {
        "Timestamp": pa.array(traces.start + depth * 1000 + place, pa.int64()).cast(pa.timestamp("ns")),
        "TraceId": [f"{number:032x}" for number in traces.number.tolist()],
        "SpanId": [f"{number:016x}" for number in (traces.number * _PLACES + place).tolist()],
        "ParentSpanId": [""] * count
        if spans.parent is None
        else [f"{number:016x}" for number in (traces.number * _PLACES + spans.parent).tolist()],
        "SpanName": [spans.name] * count,
        "SpanKind": [spans.kind] * count,
        "ServiceName": [spans.service] * count,
        "ResourceAttributes": _maps(host, chosen),
        "SpanAttributes": _maps(spans.attributes, chosen),
        "Duration": pa.array(np.maximum(traces.duration - depth * 10_000, 1), pa.uint64()),
        "StatusCode": np.where(spans.failed[chosen], "Error", "Unset").tolist(),
    }
    empty = pa.array([[]] * count)
    arrays = []
    for field in SCHEMA:
        values = columns[field.name]
        if values is None:
            values = (
                [""] * count
                if pa.types.is_string(field.type)
                else empty.cast(field.type)
                if (pa.types.is_list(field.type))
                else pa.array([[]] * count, field.type)
            )
        arrays.append(values if isinstance(values, pa.Array) else pa.array(values, field.type))
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def _maps(attributes: Sequence[tuple[str, Any, _Array | None]], chosen: _Array) -> pa.Array:
    """Return a map for each chosen span."""
    count = int(chosen.sum())
    there = np.ones((count, len(attributes)), dtype=bool)
    values = np.empty((count, len(attributes)), dtype=object)
    for column, (_, value, mask) in enumerate(attributes):
        values[:, column] = value[chosen] if isinstance(value, np.ndarray) else value
        if mask is not None:
            there[:, column] = mask[chosen]
    keys = np.tile(np.array([key for key, _, _ in attributes], dtype=object), (count, 1))
    offsets = np.concatenate([[0], np.cumsum(there.sum(axis=1))])
    return pa.MapArray.from_arrays(
        pa.array(offsets, pa.int32()),
        pa.array(keys[there], pa.string()),
        pa.array([str(value) for value in values[there]], pa.string()),
    )
