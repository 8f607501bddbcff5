"""Tells whether a test went through an object of a library, in this process or in one that it started.

An object is named `module:Qualified.name`: a function, a method or a property, where it is defined. Without a
colon it is the code of the module, which runs when the module is imported.
"""

from __future__ import annotations

import inspect
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType

HOOK = Path(__file__).parents[1] / "hook"
ROOT = Path(__file__).parents[3]
# The objects that a process watches, and the file in which it names those that it enters.
WATCHED, ENTERED = "OT2OTEL_WATCHED", "OT2OTEL_ENTERED"

_current: list[Watch] = []


class Watch:
    """Tells once of each of `objects` that a thread enters; threads that run already are not seen.

    A profile function sees all calls of an object, also by a name that was imported.
    """

    def __init__(self, objects: Iterable[str], tell: Callable[[str], None] = lambda name: None) -> None:
        self.missing = set(objects)
        self._tell = tell
        self._by_code_name: dict[str, set[str]] = {}
        for name in self.missing:
            self._by_code_name.setdefault(_code_name(name), set()).add(name)

    def start(self) -> None:
        """Watch this thread and those that begin from now on."""
        threading.setprofile(self._see)
        sys.setprofile(self._see)

    def stop(self) -> None:
        """Watch no more."""
        threading.setprofile(None)
        sys.setprofile(None)

    def enter(self, names: Iterable[str]) -> None:
        """Note objects that were entered elsewhere."""
        self.missing.difference_update(names)

    def _see(self, frame: FrameType, event: str, argument: object) -> None:
        names = self._by_code_name.get(frame.f_code.co_name) if event == "call" else None
        if not names:
            return
        for name in tuple(names):
            module, _, qualified = name.partition(":")
            if frame.f_globals.get("__name__") != module:
                continue
            if not qualified or _code(module, qualified) is frame.f_code:
                names.discard(name)
                self.missing.discard(name)
                self._tell(name)


def _code_name(name: str) -> str:
    qualified = name.partition(":")[2]
    return qualified.rpartition(".")[2] if qualified else "<module>"


def _code(module: str, qualified: str) -> CodeType | None:
    """Return the code of an object of a module that is imported; None if it has none, or not yet."""
    found: object = sys.modules.get(module)
    for part in qualified.split("."):
        found = inspect.getattr_static(found, part, None)
    if isinstance(found, property):
        found = found.fget
    if isinstance(found, staticmethod | classmethod):
        found = found.__func__
    return getattr(inspect.unwrap(found), "__code__", None) if callable(found) else None


@contextmanager
def watching(objects: Iterable[str]) -> Iterator[Watch]:
    """Watch in this process; what `enter` is told counts as well."""
    watch = Watch(objects)
    _current.append(watch)
    watch.start()
    try:
        yield watch
    finally:
        watch.stop()
        _current.remove(watch)


def enter(names: Iterable[str]) -> None:
    """Tell the watch of the running test about objects that its processes entered."""
    names = set(names)
    for watch in _current:
        watch.enter(names)


def hook(paths: str = "") -> dict[str, str]:
    """Return the variable with which each Python process first runs `tests/documents/hook/sitecustomize.py`.

    `paths` are those that the process has in it already.
    """
    first = [str(HOOK), str(ROOT), *paths.split(os.pathsep)]
    return {"PYTHONPATH": os.pathsep.join(dict.fromkeys(path for path in first if path))}


@contextmanager
def telling(objects: Iterable[str]) -> Iterator[tuple[dict[str, str], set[str]]]:
    """Give variables for processes that shall tell which objects they enter, and at the end those objects."""
    entered: set[str] = set()
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "entered"
        file.touch()
        own = {WATCHED: " ".join(objects), ENTERED: str(file)}
        yield hook(os.environ.get("PYTHONPATH", "")) | own, entered
        entered.update(file.read_text(encoding="utf-8").splitlines())


def watch_for_another_process() -> None:
    """Watch this process if its environment asks for it; forked children tell, too."""
    if file := os.environ.get(ENTERED):
        Watch(os.environ[WATCHED].split(), lambda name: _append(file, name)).start()


def _append(file: str, name: str) -> None:
    """Append a line at once: the process may be killed in the next moment."""
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND)
    os.write(descriptor, f"{name}\n".encode())
    os.close(descriptor)
