"""Opens what the command line names: files in DuckDB, tables in ClickHouse, Parquet in Spark."""

from __future__ import annotations

import importlib
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

import duckdb
import ibis
from ibis.backends import BaseBackend
from ibis.common.exceptions import IbisError
from ibis.expr import types as ir

from ot2otel.model import Span
from ot2otel.population import parquet, schemas
from ot2otel.population.dialects import duckdb_engine
from ot2otel.population.schemas import PopulationError
from ot2otel.population.splitting import moment
from ot2otel.recording_file import open_recording

Progress = Callable[[str], None]
_PARQUET, _DUCKDB = b"PAR1", b"DUCK"
_DUCKDB_AT = 8
_OPTIONS = frozenset({"table", "from", "to", "services", "secure"})


@dataclass(frozen=True, slots=True)
class Population:
    """A source: its engine, its spans in the schema of columns.py, its name for a report, and its problems.

    A problem is a sentence about something that did not stop the reading, like a last line that is cut.
    """

    engine: BaseBackend
    spans: ir.Table
    name: str
    problems: Sequence[str] = ()


def opened(source: str, scratch: Path, progress: Progress) -> Population:
    """Open a file, a directory or a glob of Parquet, or a URL; raise PopulationError.

    A recording becomes a Parquet file in `scratch`.
    """
    scheme = source.partition("://")[0] if "://" in source else ""
    try:
        if scheme == "clickhouse":
            return _clickhouse(source)
        if scheme == "spark":
            return _spark(source)
        if scheme:
            raise PopulationError(
                f"{source}: {scheme}:// is no known engine. There are clickhouse:// and spark://."
            )
        return _file(source, scratch, progress)
    except (IbisError, duckdb.Error) as error:
        raise PopulationError(f"{source} can't be read: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    """Return the system's reason if there is one behind the error, else the first line of its text."""
    behind: BaseException | None = error
    while behind is not None:
        if isinstance(behind, OSError) and behind.errno:
            return os.strerror(behind.errno)
        behind = behind.__cause__ or behind.__context__
    return (str(error).strip() or type(error).__name__).partition("\n")[0]


# Files, in DuckDB.


def _file(source: str, scratch: Path, progress: Progress) -> Population:
    path = Path(source)
    if path.is_dir() or any(sign in source for sign in "*?["):
        pattern = str(path / "**" / "*.parquet") if path.is_dir() else source
        return _parquet(pattern, source, scratch)
    try:
        with path.open("rb") as file:
            opening = file.read(_DUCKDB_AT + len(_DUCKDB))
    except OSError as error:
        raise PopulationError(f"{source} can't be read: {error.strerror}.") from error
    if opening.startswith(_PARQUET):
        return _parquet(source, source, scratch)
    if opening[_DUCKDB_AT:] == _DUCKDB:
        return _duckdb(path)
    return _recording(path, scratch, progress)


def _engine(scratch: Path) -> BaseBackend:
    return duckdb_engine(temp_directory=str(scratch))


def _parquet(pattern: str, name: str, scratch: Path) -> Population:
    engine = _engine(scratch)
    # ClickHouse may write texts as bytes.
    table = engine.read_parquet(pattern, binary_as_string=True)
    return Population(engine, schemas.normalized(table, name), name)


def _duckdb(path: Path) -> Population:
    engine = duckdb_engine(path, read_only=True)
    # Ibis 12's list_tables calls what DuckDB 2 has removed.
    names = [name for (name,) in engine.raw_sql("SHOW TABLES").fetchall()]
    found = [table for table in map(engine.table, names) if schemas.recognised(table.columns)]
    if len(found) != 1:
        raise PopulationError(
            f"{path} has {len(found)} tables of spans; one is needed. It has the columns of the "
            "OpenTelemetry Collector's ClickHouse exporter."
        )
    return Population(engine, schemas.normalized(found[0], str(path)), str(path))


def _recording(path: Path, scratch: Path, progress: Progress) -> Population:
    target = scratch / f"{len(list(scratch.iterdir()))}.parquet"
    with open_recording(path) as reader:
        spans: Iterator[Span] = map(reader.head.normalizer(), reader.spans())
        parquet.write(spans, target, lambda number: progress(f"{path}: {number:,} spans read"))
    return replace(_parquet(str(target), str(path), scratch), problems=reader.problems)


# Engines elsewhere.


def _clickhouse(source: str) -> Population:
    """Connect to clickhouse://USER:PASSWORD@HOST:PORT/DATABASE?table=&from=&to=&services=&secure=1."""
    _needed("clickhouse_connect", "clickhouse", source)
    url, options = _parts(source)
    name = _named(url, options)
    from clickhouse_connect.driver.exceptions import Error as DriverError

    logging.getLogger("clickhouse_connect").addHandler(logging.NullHandler())  # the error says the same
    try:
        engine = ibis.clickhouse.connect(
            host=url.hostname or "127.0.0.1",
            port=url.port,
            user=url.username or "default",
            password=url.password or "",
            database=url.path.strip("/") or "default",
            secure=options.get("secure") == "1",
        )
        table = _table(engine, options.get("table"), name)
    except DriverError as error:
        raise PopulationError(f"{name} does not answer: {_first_line(error)}") from error
    return Population(engine, _chosen(schemas.normalized(table, name), options), name)


def _spark(source: str) -> Population:
    """Open Parquet at a path on spark://HOST:PORT/PATH, or in this process on spark://local/PATH."""
    _needed("pyspark", "spark", source)
    url, options = _parts(source)
    if not url.path.strip("/"):
        raise PopulationError(f"{source} names no Parquet: spark://local/data/spans.parquet.")
    from ot2otel.population import spark  # needs pyspark

    name = _named(url, options)
    engine, table = spark.parquet(url, name)
    return Population(engine, _chosen(schemas.normalized(table, name), options), name)


def _needed(module: str, extra: str, source: str) -> None:
    try:
        importlib.import_module(module)
    except ModuleNotFoundError as error:
        scheme = source.partition("://")[0]
        raise PopulationError(
            f"{scheme}:// needs {module}, which is not installed: pip install 'ot2otel[{extra}]'."
        ) from error


def _parts(source: str) -> tuple[SplitResult, Mapping[str, str]]:
    try:
        url = urlsplit(source)
        url.port  # noqa: B018  # raises ValueError for a bad one
        options = dict(parse_qsl(url.query, strict_parsing=bool(url.query)))
    except ValueError as error:
        raise PopulationError(f"{source} is not a URL of an engine: {error}.") from error
    if unknown := set(options) - _OPTIONS:
        raise PopulationError(
            f"{source} has the unknown option {min(unknown)}. Known are {', '.join(sorted(_OPTIONS))}."
        )
    return url, options


def _named(url: SplitResult, options: Mapping[str, str]) -> str:
    """Return the URL without user and password."""
    where = f"{url.scheme}://{url.hostname}{f':{url.port}' if url.port else ''}{url.path}"
    chosen = " ".join(f"{key}={value}" for key, value in options.items() if key != "secure")
    return f"{where} {chosen}".rstrip()


def _table(engine: BaseBackend, wanted: str | None, name: str) -> ir.Table:
    tables = [wanted] if wanted else engine.list_tables()
    found = {each: engine.table(each) for each in tables}
    usable = [each for each, table in found.items() if schemas.recognised(table.columns)]
    if len(usable) != 1:
        problem = f"has {len(usable)} tables of spans{': ' if usable else ''}{', '.join(usable)}"
        raise PopulationError(f"{name} {problem}. Name one with ?table=NAME.")
    return found[usable[0]]


def _chosen(spans: ir.Table, options: Mapping[str, str]) -> ir.Table:
    """Return the spans of the services and the time range that a URL names.

    Spans are chosen, not traces: a trace across an end of the range is cut there, on both sides alike.
    """
    conditions: list[Any] = []  # Any: Ibis has no common name for conditions
    if "from" in options:
        conditions.append(spans.Timestamp >= _time(options["from"]))
    if "to" in options:
        conditions.append(spans.Timestamp < _time(options["to"]))
    if "services" in options:
        conditions.append(spans.ServiceName.isin(options["services"].split(",")))
    return spans.filter(conditions) if conditions else spans


def _time(text: str) -> ir.TimestampValue:
    return ibis.literal(int(moment(text))).as_timestamp("s")
