"""A user's own command in the foreground: it has our terminal, our input and output, and our signals."""

from __future__ import annotations

import errno
import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from ot2otel.capture import guard
from ot2otel.errors import Ot2OtelError

_NOT_FOUND, _NOT_EXECUTABLE = 127, 126  # as shells have it
_PAUSE = 0.01
_GRACE = 2.0  # seconds, after an error
_STDOUT, _STDERR = 1, 2
_BY_A_TERMINAL = (signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)


class CommandError(Ot2OtelError):
    """A command can't be started; `code` is a shell's exit code for that."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


class Command:
    """A running command; `foreground` starts it."""

    def __init__(self, pid: int, group: int, terminal: _Terminal) -> None:
        self.pid = pid
        self._group = group
        self._terminal = terminal
        self._status: int | None = None
        self._was_asked = False

    @property
    def ended(self) -> bool:
        """Whether it ended. If somebody stopped it (Ctrl-Z), this process stops as well, until both go on."""
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
            if pid and os.WIFSTOPPED(status):
                self._stopped(os.WSTOPSIG(status))
            elif pid:
                self._status = status
        return self._status is not None

    @property
    def ended_by_itself(self) -> bool:
        """Whether it ended, and not since `end` was called."""
        return self.ended and not self._was_asked

    @property
    def code(self) -> int:
        """The exit code as a shell tells it: 128 and the number of a signal that ended it."""
        if self._status is None:
            raise RuntimeError("the command still runs")
        code = os.waitstatus_to_exitcode(self._status)
        return code if code >= 0 else 128 - code

    def send(self, number: int) -> None:
        """Send a signal to the command and to the processes that it started."""
        # They are all in one group, with the guardian, which ignores it.
        with suppress(ProcessLookupError):
            os.killpg(self._group, number)

    def end(self, grace: float) -> bool:
        """Ask it to end, and kill it after `grace` seconds; return whether it ended by itself."""
        self._was_asked = True
        self.send(signal.SIGTERM)
        self.send(signal.SIGCONT)  # a stopped process gets no other signal but SIGKILL
        deadline = time.monotonic() + grace
        while not self.ended:
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
                self._status = os.waitpid(self.pid, 0)[1]
                return False
            time.sleep(_PAUSE)
        return True

    def _stopped(self, number: int) -> None:
        if not self._terminal.exists or number not in _BY_A_TERMINAL:
            return
        if number == signal.SIGTSTP or not self._terminal.is_ours:
            self._terminal.take_back()
            # The shell's job is this group; it goes on here after SIGCONT.
            os.killpg(os.getpgrp(), signal.SIGSTOP)
        self._terminal.hand_over(self._group)
        self.send(signal.SIGCONT)


@contextmanager
def foreground(
    words: Sequence[str], environment: Mapping[str, str], output_to_stderr: bool = False
) -> Iterator[Command]:
    """Run a command during the block. At the end it and all processes of its group are ended, and waited for.

    With `output_to_stderr` its standard output goes to our standard error. Raises CommandError.
    """
    terminal = _Terminal()
    with guard.group() as group:
        terminal.hand_over(group)
        try:
            command = Command(_spawned(words, environment, group, output_to_stderr), group, terminal)
            try:
                yield command
            finally:
                if not command.ended:
                    command.end(_GRACE)
        finally:
            terminal.close()


def _spawned(words: Sequence[str], environment: Mapping[str, str], group: int, output_to_stderr: bool) -> int:
    actions = [(os.POSIX_SPAWN_DUP2, _STDERR, _STDOUT)] if output_to_stderr else []
    try:
        return os.posix_spawnp(
            words[0],
            list(words),
            dict(environment),
            file_actions=actions,
            setpgroup=group,
            setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],  # Python ignores these two
        )
    except OSError as error:
        found = "command not found" if error.errno == errno.ENOENT else os.strerror(error.errno or 0)
        code = _NOT_FOUND if error.errno == errno.ENOENT else _NOT_EXECUTABLE
        raise CommandError(f"{words[0]} can't be started: {found}", code) from error


class _Terminal:
    """The terminal of which this process has the foreground; nothing without one."""

    def __init__(self) -> None:
        self._file = -1
        self._handed_to = 0
        with suppress(OSError):
            self._file = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)

    @property
    def exists(self) -> bool:
        """Whether this process has a terminal."""
        return self._file >= 0

    @property
    def is_ours(self) -> bool:
        """Whether this process has the foreground."""
        with suppress(OSError):
            return os.tcgetpgrp(self._file) == os.getpgrp()
        return False

    def hand_over(self, group: int) -> None:
        """Give the foreground to this group, if this process has it."""
        with suppress(OSError):
            if self.is_ours:
                self._set(group)
                self._handed_to = group

    def take_back(self) -> None:
        """Have the foreground again, if it was handed over."""
        with suppress(OSError):
            if os.tcgetpgrp(self._file) == self._handed_to:
                self._set(os.getpgrp())

    def close(self) -> None:
        """Take the foreground back, and close the terminal."""
        self.take_back()
        if self.exists:
            os.close(self._file)
            self._file = -1

    def _set(self, group: int) -> None:
        # A process in the background that does this is stopped, unless it ignores that.
        earlier = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        try:
            os.tcsetpgrp(self._file, group)
        finally:
            signal.signal(signal.SIGTTOU, earlier)
