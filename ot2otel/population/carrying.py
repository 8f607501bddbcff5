"""Carries spans home from an engine: a map as two lists, since Spark's driver returns no maps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ibis.expr import datatypes as dt
from ibis.expr import types as ir

Row = Mapping[str, Any]  # Any: a column's values have its type
WITHOUT_MAPS = frozenset({"pyspark"})  # Ibis's names of the engines whose maps don't come home
_KEYS, _VALUES = "/keys", "/values"


def carried(spans: ir.Table) -> ir.Table:
    """Return the table with two columns of lists in place of each map, or list of maps."""
    columns = {}
    for name in spans.columns:
        column = spans[name]
        if isinstance(column.type(), dt.Map):
            columns[name + _KEYS], columns[name + _VALUES] = column.keys(), column.values()
        elif isinstance(column.type(), dt.Array) and isinstance(column.type().value_type, dt.Map):
            columns[name + _KEYS] = column.map(lambda each: each.keys())
            columns[name + _VALUES] = column.map(lambda each: each.values())
        else:
            columns[name] = column
    return spans.select(**columns)


def unpacked(row: Row) -> Row:
    """Return a row of `carried` as it was in the engine's table."""
    found = {name: value for name, value in row.items() if not name.endswith((_KEYS, _VALUES))}
    for name in row:
        if name.endswith(_KEYS):
            column = name.removesuffix(_KEYS)
            found[column] = _joined(row[name], row[column + _VALUES])
    return found


def _joined(keys: Any, values: Any) -> Any:  # Any: lists of texts, or lists of such lists
    if keys and isinstance(keys[0], list):
        return [dict(zip(each, values[number], strict=True)) for number, each in enumerate(keys)]
    return dict(zip(keys or (), values or (), strict=True))
