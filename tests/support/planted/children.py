"""Records a span in a child process and then one here, and ends without a word to the tracing.

`... planted.children PACKAGE METHOD`; the method is one of multiprocessing's, or `os.fork`, whose child ends
as a worker of gunicorn does, or `os._exit`, whose child runs no handlers at its end.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from multiprocessing import get_context
from typing import Any, NoReturn

FORKS: dict[str, Callable[[int], NoReturn]] = {"os.fork": sys.exit, "os._exit": os._exit}


def record(tracing: Any, name: str) -> None:  # Any: the tracing of one of the packages
    start = getattr(tracing.tracer, "start_active_span", None) or tracing.tracer.start_as_current_span
    with start(name):
        pass


def in_child(package: str, method: str) -> None:
    # A forked child has the tracing of its parent; the others start from nothing.
    record(
        TRACING if method == "fork" else import_module(f"{package}.tracing").start_tracing("child"), "child"
    )


def in_multiprocessing(package: str, method: str) -> int:
    context: Any = get_context(method)  # Any: its base class declares no processes
    child = context.Process(target=in_child, args=(package, method))
    child.start()
    child.join(30)
    return int(child.exitcode)


def in_fork(leave: Callable[[int], NoReturn]) -> int:
    child = os.fork()
    if not child:
        record(TRACING, "child")
        leave(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    package, method = sys.argv[1:]
    TRACING = import_module(f"{package}.tracing").start_tracing("parent")
    leave = FORKS.get(method)
    code = in_fork(leave) if leave else in_multiprocessing(package, method)
    record(TRACING, "parent")
    sys.exit(code)
