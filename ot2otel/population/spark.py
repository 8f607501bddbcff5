"""Parquet in Spark: a cluster's master, or Spark in this process."""

from __future__ import annotations

import socket
from urllib.parse import SplitResult
from uuid import uuid4

import ibis
from ibis.backends import BaseBackend
from ibis.expr import types as ir
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sql

from ot2otel.population.schemas import PopulationError

_PORT = 7077
_PATIENCE = 10.0  # seconds; Spark itself asks a master for a minute
_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.legacy.parquet.nanosAsLong": "true",
    # No page that everybody can read, and no second progress beside our own.
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_ALONE = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}


def parquet(url: SplitResult, name: str) -> tuple[BaseBackend, ir.Table]:
    """Return Spark and the table of the Parquet files at the URL's path; raise PopulationError.

    Both sides of a comparison share one session. Its settings are those of spark-defaults.conf and of
    PYSPARK_SUBMIT_ARGS, but for the few that are needed here.
    """
    try:
        session = _session(url)
        frame = _with_times(session.read.parquet(url.path))
    except OSError as error:
        raise PopulationError(f"{name} does not answer: {error.strerror or error}") from error
    except (PySparkException, Py4JError) as error:
        raise PopulationError(f"{name} can't be read: {_reason(error)}") from error
    view = f"ot2otel_{uuid4().hex}"
    frame.createOrReplaceTempView(view)
    engine = ibis.pyspark.connect(session)
    return engine, engine.table(view)


def _session(url: SplitResult) -> SparkSession:
    builder: SparkSession.Builder = SparkSession.builder.appName("ot2otel")
    if url.hostname == "local":
        builder = builder.master("local[*]").config(map={**_SETTINGS, **_ALONE})
    else:
        port = url.port or _PORT
        socket.create_connection((url.hostname or "", port), _PATIENCE).close()
        builder = builder.master(f"spark://{url.hostname}:{port}").config(map=_SETTINGS)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def _with_times(frame: DataFrame) -> DataFrame:
    """Return the spans with microseconds: Spark reads nanoseconds as whole numbers."""
    if dict(frame.dtypes).get("Timestamp") != "bigint":
        return frame
    return frame.withColumn("Timestamp", sql.expr("timestamp_micros(Timestamp div 1000)"))


def _reason(error: Exception) -> str:
    """Return the line of an error that has the problem; the first one of Java's is about Python's call."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[1 if isinstance(error, Py4JError) and len(lines) > 1 else 0] if lines else "no reason"
