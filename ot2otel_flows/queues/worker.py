"""A service that works in a thread beside its port."""

from __future__ import annotations

import threading
from collections.abc import Callable

from flask import Flask

# Seconds of rest after a turn that failed, for example without a connection to the queues.
_REST = 1.0


class Worker(Flask):
    """An application that takes `turn` after turn, in a thread of its own, while its `with` block runs."""

    def __init__(self, name: str, turn: Callable[[], None]) -> None:
        super().__init__(name)
        self._turn = turn
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def __enter__(self) -> Worker:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.set()
        # If a turn takes longer, its messages are delivered again, to the next worker.
        self._thread.join(timeout=2.0)

    def _work(self) -> None:
        while not self._leaving.is_set():
            try:
                self._turn()
            except Exception:
                self.logger.exception("%s could not take its turn", self.name)
                self._leaving.wait(_REST)
