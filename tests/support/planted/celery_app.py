"""A Celery application with one task, which records one span.

`celery --app tests.support.planted.celery_app worker` runs its worker. `python -m` with this module and COUNT
runs the task COUNT times and prints the ids of the processes that did. BROKER is a URL of Redis. With FLUSH=1
a child of the worker flushes its spans before it ends.
"""

from __future__ import annotations

import os
import sys

from celery import Celery
from celery.signals import worker_process_init, worker_process_shutdown
from opentelemetry import trace

from otel_native.tracing import flush_provider, start_provider

app = Celery("planted", broker=os.environ["BROKER"], backend=os.environ["BROKER"])


def start(**_: object) -> None:
    """Start the tracing of a child, whose exporter has a thread: after the fork."""
    provider = start_provider("worker", namespace="native")
    trace.set_tracer_provider(provider)
    if os.environ.get("FLUSH"):
        # A child ends by os._exit, so that Python's own handlers at the exit never run.
        worker_process_shutdown.connect(lambda **_: flush_provider(provider), weak=False)


def work(number: int) -> int:
    """Record a span with this number; return the id of the process."""
    with trace.get_tracer("planted").start_as_current_span("work", attributes={"number": number}):
        return os.getpid()


worker_process_init.connect(start)
task = app.task(name="work")(work)

if __name__ == "__main__":
    results = [task.delay(number) for number in range(int(sys.argv[1]))]
    print(*(result.get(timeout=60) for result in results))
