"""How a command ends: each error becomes one message and exit code 2, and 1 is only ever an answer."""

from __future__ import annotations

import atexit
import os
import select
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, NoReturn, TextIO

import click

from ot2otel.errors import Ot2OtelError
from ot2otel.outline import cut, printable_lines

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_AGAIN = 0.01  # seconds
_ADVICE = "`ot2otel --debug` shows where."


class Failure(click.ClickException):
    """An error that ends a command with exit code 2."""

    exit_code = 2


@contextmanager
def one_message(debug: bool = False) -> Iterator[None]:
    """Turn every error in the block into a Failure with a text for people; `debug` prints the traceback too.

    The message may quote what came from a wire, a Jaeger, a file or the command line: it is escaped here. A
    reader of standard output that went away ends the command without a message, as SIGPIPE ends others.
    """
    try:
        yield
    except (click.exceptions.Exit, click.Abort):
        raise
    except click.UsageError as error:
        if (message := error.format_message()) == printable_lines(message):
            raise
        raise click.UsageError(printable_lines(message), error.ctx) from error
    except click.ClickException as error:
        raise Failure(printable_lines(error.format_message())) from error
    except KeyboardInterrupt as error:
        raise click.exceptions.Exit(128 + signal.SIGINT) from error
    except Exception as error:
        if debug:
            traceback.print_exc()
        reader_gone = isinstance(error, BrokenPipeError) and _has_no_reader(sys.stdout)
        _quiet_if_unwritable(sys.stdout)
        if reader_gone:
            raise click.exceptions.Exit(128 + signal.SIGPIPE) from error
        raise Failure(printable_lines(_message(error))) from error


def leave(code: str | int | None) -> NoReturn:
    """End the process, and wait for no thread.

    A signal may have come between the start of a thread and the first line that would end it again. Python
    would wait for that thread for ever.
    """
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        _quiet_if_unwritable(stream)
    os._exit(code if isinstance(code, int) else Failure.exit_code if code else 0)


def end_without_standard_error() -> None:
    """Exit with 2 if the message itself could not be written."""
    _quiet_if_unwritable(sys.stdout)
    _quiet_if_unwritable(sys.stderr)
    raise SystemExit(Failure.exit_code)


@contextmanager
def signals_handled() -> Iterator[None]:
    """Let SIGINT, SIGTERM and SIGHUP end the block in order: as KeyboardInterrupt, and as SystemExit.

    A signal that is ignored stays ignored, as below nohup. Outside the block nothing has to be cleaned up, so
    the earlier handlers are good enough there: SIGINT may end the process at once (`ot2otel.__main__`).
    """
    earlier = {
        number: handler for number in _SIGNALS if (handler := signal.getsignal(number)) is not signal.SIG_IGN
    }
    unraisable = sys.unraisablehook
    sys.unraisablehook = partial(_sent_again, unraisable)
    for number in earlier:
        signal.signal(number, _end)
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
        sys.unraisablehook = unraisable


class _Ended(SystemExit):
    """The end by a signal; its code is 128 and the signal's number."""


def _end(number: int, frame: object) -> None:
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise _Ended(128 + number)


def _sent_again(otherwise: Callable[[Any], object], ignored: Any) -> None:  # Any: typeshed names it privately
    """Send a signal again whose exception was lost, because it came while Python called a destructor."""
    if not isinstance(ignored.exc_value, KeyboardInterrupt | _Ended):
        otherwise(ignored)
        return
    number = getattr(ignored.exc_value, "code", 128 + signal.SIGINT) - 128
    threading.Timer(_AGAIN, os.kill, (os.getpid(), number)).start()


def _message(error: Exception) -> str:
    for kind, describe in _MESSAGES.items():
        if isinstance(error, kind):
            return describe(error)
    return f"This is a fault of ot2otel: {type(error).__name__}: {cut(str(error))}. {_ADVICE}"


def _os_error(error: Exception) -> str:
    if not isinstance(error, OSError) or not error.strerror:
        return f"{type(error).__name__}: {error}. {_ADVICE}"
    return f"{error.strerror}{f': {error.filename}' if error.filename else ''}. {_ADVICE}"


# The first kind that fits; all others are faults of ot2otel.
_MESSAGES: Mapping[type[Exception], Callable[[Exception], str]] = {
    Ot2OtelError: str,
    MemoryError: lambda _: f"There is not enough memory. {_ADVICE}",
    OSError: _os_error,
}


def _has_no_reader(stream: TextIO | None) -> bool:
    try:
        poll = select.poll()
        poll.register(stream.fileno() if stream else -1, 0)
        return bool(poll.poll(0))
    except (OSError, ValueError):
        return False


def _quiet_if_unwritable(stream: TextIO | None) -> None:
    """Send the rest of a stream nowhere if it can't be written: Python would try again at its end."""
    with suppress(OSError, ValueError):
        try:
            if stream:
                stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno() if stream else nowhere)
            os.close(nowhere)
