"""What an engine needs said in its own words, because Ibis says it slowly or with too few bits there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import ibis
from ibis.backends import BaseBackend
from ibis.expr import datatypes as dt
from ibis.expr import types as ir

_TEXTS = dt.Map(dt.string, dt.string)
_NO_TEXTS = ibis.literal([], type=dt.Array(dt.string))


# Ibis wraps a map in CASE WHEN ... IS NULL, for which DuckDB copies it: one value costs three times as much.
@ibis.udf.scalar.builtin(name="map_extract_value", signature=((_TEXTS, dt.string), dt.string))
def _duckdb_value(texts, key):  # type: ignore[no-untyped-def]  # the signature has the types
    """Return the value of a key in DuckDB, NULL without it."""


@ibis.udf.scalar.builtin(name="map_keys", signature=((_TEXTS,), dt.Array(dt.string)))
def _duckdb_keys(texts):  # type: ignore[no-untyped-def]  # the signature has the types
    """Return the keys of a map in DuckDB."""


# Ibis casts DuckDB's hash to a text of bits and then to a number.
@ibis.udf.scalar.builtin(name="hash", signature=((dt.string,), dt.uint64))
def _duckdb_hash(text):  # type: ignore[no-untyped-def]  # the signature has the types
    """Return 64 bits of a text in DuckDB."""


@ibis.udf.scalar.builtin(name="hash", signature=((dt.Array(dt.string),), dt.uint64))
def _duckdb_hash_of_list(texts):  # type: ignore[no-untyped-def]  # the signature has the types
    """Return 64 bits of a list of texts in DuckDB."""


@ibis.udf.scalar.builtin(name="hash", signature=((dt.uint64, dt.string), dt.uint64))
def _duckdb_hash_of_both(number, text):  # type: ignore[no-untyped-def]  # the signature has the types
    """Return 64 bits of a number and a text in DuckDB."""


# Ibis's hash has 32 bits in Spark.
@ibis.udf.scalar.builtin(name="xxhash64", signature=((dt.string,), dt.int64))
def _spark_hash(text):  # type: ignore[no-untyped-def]  # the signature has the types
    """Return 64 bits of a text in Spark."""


@ibis.udf.scalar.builtin(name="xxhash64", signature=((dt.Array(dt.string),), dt.int64))
def _spark_hash_of_list(texts):  # type: ignore[no-untyped-def]  # the signature has the types
    """Return 64 bits of a list of texts in Spark."""


# Ibis has no digest for ClickHouse.
@ibis.udf.scalar.builtin(name="MD5", signature=((dt.string,), dt.string))
def _clickhouse_md5(text):  # type: ignore[no-untyped-def]  # the signature has the types
    """Return the bytes of a digest in ClickHouse."""


@ibis.udf.scalar.builtin(name="hex", signature=((dt.string,), dt.string))
def _clickhouse_hex(text):  # type: ignore[no-untyped-def]  # the signature has the types
    """Return bytes as hexadecimal digits in ClickHouse."""


def duckdb_engine(*arguments: object, **settings: object) -> BaseBackend:
    """Connect Ibis to DuckDB."""
    engine = ibis.duckdb.connect(*arguments, **settings)
    # DuckDB 2 refuses lambdas with an arrow unless it is asked for them, and Ibis 12 writes no other.
    engine.raw_sql("SET lambda_syntax = 'ENABLE_SINGLE_ARROW'")
    # DuckDB shows the progress of a long statement on standard output, where the report goes.
    engine.raw_sql("SET enable_progress_bar = false")
    return engine


def _signed(number: ir.IntegerValue) -> ir.IntegerValue:
    return (number >> 1).cast("int64")


class Dialect:
    """The words of the engine that stores a table."""

    def __init__(self, table: ir.Table) -> None:
        self._engine = table.get_backend().name

    def hashed(self, text: ir.StringValue) -> ir.IntegerValue:
        """Return a hash of a text, 63 bits or more; each engine has its own."""
        if self._engine == "duckdb":
            return _signed(_duckdb_hash(text))
        return _spark_hash(text) if self._engine == "pyspark" else text.hash()

    def hashed_texts(self, texts: Sequence[ir.StringValue]) -> ir.IntegerValue:
        """Return a hash of some texts in their order, 63 bits or more."""
        if self._engine == "duckdb":
            # Columns have few different texts, and DuckDB hashes each of these once; joined, it hashes all.
            first, *rest = texts
            return _signed(reduce(_duckdb_hash_of_both, rest, _duckdb_hash(first)))
        return self.hashed(ibis.literal("\x1f").join(texts))

    def hashed_list(self, texts: ir.ArrayValue) -> ir.IntegerValue:
        """Return a hash of a list of texts in their order, 63 bits or more."""
        if self._engine == "duckdb":
            return _signed(_duckdb_hash_of_list(texts))
        return _spark_hash_of_list(texts) if self._engine == "pyspark" else texts.hash()

    def digest(self, text: ir.StringValue) -> ir.StringValue:
        """Return the hexadecimal digits of a text's MD5, the same ones in each engine but for their case."""
        if self._engine == "clickhouse":
            return _clickhouse_hex(_clickhouse_md5(text))
        return text.hexdigest("md5")

    def value(self, texts: ir.MapValue, key: str) -> ir.StringValue:
        """Return the value of a key, "" without it."""
        if self._engine == "duckdb":
            return _duckdb_value(texts, key).fill_null("")
        return texts.get(key, "")

    def keys(self, texts: ir.MapValue) -> ir.ArrayValue:
        """Return the keys of a map, NULL if it is."""
        return _duckdb_keys(texts) if self._engine == "duckdb" else texts.keys()

    def filled(self, keys: ir.ArrayValue) -> ir.ArrayValue:
        """Return an empty list in place of NULL; ClickHouse has no list that is NULL."""
        return keys if self._engine == "clickhouse" else keys.coalesce(_NO_TEXTS)

    @property
    def keeps_spans(self) -> bool:
        """Whether the hashed spans become a temporary table.

        DuckDB would read and hash them twice, for both sides of a join. ClickHouse holds temporary tables in
        memory, and Spark what it caches: two readings cost less there than a day's spans.
        """
        return bool(self._engine == "duckdb")
