"""Celery on Redis: a worker runs tasks, of which one fails, one is tried again and one asks for another."""

from __future__ import annotations

import sys
import threading
import time
from typing import Any

from celery import Celery
from celery.apps.worker import Worker

from tests.golden.exchanges.child import child
from tests.golden.exchanges.tracing import START, Started
from tests.support.redis_server import redis_server

SERVICES = ("shop", "mailer")
_WORKERS = ("packing", "sorting")
# Each task with the options of its message. Celery's own ids would be others in each run.
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
        app = _app(tracing, scenario, url)
        style = "opentelemetry" if tracing.tracer is None else "opentracing"
        with child(__name__, style, str(scenario), url):
            for number, (name, options) in enumerate(_TASKS[scenario]):
                asked = app.tasks[name].apply_async(task_id=f"task-{number}", reply_to="replies", **options)
                _wait_for(asked)
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
    (_shop, _mailer)[scenario](app)
    app.finalize()
    return app


def _shop(app: Any) -> None:  # Any: as above
    @app.task(name="shop.add")
    def add() -> int:
        return 2

    @app.task(name="shop.fail")
    def fail() -> None:
        raise ValueError("boom")

    @app.task(name="shop.again", bind=True)
    def again(self: Any) -> int:
        if self.request.retries == 0:
            raise self.retry(exc=ConnectionError("try later"), countdown=0)
        return 3


def _mailer(app: Any) -> None:  # Any: as above
    @app.task(name="mailer.send")
    def send() -> str:
        return "sent"

    @app.task(name="mailer.torn")
    def torn() -> None:
        raise LookupError("a page is torn")

    @app.task(name="mailer.twice", bind=True)
    def twice(self: Any) -> str:
        if self.request.retries < 2:
            raise self.retry(exc=OSError("no stamps"), countdown=0)
        return "sent"

    @app.task(name="mailer.both")
    def both() -> None:
        send.apply_async(task_id="task-inner", reply_to="replies")


if __name__ == "__main__":
    main(*sys.argv[1:])
