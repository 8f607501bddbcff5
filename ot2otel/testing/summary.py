"""The end of a session: snapshots that were written, that nobody used, and that are to be reviewed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from ot2otel.outline import printable
from ot2otel.testing.files import Files, unused

_ACCEPTED = ("y", "yes")
_ENOUGH = ("q", "quit")


def summary(
    files: Files,
    modules: Iterable[Path],
    is_whole: bool,
    write: Callable[[str], object],
    rule: Callable[[str, str], object],
    ask: Callable[[str], str] = input,
) -> None:
    """Write the report.

    `modules` are the test modules of which each test ran to its end and passed; `is_whole` tells whether all
    tests did. Only then an entry of an accept file that accepted nothing is told.
    """
    left = unused(modules, files.used)
    idle = list(files.acceptances.unused()) if is_whole else []
    if files.written or left or idle or files.candidates:
        rule("=", "trace snapshots")
    for path in files.written:
        write(f"written: {_shown(path)}")
    for path in left:
        write(f"unused: {_shown(path)} (no test asks for it: delete it)")
    for line in idle:
        write(printable(line))
    if files.candidates:
        _review(files, write, ask)


def _review(files: Files, write: Callable[[str], object], ask: Callable[[str], str]) -> None:
    if not sys.stdin.isatty():
        write("There is no terminal to ask at, so nothing is written. Run it with --trace-snapshots=update.")
        return
    for candidate in list(files.candidates.values()):
        write("")
        write(candidate.report)
        try:
            answer = ask(f"Write {_shown(candidate.path)}? [y/N/q] ").strip().lower()
        except EOFError:
            return
        if answer in _ENOUGH:
            return
        if answer in _ACCEPTED:
            files.write(candidate.path, candidate.text)
            write(f"written: {_shown(candidate.path)}; run the tests again")


def _shown(path: Path) -> str:
    return printable(os.path.relpath(path))
