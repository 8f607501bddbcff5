"""Runs the script of a trap on the installed libraries, in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import metadata
from typing import IO

from ot2otel.errors import Ot2OtelError
from ot2otel.outline import cut
from ot2otel.traps.trap import Trap

TIMEOUT = 60.0  # seconds
# A configuration of the caller's own must not change what a script sees; PYTHONOPTIMIZE removes assertions.
_NOT_PASSED_ON = ("OTEL_", "JAEGER_", "PYTHONOPTIMIZE", "PYTHONWARNINGS")
_FAILED = "AssertionError: "


class CannotRunError(Ot2OtelError):
    """A reproduction does not run here, so that nobody knows whether the trap is there."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer of a script: `seen` is what its last assertion saw, empty where the trap is not."""

    trap: Trap
    seen: str
    versions: Mapping[str, str]

    @property
    def is_there(self) -> bool:
        """Tell whether the installed libraries have the trap."""
        return bool(self.seen)


def run(trap: Trap, timeout: float = TIMEOUT) -> Outcome:
    """Run the script of a trap, and return its answer; raise CannotRunError.

    A trap is there if the script's last assertion fails, the only one with a message.
    """
    versions = installed(trap)
    with tempfile.TemporaryDirectory() as directory, _script(trap, directory) as process:
        try:
            errors = process.communicate(timeout=timeout)[1]
        except subprocess.TimeoutExpired:
            raise CannotRunError(f"{trap.name} did not end within {timeout:g} s.") from None
    if process.returncode == 0:
        return Outcome(trap, "", versions)
    last = errors.rstrip().rpartition("\n")[2]
    if process.returncode == 1 and last.startswith(_FAILED):
        return Outcome(trap, last.removeprefix(_FAILED), versions)
    if last == _FAILED.rstrip(": "):
        raise CannotRunError(f"{trap.name} found something else than it expects: run {trap.path} to see it.")
    raise CannotRunError(f"{trap.name} ended with {process.returncode}: {cut(last) or 'it said nothing.'}")


def installed(trap: Trap) -> Mapping[str, str]:
    """Return the versions of the packages that a script needs; raise CannotRunError if one is missing."""
    versions, missing = {}, []
    for package in trap.packages:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            missing.append(package)
    if missing:
        raise CannotRunError(
            f"{trap.name} needs {', '.join(missing)}, not installed here: pip install {' '.join(missing)}"
        )
    return versions


@contextmanager
def _script(trap: Trap, directory: str) -> Iterator[subprocess.Popen[str]]:
    """Run the script in a session of its own, and leave no process of it behind."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(_NOT_PASSED_ON)}
    process = subprocess.Popen(
        [sys.executable, str(trap.path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="backslashreplace",
        cwd=directory,
        env=environment,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        _close(process.stderr)


def _close(stream: IO[str] | None) -> None:
    if stream is not None:
        stream.close()
