"""Measures comparisons of populations in each engine: `python -m benchmarks.grouping [--quick]`.

Each run is a fresh process of `ot2otel population`. What an engine takes to start is told apart: it is the
difference to the same comparison of 100 traces. ClickHouse and Spark are measured if chdb and pyspark are
there. The results are saved, with the machine and the versions, as results/grouping.json; a quick run's are
printed alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
import duckdb

from benchmarks.saving import saved
from ot2otel.lab.overhead.ladder import BASELINE
from ot2otel.lab.overhead.measure import circumstances
from tests.support.clickhouse_server import clickhouse, exporter_table
from tests.support.spark_cluster import spark

FEWEST = 100  # traces: what is left is the engine's start, and the comparison's
SIZES = (10_000, 100_000, 1_000_000)
QUICK = (1_000,)
PACKAGES = ("duckdb", "ibis-framework", "chdb", "pyspark", "pyarrow")
# Of spans with seven attributes, the values of two of which vary from trace to trace.
_SPANS = """
COPY (
 SELECT printf('%032x', {first} + trace) AS "TraceId",
        printf('%016x', ({first} + trace) * 4 + place) AS "SpanId",
        CASE place WHEN 0 THEN '' ELSE printf('%016x', ({first} + trace) * 4 + place - 1) END
            AS "ParentSpanId",
        '' AS "TraceState",
        CASE place WHEN 0 THEN ['GET /orders', 'GET /users', 'POST /orders'][1 + trace % 3]
                   WHEN 1 THEN 'call' ELSE 'handle' END AS "SpanName",
        ['Server', 'Client', 'Server'][place + 1] AS "SpanKind",
        ['gateway', 'gateway', 'orders'][place + 1] AS "ServiceName",
        MAP {{'service.name': ['gateway', 'gateway', 'orders'][place + 1], 'host.name': 'host-' || trace % 5}}
            AS "ResourceAttributes",
        'shop' AS "ScopeName", '1' AS "ScopeVersion",
        MAP {{'http.request.method': 'GET', 'url.path': '/orders/' || trace,
             'http.response.status_code': CASE WHEN hash(trace) % 100 = 0 THEN '500' ELSE '200' END,
             'user.id': 'u' || trace % 1000, 'order.id': trace::VARCHAR,
             'server.address': 'orders', 'server.port': '8081'}} AS "SpanAttributes",
        make_timestamp_ns({start} + trace * (86_400_000_000_000 // {traces}) + place * 1000)
            AS "Timestamp",
        (5_000_000 - place * 100_000 + hash(trace * 3 + place) % 1_000_000)::UBIGINT AS "Duration",
        CASE WHEN hash(trace) % 100 = 0 THEN 'Error' ELSE 'Unset' END AS "StatusCode",
        '' AS "StatusMessage",
        []::TIMESTAMP_NS[] AS "Events.Timestamp", []::VARCHAR[] AS "Events.Name",
        []::MAP(VARCHAR, VARCHAR)[] AS "Events.Attributes",
        []::VARCHAR[] AS "Links.TraceId", []::VARCHAR[] AS "Links.SpanId",
        []::VARCHAR[] AS "Links.TraceState", []::MAP(VARCHAR, VARCHAR)[] AS "Links.Attributes"
 FROM range({traces}) AS traces(trace), range(3) AS places(place)
) TO '{path}' (FORMAT parquet)
"""
_MIDNIGHT = 1_795_046_400 * 10**9

Json = dict[str, Any]  # Any: JSON
Sources = Callable[[int], Sequence[str]]  # of a number of traces
_Engine = Callable[[Mapping[int, Sequence[Path]], Path], AbstractContextManager[Sources]]


@click.command()
@click.option("--quick", is_flag=True, help="Compare 1,000 traces alone, print the results and save nothing.")
@click.option("--times", default=3, show_default=True, help="Runs of each comparison.")
@click.option("--engine", "wanted", multiple=True, help="Measure engines with this in their name alone.")
def main(quick: bool, times: int, wanted: Sequence[str]) -> None:
    """Measure each engine on the same Parquet."""
    engines = {
        **ENGINES,
        **(CLICKHOUSE if find_spec("chdb") else {}),
        **(SPARK if find_spec("pyspark") else {}),
    }
    if wanted:
        engines = {
            name: engine
            for name, engine in engines.items()
            if any(each.lower() in name.lower() for each in wanted)
        }
    if quick:
        click.echo(json.dumps(_measured(engines, QUICK, 1), indent=1))
        return
    with saved("grouping") as found:
        found |= _measured(engines, SIZES, times)


def _measured(engines: Mapping[str, _Engine], sizes: Sequence[int], times: int) -> Json:
    found: Json = {"circumstances": circumstances([BASELINE]), "engines": {}}
    versions = found["circumstances"]["versions"]
    for package in PACKAGES:
        with suppress(metadata.PackageNotFoundError):
            versions[package] = metadata.version(package)
    with tempfile.TemporaryDirectory(prefix="ot2otel-") as directory:
        files = _written(Path(directory), (FEWEST, *sizes))
        for name, engine in engines.items():
            with engine(files, Path(directory)) as sources:
                found["engines"][name] = {
                    traces: [_run(f"{name}, {traces:,} traces", sources(traces)) for _ in range(times)]
                    for traces in (FEWEST, *sizes)
                }
    return found


def _written(directory: Path, sizes: Sequence[int]) -> Mapping[int, Sequence[Path]]:
    """Write two days of each size."""
    files = {size: [directory / f"{size}-{day}.parquet" for day in range(2)] for size in sizes}
    duckdb.execute("SET enable_progress_bar = false")  # it is shown on standard output, among the results
    for size, paths in files.items():
        for day, path in enumerate(paths):
            _say(f"writing {size:,} traces")
            start = _MIDNIGHT + day * 86_400 * 10**9
            duckdb.execute(_SPANS.format(first=1 + day * 10**9, start=start, traces=size, path=path))
    return files


def _run(name: str, sources: Sequence[str]) -> Json:
    """Run a comparison; return its seconds, and the CPU seconds and the peak memory of its process."""
    _say(name)
    command = [sys.executable, "-m", "ot2otel", "population", *sources, "--format", "json"]
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        started = time.monotonic()
        process = subprocess.Popen(command, stdout=output, stderr=errors, env=_environment())
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode not in (0, 1):
            raise SystemExit(f"{name}: {errors.read().decode()}")
        verdict = json.loads(output.read())
    return {
        "seconds": round(seconds, 2),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 2),
        "peak_mib": used.ru_maxrss // 1024,
        "load": os.getloadavg()[0],
        "traces": verdict["before"]["traces"],
        "forms": verdict["before"]["forms"],
    }


def _environment() -> Mapping[str, str]:
    return os.environ | {"SPARK_LOCAL_IP": "127.0.0.1", "PYTHONPATH": str(Path(__file__).parents[1])}


@contextmanager
def _duckdb(files: Mapping[int, Sequence[Path]], directory: Path) -> Iterator[Sources]:
    yield lambda traces: list(map(str, files[traces]))


@contextmanager
def _clickhouse(files: Mapping[int, Sequence[Path]], directory: Path) -> Iterator[Sources]:
    """Load the files into a server of this process: its CPU time is not among that of the comparison."""
    with clickhouse() as (port, session):
        for traces, paths in files.items():
            for day, path in enumerate(paths):
                exporter_table(session, f"day{day}_{traces}", path)
        url = f"clickhouse://127.0.0.1:{port}/default?table="
        yield lambda traces: [f"{url}day{day}_{traces}" for day in range(2)]


@contextmanager
def _spark(workers: int, files: Mapping[int, Sequence[Path]], directory: Path) -> Iterator[Sources]:
    """Start a cluster: the CPU time of its workers is not among that of the comparison."""
    with spark(workers, directory) as url:
        yield lambda traces: [f"{url}{path}" for path in files[traces]]


ENGINES: Mapping[str, _Engine] = {"DuckDB": _duckdb}
CLICKHOUSE: Mapping[str, _Engine] = {"ClickHouse": _clickhouse}
SPARK: Mapping[str, _Engine] = {
    "Spark, one worker": partial(_spark, 1),
    "Spark, two workers": partial(_spark, 2),
}


def _say(text: str) -> None:
    click.echo(text, err=True)


if __name__ == "__main__":
    main()
