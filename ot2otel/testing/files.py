"""The files of snapshots: where they are, when they are written, and which of them nobody used."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from ot2otel.errors import Ot2OtelError
from ot2otel.testing.acceptance import Acceptances
from ot2otel.whole_file import write_whole

DIRECTORY = "__traces__"
SUFFIX = ".json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class Mode(Enum):
    """What `--trace-snapshots` says."""

    NONE = "none"  # judge, and write nothing
    UPDATE = "update"  # write what differs or is missing
    REVIEW = "review"  # ask for each at the end


class SnapshotNameError(Ot2OtelError):
    """A name cannot be that of a file."""


class SnapshotFileError(Ot2OtelError):
    """A snapshot cannot be read or written."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that would become a snapshot, and why: the report on the difference, "" if there is none yet."""

    path: Path
    text: str
    report: str


@dataclass(slots=True)
class Files:
    """The snapshots of one session.

    `used` are all that a test named, `written` those written in this session, `candidates` those that a
    review is to decide about, `acceptances` what the tests accept.
    """

    mode: Mode = Mode.NONE
    used: set[Path] = field(default_factory=set)
    written: list[Path] = field(default_factory=list)
    candidates: dict[Path, Candidate] = field(default_factory=dict)
    acceptances: Acceptances = field(default_factory=Acceptances)

    def path(self, directory: Path, name: str) -> Path:
        """Return the path of a snapshot, and note that it is used; raise SnapshotNameError."""
        if not _NAME.fullmatch(name):
            raise SnapshotNameError(
                f"{name!r} can't be the name of a snapshot. Take letters, digits, '.', '_', '-'; at most 100."
            )
        path = directory / (name + SUFFIX)
        self.used.add(path)
        return path

    def writes(self, path: Path) -> bool:
        """Tell whether a snapshot that differs is written: each once a session, as tests may share it."""
        return self.mode is Mode.UPDATE and path not in self.written

    def read(self, path: Path) -> str:
        """Return the text of a snapshot; raise SnapshotFileError."""
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SnapshotFileError(f"{path} can't be read: {_reason(error)}") from error

    def write(self, path: Path, text: str) -> None:
        """Write a snapshot; the file is complete, or as it was before. Raise SnapshotFileError."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole([text], path)
        except OSError as error:
            raise SnapshotFileError(f"{path} can't be written: {_reason(error)}") from error
        self.written.append(path)
        self.candidates.pop(path, None)

    def take(
        self,
        used: Iterable[str],
        written: Iterable[str],
        candidates: Iterable[tuple[str, str, str]],
    ) -> None:
        """Add what another process did with snapshots."""
        self.used |= set(map(Path, used))
        self.written += map(Path, written)
        for path, text, report in candidates:
            self.candidates.setdefault(Path(path), Candidate(Path(path), text, report))


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else "it is no text in UTF-8"


def unused(modules: Iterable[Path], used: Collection[Path]) -> list[Path]:
    """Return the snapshots of these test modules that no test named, and those whose module is gone."""
    found: set[Path] = set()
    for module in modules:
        for directory in (module.parent / DIRECTORY).glob("*/"):
            if (
                directory.name == module.stem
                or not directory.parent.with_name(f"{directory.name}.py").exists()
            ):
                found |= set(directory.glob(f"*{SUFFIX}"))
    return sorted(found.difference(used))
