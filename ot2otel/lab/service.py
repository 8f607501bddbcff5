"""One service of a flow as a process: its command, its port and its end."""

from __future__ import annotations

import re
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence

from ot2otel.capture.child_process import ChildProcess
from ot2otel.capture.environment import untraced
from ot2otel.lab import agent
from ot2otel.lab.catalog import Flow, Service, Variant

_CONNECTED = 5.0  # seconds, also for a service that came up at the last moment
_LISTENING = re.compile(r"listening on (http://\S+:(\d+))$")


class ServiceProcess:
    """A service that `start` runs. Leaving its context stops it, so enter the context first.

    `settings` are its tracing variables. It gets no OTEL_* and JAEGER_* variable of this process, so those
    set here for other reasons change nothing there. `show` is called with each line that it writes.
    """

    def __init__(
        self,
        variant: Variant,
        flow: Flow,
        service: Service,
        options: Sequence[str] = (),
        settings: Mapping[str, str] | None = None,
        port: int = 0,
        show: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.service = service
        self.url = ""
        self.port = 0
        command = [sys.executable, "-m", variant.package, flow.name, service.name]
        settings = settings or {}
        if variant.agent:
            command = [*agent.command(), *command]
            settings = agent.settings(service.name, variant.name, settings)
        self._process = ChildProcess(
            [*command, "--port", str(port), *options],
            # A proxy for the outside world must not stand between two services on this machine.
            {**untraced(), "NO_PROXY": "127.0.0.1,localhost", "PYTHONUNBUFFERED": "1", **settings},
            _LISTENING,
            f"{variant.name}'s {service.name}",
            show,
        )

    def __enter__(self) -> ServiceProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Run the service."""
        self._process.start()

    @property
    def pid(self) -> int:
        """The id of the process; 0 until `start`."""
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether the service is not running: no longer, or not yet."""
        return self._process.ended

    @property
    def log(self) -> str:
        """The last 20 lines that the service wrote."""
        return self._process.log

    def wait_until_ready(self, timeout: float = 60.0) -> None:
        """Return when the service's port accepts a connection; raise ProcessFailedError after `timeout` s."""
        found = self._process.wait_for_line(timeout)
        self.url, self.port = found[1], int(found[2])
        host = self.url.removeprefix("http://").rpartition(":")[0]
        try:
            socket.create_connection((host, self.port), max(timeout, _CONNECTED)).close()
        except OSError as error:
            raise self._process.failure(f"accepts no connection at {self.url}: {error}") from error

    def check_running(self) -> None:
        """Raise ProcessFailedError if the service ended by itself."""
        self._process.check_running()

    def ask_to_stop(self, ending: signal.Signals = signal.SIGTERM) -> None:
        """Send SIGTERM or SIGINT, at which the service delivers its finished spans and ends."""
        self._process.ask_to_stop(ending)

    def stop(self, timeout: float = 15.0) -> int:
        """End the service and return its exit code; kill it if it does not end within `timeout` seconds."""
        return self._process.stop(timeout)
