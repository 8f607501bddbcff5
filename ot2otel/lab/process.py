"""One service of a flow as a process: started, found ready, stopped, its last log lines kept."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from ot2otel.errors import Ot2OtelError
from ot2otel.lab.catalog import Flow, Service, Variant

_LISTENING = re.compile(r"listening on (http://\S+:(\d+))$")
_LOG_LINES = 20
_OURS = ("OTEL_", "JAEGER_")


class ServiceFailedError(Ot2OtelError):
    """A service did not come up, or ended by itself; the text ends with its last log lines."""


class ServiceProcess:
    """A service that `start` runs; leaving its context stops it, so enter that first.

    `environment` holds its tracing settings and replaces every OTEL_* and JAEGER_* variable of this
    process, so that what is set here for other reasons changes nothing there. `show` is called with each
    line that the service writes.
    """

    def __init__(
        self,
        variant: Variant,
        flow: Flow,
        service: Service,
        options: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        port: int = 0,
        show: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.service = service
        self.url = ""
        self.port = 0
        self._label = f"{variant.name}'s {service.name}"
        self._command = [sys.executable, "-m", variant.package, flow.name, service.name]
        self._command += ["--port", str(port), *options]
        self._environment = _environment(environment or {})
        self._show = show
        self._log: deque[str] = deque(maxlen=_LOG_LINES)
        self._listening = threading.Event()
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread

    def __enter__(self) -> ServiceProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Run the service."""
        with _signals_deferred():
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=self._environment,
                encoding="utf-8",
                errors="replace",
            )
            self._reader = threading.Thread(target=self._read_log, args=(self._process,), daemon=True)
            self._reader.start()

    @property
    def pid(self) -> int:
        """The process's id; 0 before `start`."""
        return self._process.pid if self._process else 0

    @property
    def ended(self) -> bool:
        """Whether the service is not running: not any more, or not yet."""
        return self._process is None or self._process.poll() is not None

    @property
    def log(self) -> str:
        """The last lines that the service wrote."""
        return "\n".join(self._log)

    def wait_until_ready(self, timeout: float = 20.0) -> None:
        """Return when the service's port accepts a connection; raise ServiceFailedError after `timeout` s."""
        deadline = time.monotonic() + timeout
        while not self._listening.wait(0.05):
            if self.ended:
                self._reader.join()
                raise ServiceFailedError(f"{self._label} did not come up. Its last log lines:\n{self.log}")
            if time.monotonic() > deadline:
                raise ServiceFailedError(
                    f"{self._label} was not listening after {timeout:g} s. Its last log lines:\n{self.log}"
                )
        host = self.url.removeprefix("http://").rpartition(":")[0]
        socket.create_connection((host, self.port), timeout).close()

    def check_running(self) -> None:
        """Raise ServiceFailedError if the service ended by itself."""
        if self.ended:
            raise ServiceFailedError(f"{self._label} ended by itself. Its last log lines:\n{self.log}")

    def ask_to_stop(self, ending: signal.Signals = signal.SIGTERM) -> None:
        """Send SIGTERM or SIGINT, at which the service delivers its finished spans and ends."""
        if self._process and not self.ended:
            self._process.send_signal(ending)

    def stop(self, timeout: float = 6.0) -> int:
        """End the service and return its exit code; kill it if it does not end within `timeout` seconds."""
        if self._process is None:
            return 0
        self.ask_to_stop()
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._log.append(f"(killed: it did not end within {timeout:g} s)")
        finally:
            self._process.kill()
            self._process.wait()
        self._reader.join(timeout)
        if self._process.stdout:
            self._process.stdout.close()
        return self._process.returncode

    def _read_log(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            self._log.append(line.rstrip())
            self._show(line.rstrip())
            if (found := _LISTENING.search(line)) and not self._listening.is_set():
                self.url, self.port = found[1], int(found[2])
                self._listening.set()


@contextmanager
def _signals_deferred() -> Iterator[None]:
    """Let SIGINT and SIGTERM wait: between the start of a process and its being known nobody could end it."""
    if threading.current_thread() is not threading.main_thread():  # others get no signals
        yield
        return
    arrived: list[int] = []
    handlers = {
        number: signal.signal(number, lambda number, _: arrived.append(number))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for late in arrived:
            signal.raise_signal(late)


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    # A proxy for the outside world must not come between two services on this machine.
    return inherited | {"NO_PROXY": "127.0.0.1,localhost", "PYTHONUNBUFFERED": "1"} | dict(settings)
