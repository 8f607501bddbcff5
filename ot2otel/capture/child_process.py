"""A child process: its start, the line that shows it is ready, its log and its end."""

from __future__ import annotations

import re
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

from ot2otel.capture import guard
from ot2otel.errors import Ot2OtelError
from ot2otel.outline import cut

_LOG_LINES = 20
_LONGEST_READ = 64 * 1024  # characters of a line
_LONGEST_KEPT = 1000


class ProcessFailedError(Ot2OtelError):
    """A process did not become ready, or ended by itself. The text ends with its last log lines."""


class NotReadyError(ProcessFailedError):
    """A process was not ready in time, and still runs."""


class ChildProcess:
    """A process that `start` runs and `stop` ends. It ends with this process, too, whatever ends that one.

    It is ready when it has written a line that `ready` matches. It inherits no environment variables: it gets
    those in `environment`. `label` names it in errors. `show` is called with each line that it writes.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        ready: re.Pattern[str],
        label: str,
        show: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._command = command
        self._environment = environment
        self._ready_line = ready
        self._label = label
        self._show = show
        self._log: deque[str] = deque(maxlen=_LOG_LINES)
        self._ready = threading.Event()
        self._found: re.Match[str]
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread
        self._asked = False  # to stop

    def start(self) -> None:
        """Run the process."""
        with _signals_deferred():
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=dict(self._environment),
                encoding="utf-8",
                errors="replace",
                **guard.options(),
            )
            self._reader = threading.Thread(target=self._read_log, args=(self._process,), daemon=True)
            self._reader.start()

    @property
    def pid(self) -> int:
        """The id of the process; 0 until `start`."""
        return self._process.pid if self._process else 0

    @property
    def ended(self) -> bool:
        """Whether the process is not running: no longer, or not yet."""
        return self._process is None or self._process.poll() is not None

    @property
    def log(self) -> str:
        """The last 20 lines that the process wrote; long ones are cut, with their length."""
        return "\n".join(self._log)

    def wait_for_line(self, timeout: float) -> re.Match[str]:
        """Return the match in the line that shows it is ready; raise NotReadyError after `timeout` s.

        Raises ProcessFailedError if it ended before.
        """
        deadline = time.monotonic() + timeout
        while not self._ready.wait(0.05):
            if self.ended:
                self._reader.join()
                if self._ready.is_set():  # its last line, read after the wait
                    break
                raise self.failure("did not come up")
            if time.monotonic() > deadline:
                raise NotReadyError(str(self.failure(f"was not ready after {timeout:g} s")))
        return self._found

    def check_running(self) -> None:
        """Raise ProcessFailedError if the process ended by itself."""
        if self.ended:
            raise self.failure("ended by itself")

    def failure(self, problem: str) -> ProcessFailedError:
        """Return the error that the process has this problem ("was not ready"), with its last log lines."""
        return ProcessFailedError(f"{self._label} {problem}. Its last log lines:\n{self.log}")

    def ask_to_stop(self, ending: signal.Signals = signal.SIGTERM) -> None:
        """Send a signal at which the process ends; a later `stop` sends no second one."""
        if self._process and not self.ended:
            self._asked = True
            self._process.send_signal(ending)

    def stop(self, timeout: float) -> int:
        """End the process and return its exit code; kill it if it does not end within `timeout` seconds."""
        if self._process is None:
            return 0
        if not self._asked:
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
        # A longer line is read in pieces: a process without a line break must not fill the memory.
        for line in iter(partial(process.stdout.readline, _LONGEST_READ), "") if process.stdout else ():
            self._log.append(cut(line.rstrip(), _LONGEST_KEPT))
            self._show(line.rstrip())
            if not self._ready.is_set() and (found := self._ready_line.search(line)):
                self._found = found
                self._ready.set()


@contextmanager
def _signals_deferred() -> Iterator[None]:
    """Delay signals that end this process while a child starts: it can be ended when its id is known."""
    if threading.current_thread() is not threading.main_thread():  # others get no signals
        yield
        return
    arrived: list[int] = []
    handlers = {
        number: signal.signal(number, lambda number, _: arrived.append(number))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for late in arrived:
            signal.raise_signal(late)
