"""Delivers the spans of child processes that end without Python's handlers at the exit."""

from __future__ import annotations

import sys
from collections.abc import Callable
from multiprocessing import parent_process
from multiprocessing.util import Finalize, register_after_fork


def deliver_in_children(deliver: Callable[[], None]) -> None:
    """Let each child of multiprocessing or Celery call `deliver` before it ends by os._exit.

    It is for this process, if it is such a child, and for those that it forks. Celery has to be imported
    before: its worker is.
    """

    def before_the_end(_: object = None) -> None:
        Finalize(None, deliver, exitpriority=100)

    if parent_process() is not None:
        before_the_end()
    # multiprocessing keeps no object alive for this; a function of a module lives.
    register_after_fork(deliver_in_children, before_the_end)
    # Not imported here: a program without Celery does not pay for it, nor need it installed.
    if "celery" in sys.modules:
        from celery.signals import worker_process_shutdown

        worker_process_shutdown.connect(lambda **_: deliver(), weak=False)
