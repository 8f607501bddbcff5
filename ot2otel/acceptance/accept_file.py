"""The accept file: TOML with a table `[[accept]]` for each entry. It is read here, and grows at its end."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ot2otel.acceptance import toml
from ot2otel.acceptance.entry import Entry
from ot2otel.acceptance.errors import AcceptanceError
from ot2otel.compare.findings import SPAN
from ot2otel.compare.judgement import Grade

DEFAULT_NAME = "ot2otel-accept.toml"
_GRADES = {grade.value: grade for grade in Grade if grade is not Grade.KEPT}
# Keys of an entry, and the parts of `Entry` that they are.
_PATTERNS = {
    "field": "fields",
    "rule": "rules",
    "service": "services",
    "span": "spans",
    "old": "olds",
    "new": "news",
}
KEYS = ("grade", *_PATTERNS, "reason")


@dataclass(frozen=True, slots=True)
class AcceptFile:
    """An accept file and its entries."""

    path: Path
    entries: tuple[Entry, ...]


def read(path: Path) -> AcceptFile:
    """Read an accept file; raise AcceptanceError with the entry that is wrong."""
    return AcceptFile(path, _entries(toml.text_of(path), path))


def read_if_there(path: Path) -> AcceptFile:
    """Read an accept file; one that does not exist yet has no entries. Raise AcceptanceError."""
    return read(path) if path.exists() else AcceptFile(path, ())


def append(path: Path, entry: Entry) -> None:
    """Write an entry at the end of the file, or create it; what is there stays as it is.

    Raise AcceptanceError if the file cannot be written, or cannot be read with or without the entry.
    """
    try:
        with _locked(path) as descriptor:
            there = toml.text_of(path)
            _entries(there, path)
            added = _separator(there) + as_toml(entry)
            if "\r\n" in there:
                added = added.replace("\n", "\r\n")
            _entries(there + added, path)
            _write(descriptor, added.encode("utf-8"))
    except OSError as error:
        raise AcceptanceError(f"{path} can't be written: {error.strerror}.") from error


def as_toml(entry: Entry) -> str:
    """Return an entry as its lines in the file."""
    values: dict[str, Sequence[str]] = {"grade": [grade.value for grade in entry.grades]}
    values |= {key: getattr(entry, part) for key, part in _PATTERNS.items()}
    lines = [f"{key} = {toml.written(value)}" for key, value in values.items() if value]
    return "\n".join(["[[accept]]", *lines, f"reason = {toml.written(entry.reason)}", ""])


def grades(words: Sequence[str], where: str) -> tuple[Grade, ...]:
    """Return the grades with these names; raise AcceptanceError."""
    for word in words:
        if word not in _GRADES:
            raise AcceptanceError(f"{where}: {word!r} is not a grade. Grades: {', '.join(_GRADES)}.")
    return tuple(_GRADES[word] for word in words)


def _entries(text: str, path: Path) -> tuple[Entry, ...]:
    content = toml.parsed(text, path)
    toml.check_keys(content, ("accept",), str(path))
    found = content.get("accept", [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise AcceptanceError(f"{path}: write each entry below a line [[accept]].")
    return tuple(_entry(table, f"{path}: entry {number}") for number, table in enumerate(found, 1))


def _entry(table: toml.Table, where: str) -> Entry:
    toml.check_keys(table, KEYS, where)
    reason = table.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        raise AcceptanceError(f"{where} has no reason. Add reason = '...'.")
    accepted = grades(toml.texts(table, "grade", where), where)
    if not accepted:
        raise AcceptanceError(f"{where} has no grade. Add grade = 'gone' or another one.")
    patterns = {part: toml.texts(table, key, where) for key, part in _PATTERNS.items()}
    if not patterns["fields"] and not patterns["rules"]:
        raise AcceptanceError(f"{where} names no field and no rule: it would accept too much.")
    if patterns["fields"] == (SPAN,) and not patterns["spans"]:
        raise AcceptanceError(f"{where} is about whole spans and names none. Add span = '...'.")
    return Entry(reason, accepted, **patterns)


def _separator(there: str) -> str:
    if not there:
        return ""
    return "\n" if there.endswith("\n") else "\n\n"


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """Open a file for appending, for one process at a time; a file that stays empty is removed again."""
    is_new = not path.exists()
    descriptor = _opened(path)
    try:
        yield descriptor
    finally:
        if is_new and not os.fstat(descriptor).st_size:
            path.unlink(missing_ok=True)
        os.close(descriptor)


def _opened(path: Path) -> int:
    """Open and lock a file; again, if another process has removed it meanwhile."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), os.stat(path)):
                return descriptor
        os.close(descriptor)


def _write(descriptor: int, content: bytes) -> None:
    """Append all of the content, or nothing."""
    size = os.fstat(descriptor).st_size
    try:
        rest = content
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    except BaseException:
        os.ftruncate(descriptor, size)
        raise
