"""Celery on Redis: a worker runs tasks, of which one fails, one is tried again and one asks for another."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from celery import Celery
from celery.apps.worker import Worker

from tests.golden.exchanges.child import child
from tests.golden.exchanges.tracing import START, Started
from tests.support.redis_server import redis_server

SERVICES = ("shop", "mailer")
_WORKERS = ("packing", "sorting")
# Each task with the options of its message. Celery's own ids would be others in each run.
_INNER = "task-inner"  # what `mailer.both` asks for
_TASKS: tuple[tuple[tuple[str, dict[str, Any]], ...], ...] = (  # Any: options
    (("shop.add", {}), ("shop.fail", {}), ("shop.again", {})),
    (
        ("mailer.send", {"queue": "letters", "priority": 3}),
        ("mailer.torn", {"queue": "letters"}),
        ("mailer.twice", {"time_limit": 30, "soft_time_limit": 20}),
        ("mailer.both", {}),
    ),
)


def exchange(tracing: Started, scenario: int) -> None:
    """Send the scenario's tasks to a worker in a process of its own, and wait for the results."""
    with redis_server() as url:
        print(f"port {url.rpartition(':')[2].partition('/')[0]}", flush=True)
        app = _app(tracing, scenario, url)
        style = "opentelemetry" if tracing.tracer is None else "opentracing"
        with child(__name__, style, str(scenario), url):
            for number, (name, options) in enumerate(_TASKS[scenario]):
                asked = app.tasks[name].apply_async(task_id=f"task-{number}", reply_to="replies", **options)
                _wait_for(asked)
                if name == "mailer.both":
                    _wait_for(app.AsyncResult(_INNER))
                asked.backend = None  # at its end it would ask Redis, which is gone then, for 20 s
        app.close()


def _wait_for(result: Any) -> None:  # Any: Celery publishes no types
    """Ask for the result again and again: Celery's own waiting needs seconds to end a subscription."""
    until = time.monotonic() + 60
    while not result.ready():
        if time.monotonic() > until:
            raise TimeoutError(f"Waited 60 s for the result of {result.id}, it is {result.state}.")
        time.sleep(0.05)


def main(style: str, scenario: str, url: str) -> None:
    """Run the scenario's tasks until the end of standard input."""
    tracing = START[style](_WORKERS[int(scenario)])
    app = _app(tracing, int(scenario), url)
    queues = ["celery", "letters"]
    worker = Worker(app=app, pool="solo", hostname="worker@exchange", queues=queues, loglevel="FATAL")
    print("worker", flush=True)
    threading.Thread(target=_stop_at_end, args=(worker,), daemon=True).start()
    worker.start()
    tracing.close()


def _stop_at_end(worker: Any) -> None:  # Any: Celery publishes no types
    sys.stdin.read()
    from celery.worker import state

    state.should_stop = 0


def _app(tracing: Started, scenario: int, url: str) -> Any:  # Any: as above
    if tracing.tracer is None:
        from opentelemetry.instrumentation.celery import CeleryInstrumentor

        app = Celery("exchange", broker=url, backend=url)
        CeleryInstrumentor().instrument()
    else:
        from celery_opentracing import CeleryTracing

        app = CeleryTracing("exchange", broker=url, backend=url, tracer=tracing.tracer)
    for name, function in _FUNCTIONS[scenario].items():
        app.task(name=name, bind=function in _BOUND)(function)
    app.finalize()
    return app


def _add() -> int:
    return 2


def _fail() -> None:
    raise ValueError("boom")


def _again(task: Any) -> int:  # Any: as above
    if task.request.retries == 0:
        raise task.retry(exc=ConnectionError("try later"), countdown=0)
    return 3


def _send() -> str:
    return "sent"


def _torn() -> None:
    raise LookupError("a page is torn")


def _twice(task: Any) -> str:
    if task.request.retries < 2:
        raise task.retry(exc=OSError("no stamps"), countdown=0)
    return "sent"


def _both(task: Any) -> None:
    task.app.tasks["mailer.send"].apply_async(task_id=_INNER, reply_to="replies")


# By name; those of `_BOUND` get their task.
_FUNCTIONS: tuple[dict[str, Callable[..., object]], ...] = (
    {"shop.add": _add, "shop.fail": _fail, "shop.again": _again},
    {"mailer.send": _send, "mailer.torn": _torn, "mailer.twice": _twice, "mailer.both": _both},
)
_BOUND = (_again, _twice, _both)


if __name__ == "__main__":
    main(*sys.argv[1:])
