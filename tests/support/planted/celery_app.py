"""A Celery application with one task, which records one span.

`celery --app tests.support.planted.celery_app worker` runs its worker. `python -m` with this module and COUNT
runs the task COUNT times and prints the ids of the processes that did. BROKER is a URL of Redis. The set-up
of PACKAGE starts the tracing, in the worker with WHEN=parent and in each child of it with WHEN=child;
PACKAGE=none has a provider alone.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

app = Celery("planted", broker=os.environ["BROKER"], backend=os.environ["BROKER"])
running: list[Any] = []  # Any: the tracers of the packages have no type in common


def start(**_: object) -> None:
    """Start the tracing of this process."""
    package = os.environ["PACKAGE"]
    if package == "none":
        from otel_native.tracing import start_provider

        running[:] = [start_provider("worker", namespace="native").get_tracer("planted")]
    else:
        running[:] = [import_module(f"{package}.tracing").start_tracing("worker").tracer]


def work(number: int) -> int:
    """Record a span named by this number; return the id of the process."""
    [tracer] = running
    open_span = getattr(tracer, "start_active_span", None) or tracer.start_as_current_span
    with open_span(str(number)):
        return os.getpid()


task = app.task(name="work")(work)

if __name__ == "__main__":
    results = [task.delay(number) for number in range(int(sys.argv[1]))]
    print(*(result.get(timeout=60) for result in results))
elif os.environ["WHEN"] == "parent":
    start()
else:
    worker_process_init.connect(start)
