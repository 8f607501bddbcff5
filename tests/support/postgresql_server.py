"""A PostgreSQL server of the tests' own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.support.peers import missing, module
from tests.support.waiting import wait_until

# The user of the process if the tests run as root, and the one of its databases.
SERVER_USER = "postgres"
USER = "keeper"
# Debian has the programs of each release here, and not on the path.
RELEASES = Path("/usr/lib/postgresql")

INITDB = ["--pgdata=data", "--auth=trust", "--no-sync", "--no-locale", "--encoding=UTF8"]
POSTGRES = ["-D", "data", "--listen_addresses=127.0.0.1", "--unix_socket_directories=", "--fsync=off"]


@contextmanager
def postgresql_server() -> Iterator[int]:
    """Run a server on a free port of 127.0.0.1, whose user `keeper` needs no password. Give the port."""
    psycopg: Any = module("psycopg", "ot2otel[peers]")  # Any: it may not be installed
    programs = _programs()
    # Not below pytest's own directory, which only its user may enter.
    with TemporaryDirectory() as directory:
        user = SERVER_USER if os.geteuid() == 0 else None  # the server refuses to run as root
        if user:
            shutil.chown(directory, user)
        subprocess.run(
            [programs / "initdb", *INITDB, f"--username={USER}"],
            cwd=directory,
            user=user,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        port = _free_port()
        server = subprocess.Popen(
            [programs / "postgres", *POSTGRES, f"--port={port}"], cwd=directory, user=user
        )
        try:
            wait_until(lambda: _answers(psycopg, port))
            yield port
        finally:
            server.send_signal(signal.SIGINT)  # ends its connections instead of waiting for them
            try:
                server.wait(10)
            finally:
                server.kill()
                server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _programs() -> Path:
    releases = [path for path in RELEASES.glob("*/bin") if (path / "initdb").exists()]
    if not releases:
        missing("postgresql is not installed")
    return max(releases, key=lambda path: float(path.parent.name))


def _answers(psycopg: Any, port: int) -> bool:  # Any: it may not be installed
    try:
        psycopg.connect(host="127.0.0.1", port=port, dbname="postgres", user=USER).close()
    except psycopg.OperationalError:
        return False
    return True
