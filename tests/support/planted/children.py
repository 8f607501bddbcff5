"""Records a span in a child of multiprocessing and then one here: `... planted.children PACKAGE METHOD`."""

from __future__ import annotations

import multiprocessing
import sys
from importlib import import_module
from typing import Any


def record(tracing: Any, name: str) -> None:  # Any: the tracing of one of the packages
    start = getattr(tracing.tracer, "start_active_span", None) or tracing.tracer.start_as_current_span
    with start(name):
        pass


def in_child(package: str, method: str) -> None:
    # A forked child has the tracing of its parent; the others start from nothing.
    record(
        TRACING if method == "fork" else import_module(f"{package}.tracing").start_tracing("child"), "child"
    )


if __name__ == "__main__":
    package, method = sys.argv[1:]
    TRACING = import_module(f"{package}.tracing").start_tracing("parent")
    context: Any = multiprocessing.get_context(method)  # Any: its base class declares no processes
    child = context.Process(target=in_child, args=(package, method))
    child.start()
    child.join(30)
    record(TRACING, "parent")
    TRACING.close()
    sys.exit(child.exitcode)
