"""One side of a comparison of populations: what the engine that stores its spans says about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import ibis
from ibis.backends import BaseBackend
from ibis.expr import types as ir

from ot2otel.model import Span
from ot2otel.population import coverage, measures, signature
from ot2otel.population.carrying import WITHOUT_MAPS, carried, unpacked
from ot2otel.population.columns import span_of
from ot2otel.population.dialects import Dialect
from ot2otel.population.forms import EXAMPLES, Form
from ot2otel.population.measures import Measure, Thresholds
from ot2otel.population.renames import united
from ot2otel.population.schemas import PopulationError
from ot2otel.population.shifts import Blocks

MOST_FORMS = 1000  # of a side that come home, the most frequent ones
_MOST_NAMED = 4
Progress = Callable[[str], None]
Rows = list[dict[str, Any]]  # Any: a column's values have its type


@dataclass(frozen=True, slots=True)
class Summary:
    """One side in short.

    Attributes:
        name: how the report calls it.
        spans, traces: their numbers.
        first, last: the seconds since the epoch at which the first and the last span start.
        forms: the number of forms, of which at most MOST_FORMS come home.
        collisions: forms that have the same signature as another one; 0 unless by a rare chance.
    """

    name: str
    spans: int
    traces: int
    first: float
    last: float
    forms: int
    collisions: int


class PopulationSide:
    """The spans of one side in their engine: a table as `schemas.normalized` returns it.

    `statements` are those that the engine was sent, each with its purpose; `notes` are sentences about the
    grouping. The attribute `but`, of spans or resources, is not compared. Raises PopulationError if the
    source has no span, or spans without a TraceId.
    """

    def __init__(
        self, engine: BaseBackend, spans: ir.Table, name: str, progress: Progress, but: str = ""
    ) -> None:
        self._engine = engine
        self._but = but
        self._spans = spans
        self.name = name
        self.statements: list[tuple[str, str]] = []
        progress(f"{name}: reading the period")
        (period,) = self._rows(measures.period(spans), "period")
        if not period["spans"]:
            raise PopulationError(f"{name} has no span: there is nothing to compare.")
        if without := period["spans"] - period["traced"]:
            raise PopulationError(f"{name}: {without:,} of {period['spans']:,} spans have no TraceId.")
        self._first, self._last = float(period["first"]), float(period["last"])
        self._number = int(period["spans"])
        progress(f"{name}: looking for keys with few values")
        self._sampled = self._rows(signature.sampled_keys(spans), "keys and the number of their values")
        self._few: Sequence[str] = ()
        self._traces: ir.Table
        self._groups: Rows = []
        self.notes: list[str] = []
        self._lists: Rows = []

    @property
    def many(self) -> frozenset[str]:
        """The keys of attributes with too many values to make forms of them."""
        return frozenset(row["key"] for row in self._sampled if row["values"] > signature.FEW_VALUES)

    def group(self, many: frozenset[str], progress: Progress) -> None:
        """Group the traces by their forms, in which the keys of `many` have no values.

        All but `many`, `seconds` and `close` needs that first.
        """
        progress(f"{self.name}: grouping {self._number:,} spans")
        keys = [row["key"] for row in self._sampled]
        self._few = sorted(set(keys) - many)
        self._group({})
        if len(self._groups) > MOST_FORMS and (names := united(keys)):
            self._group_again(names)

    def _group(self, renamed: Mapping[str, str]) -> None:
        self._traces = self._signed(renamed)
        self._groups = self._rows(signature.forms(self._traces), "forms")

    def _group_again(self, names: Mapping[str, str]) -> None:
        """Let keys that a rule renames make no forms: there are more forms than come home."""
        self._traces.release()
        number = len(self._groups)
        self._group(names)
        told = ", ".join(f"{old} as {new}" for old, new in sorted(names.items())[:_MOST_NAMED])
        more = ", ..." if len(names) > _MOST_NAMED else ""
        self.notes.append(
            f"{self.name}: {number:,} forms became {len(self._groups):,}, as keys that a rule renames count "
            f"as one ({told}{more}); the numbers of findings are estimated from examples of each form."
        )

    def _signed(self, renamed: Mapping[str, str]) -> ir.Table:
        """Keep the traces and their forms as a table in the engine."""
        hashed = signature.hashed_spans(self._spans, self._few, renamed)
        if not Dialect(self._spans).keeps_spans:
            return self._kept(self._traces_of_hashed(hashed), "traces and their forms")
        with self._kept(hashed, "spans and their hashes") as kept:
            if not renamed:
                self._lists = self._rows(coverage.of_lists(kept, *self._period), "lists of keys")
            return self._kept(self._traces_of_hashed(kept), "traces and their forms")

    def _traces_of_hashed(self, hashed: ir.Table) -> ir.Table:
        return measures.blocks_of(signature.signed_traces(hashed), *self._period)

    def _kept(self, table: ir.Table, purpose: str) -> ir.Table:
        """Return the table as one that the engine keeps until nothing refers to it."""
        self._record(table, f"{purpose}, kept as a table")
        with engine_errors(self.name):
            return table.cache()

    def close(self) -> None:
        """Drop the table of traces in the engine, if there is one."""
        if self._groups:
            self._traces.release()

    @property
    def _period(self) -> tuple[float, float]:
        return self._first, self._last + 1

    @property
    def seconds(self) -> float:
        """The time from the first span's start to the last one's."""
        return self._last - self._first

    @property
    def summary(self) -> Summary:
        """The side in short."""
        signatures = {(row["operation"], row["form"]) for row in self._groups}
        return Summary(
            self.name,
            self._number,
            sum(row["traces"] for row in self._groups),
            self._first,
            self._last,
            len(self._groups),
            len(self._groups) - len(signatures),
        )

    def quantiles(self) -> Thresholds:
        """Return the exact quantiles of the durations of each operation, in nanoseconds."""
        rows = self._rows(measures.quantiles(self._traces), "quantiles")
        numbers = range(len(measures.QUANTILES))
        return {
            row["operation"]: [row[f"q{number}"] for number in numbers]
            for row in rows
            if row["q0"] is not None
        }

    def measures(self, thresholds: Thresholds) -> Mapping[Measure, Blocks]:
        """Return the measures of all operations; `thresholds` are the quantiles to be slower than."""
        rows = self._rows(measures.of_operations(self._traces, thresholds), "measures of operations")
        return {**measures.sums(rows), **coverage.coverage(self._keys())}

    def _keys(self) -> Iterable[Mapping[str, Any]]:  # Any: a column's values have its type
        examples = coverage.examples(self._lists)
        if not 0 < len(examples) <= coverage.MOST_LISTS:
            return self._rows(coverage.of_keys(self._spans, *self._period), "attribute coverage")
        named = coverage.names(self._spans, sorted(set(examples.values())))
        lists = {row["keys"]: row["names"] for row in self._rows(named, "names of keys")}
        return coverage.named(self._lists, lists)

    def forms(self) -> list[Form]:
        """Bring the most frequent forms home, with the spans of their examples."""
        groups = self._groups[:MOST_FORMS]
        keys, ids = {_key(row) for row in groups}, self._examples()
        wanted = [trace_id for row in groups for trace_id in ids[_key(row)]]
        traces = self._traces_of(wanted)
        examples = {
            key: [traces[trace_id] for trace_id in chosen] for key, chosen in ids.items() if key in keys
        }
        return [
            Form.of(row["operation"], row["traces"], str(row["form"]), examples[_key(row)]) for row in groups
        ]

    def _examples(self) -> Mapping[object, Sequence[str]]:
        """Return the ids of some traces of each form: the first ones in the order of their ids."""
        traces = self._traces
        order = ibis.window(group_by=["operation", "form", "check"], order_by="TraceId")
        numbered = traces.select(
            "operation", "form", "check", "TraceId", number=ibis.row_number().over(order)
        )
        found: dict[object, list[str]] = defaultdict(list)
        for row in self._rows(
            numbered.filter(numbered.number < EXAMPLES).order_by("TraceId"), "examples of each form"
        ):
            found[_key(row)].append(row["TraceId"])
        return found

    def _traces_of(self, trace_ids: Sequence[str]) -> Mapping[str, tuple[Span, ...]]:
        chosen = self._spans.filter(self._spans.TraceId.isin(trace_ids))
        if self._engine.name in WITHOUT_MAPS:
            chosen = carried(chosen)
        rows = self._rows(chosen, "spans of the examples") if trace_ids else []
        found: dict[str, list[Span]] = defaultdict(list)
        for row in rows:
            found[row["TraceId"]].append(_without(self._but, span_of(unpacked(row))))
        return {trace_id: tuple(sorted(spans, key=_by_start)) for trace_id, spans in found.items()}

    def _record(self, table: ir.Table, purpose: str) -> None:
        self.statements.append((purpose, str(self._engine.compile(table, pretty=True))))

    def _rows(self, table: ir.Table, purpose: str) -> Rows:
        self._record(table, purpose)
        with engine_errors(self.name):
            rows: Rows = self._engine.to_pyarrow(table).to_pylist()
        return rows


def _without(key: str, span: Span) -> Span:
    """Return the span without an attribute."""
    attributes, resource = (
        {name: value for name, value in each.items() if name != key}
        for each in (span.attributes, span.resource)
    )
    return replace(span, attributes=attributes, resource=resource)


@contextmanager
def engine_errors(name: str) -> Iterator[None]:
    """Turn an engine's error into a PopulationError of one line."""
    try:
        yield
    except (MemoryError, PopulationError):
        raise
    except Exception as error:  # every engine's driver has its own
        reason = (str(error).strip() or type(error).__name__).partition("\n")[0]
        raise PopulationError(f"{name}: the engine gave up: {reason}") from error


def _key(row: Mapping[str, Any]) -> object:
    return row["operation"], row["form"], row["check"]


def _by_start(span: Span) -> tuple[int, int]:
    return span.start_ns, -span.end_ns
