"""Spark's standalone master with two workers, as processes on loopback."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.support import peers

# A few shuffle partitions are enough for some thousand traces; Spark's 200 take minutes.
SETTINGS = {
    "PYSPARK_SUBMIT_ARGS": "--conf spark.sql.shuffle.partitions=4 pyspark-shell",
    "SPARK_LOCAL_IP": "127.0.0.1",
}
_PATIENCE = 90.0  # seconds
_MASTER = "org.apache.spark.deploy.master.Master"
_WORKER = "org.apache.spark.deploy.worker.Worker"


@contextmanager
def spark(workers: int, directory: Path) -> Iterator[str]:
    """Give the master's address, `spark://127.0.0.1:PORT`, when all workers have registered."""
    peers.program("java")
    home = Path(peers.module("pyspark", "ot2otel[spark]").__file__ or "").parent
    with ExitStack() as running:
        master = running.enter_context(_process(home, directory / "master.log", _MASTER, []))
        url = _awaited(master, r"Starting Spark master at (spark://127\.0\.0\.1:\d+)", 1)
        for number in range(workers):
            arguments = ["--cores", "1", "--memory", "1g", "--work-dir", str(directory), url]
            running.enter_context(_process(home, directory / f"worker{number}.log", _WORKER, arguments))
        _awaited(master, r"(Registering worker)", workers)
        yield url


@contextmanager
def _process(home: Path, log: Path, name: str, arguments: Sequence[str]) -> Iterator[Path]:
    ports = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0"]
    command = [str(home / "bin" / "spark-class"), name, *ports, *arguments]
    environment = os.environ | SETTINGS
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment)
    try:
        yield log
    finally:
        process.terminate()
        process.wait(30)


def _awaited(log: Path, pattern: str, times: int) -> str:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        found = re.findall(pattern, log.read_text(encoding="utf-8", errors="replace"))
        if len(found) >= times:
            return str(found[0])
        time.sleep(0.1)
    raise TimeoutError(f"{pattern} did not come in {_PATIENCE:g} s: {log.read_text(errors='replace')[-500:]}")
