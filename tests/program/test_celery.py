"""The spans of Celery's children that end after one task: lost as found, delivered with our set-up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import pytest

from ot2otel.model import Span
from ot2otel.receive.collector import Collector
from tests.support.peers import module, peer
from tests.support.redis_server import redis_server
from tests.support.running import unhurried
from tests.support.runs import ROOT
from tests.support.waiting import wait_until

pytestmark = peer("celery")

APP = "tests.support.planted.celery_app"
TASKS = 10
# As many children as tasks: the worker replaces those that have ended only every 5 s.
OPTIONS = ["--pool", "prefork", "--concurrency", str(TASKS), "--max-tasks-per-child", "1"]


@contextmanager
def worker(environment: Mapping[str, str]) -> Iterator[None]:
    """Run a worker in a process group of its own, which has to be empty in the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "--app", APP, "worker", *OPTIONS],
        cwd=ROOT,
        env=environment,
        start_new_session=True,
    )
    try:
        yield
        process.terminate()
        assert process.wait(20) == 0
        assert not is_running(-process.pid), "a child of the worker is left"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def is_running(process: int) -> bool:
    """Tell whether there is a process with this id, or for a negative one in the group."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def run_tasks(environment: Mapping[str, str]) -> set[int]:
    """Run every task; return the ids of the children that did."""
    ran = subprocess.run(
        [sys.executable, "-m", APP, str(TASKS)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        timeout=70,
        check=True,
    )
    return {int(process) for process in ran.stdout.split()}


def delivered(package: str, when: str) -> tuple[Span, ...]:
    """Run every task; return the spans that have arrived when the worker has ended."""
    module("celery", "ot2otel[peers]")
    with redis_server() as url, Collector() as collector:
        environment = {**unhurried(collector), "BROKER": url, "PACKAGE": package, "WHEN": when}
        with worker(environment):
            children = run_tasks(environment)
            # By themselves: a signal from here would explain a loss, too.
            wait_until(lambda: not any(map(is_running, children)))
    assert len(children) == TASKS
    assert collector.problems == ()
    return collector.spans


def test_children_that_end_after_one_task_lose_their_spans() -> None:
    spans = delivered("none", "child")

    # The batch processor waits 5 s for more spans; a child ends at once.
    assert len(spans) < TASKS


@pytest.mark.parametrize(
    ("package", "when"),
    [
        ("otel_native", "child"),
        ("otel_native", "parent"),
        ("shim_bridge", "child"),
        ("shim_bridge", "parent"),
        ("legacy_opentracing", "child"),
    ],
)
def test_no_span_is_lost_with_our_set_up(package: str, when: str) -> None:
    spans = delivered(package, when)

    assert Counter(span.name for span in spans) == Counter(map(str, range(TASKS)))


def test_with_jaeger_client_started_before_the_fork_every_span_is_lost() -> None:
    assert delivered("legacy_opentracing", "parent") == ()
