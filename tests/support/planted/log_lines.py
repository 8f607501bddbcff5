"""Logs in spans of an event loop and of threads: `python -m tests.support.planted.log_lines PACKAGE`.

Each message ends with `trace id:span id`, as the tracer had them when the span was opened.
"""

import asyncio
import contextvars
import logging
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import import_module

from ot2otel_flows.logs import start_logging

LOGGER = logging.getLogger("planted")


def main(package: str) -> None:
    tracing = import_module(f"{package}.tracing").start_tracing("planted")
    start_logging(tracing.ids)

    def opened(name: str) -> AbstractContextManager[object]:
        tracer = tracing.tracer
        start: Callable[[str], AbstractContextManager[object]] = (
            getattr(tracer, "start_active_span", None) or tracer.start_as_current_span
        )
        return start(name)

    def active_ids() -> str:
        ids = tracing.ids()
        return f"{ids['trace_id']}:{ids['span_id']}"

    async def task(name: str, meeting: list[asyncio.Event]) -> None:
        with opened(name):
            expected = active_ids()
            meeting.pop().set()
            await asyncio.gather(*(event.wait() for event in meeting))
            LOGGER.info("after an await %s", expected)

    async def tasks() -> None:
        # Each sets the event that the other waits for, so both spans are open when both log.
        first, second = asyncio.Event(), asyncio.Event()
        await asyncio.gather(task("a", [first, second]), task("b", [second, first]))

    asyncio.run(tasks())
    with opened("c"):
        context, expected = contextvars.copy_context(), active_ids()
        thread = threading.Thread(
            target=context.run, args=(LOGGER.info, "in a thread with the context %s", expected)
        )
        thread.start()
        thread.join()
        thread = threading.Thread(target=LOGGER.info, args=("in a thread of its own %s", expected))
        thread.start()
        thread.join()
    LOGGER.info("outside of all")


main(*sys.argv[1:])
