"""gunicorn's settings: it tells of each worker that is ready, before which a SIGTERM to it is lost."""

from __future__ import annotations

from typing import Any

bind = "127.0.0.1:0"
workers = 2
control_socket_disable = True  # it would stand in the user's home


def post_worker_init(worker: Any) -> None:  # Any: gunicorn may not be installed
    worker.log.info("Worker ready (pid: %s)", worker.pid)
