"""A process that traces, and its children: `python -m tests.documents.claims.children legacy`.

Each child is a fork with one finished span that is named by its end. Batches wait for a minute, so that the
end alone decides whether the span is sent.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from multiprocessing import get_context

from tests.documents.claims.service import LIBRARIES, Library


def finish_a_span(library: Library, name: str) -> None:
    library.tracer.start_span(name).finish()


def forked(library: Library, name: str, end: Callable[[int], object]) -> None:
    child = os.fork()
    if not child:
        finish_a_span(library, name)
        end(0)
    os.waitpid(child, 0)


def in_multiprocessing(library: Library, name: str) -> None:
    child = get_context("fork").Process(target=finish_a_span, args=(library, name))
    child.start()
    child.join()


if __name__ == "__main__":
    library = LIBRARIES[sys.argv[1]]()
    forked(library, "sys.exit", sys.exit)
    forked(library, "os._exit", os._exit)
    in_multiprocessing(library, "multiprocessing")
