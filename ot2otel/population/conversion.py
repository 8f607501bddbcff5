"""Converts a file of spans into Parquet, a part at a time."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ot2otel.model import Span
from ot2otel.population import parquet
from ot2otel.population.schemas import PopulationError
from ot2otel.recording_file import open_recording
from ot2otel.whole_file import check_writable


@dataclass(frozen=True, slots=True)
class Converted:
    """What became of a source.

    Attributes:
        spans: the number of spans of the Parquet file.
        answers: the number of answers of the source, which are not in it.
        problems: sentences about the source, like one about a last line that is cut and so is not converted.
        is_complete: whether no part of the source is cut.
    """

    spans: int
    answers: int
    problems: Sequence[str]
    is_complete: bool


def convert(
    source: Path, target: Path, overwrite: bool, progress: Callable[[str], None] = lambda _: None
) -> Converted:
    """Convert what `open_recording` reads, `-` too; `target` is complete at the end, or as it was before.

    A line of the source and a row group of the target are in memory; a single document is read whole. The
    spans of a recording are normalized, as for a comparison. All before a cut last line is converted. Raises
    RecordingError, and PopulationError for a target that exists or can't be written, for a source that has no
    span, and for a span that Parquet can't hold.
    """
    if target.exists() and not overwrite:
        raise PopulationError(f"{target} exists. Name another file, or replace it with --overwrite.")
    with open_recording(source) as reader, _unfinished(target) as unfinished:
        spans: Iterator[Span] = map(reader.head.normalizer(), reader.spans())
        written = parquet.write(spans, unfinished, lambda number: progress(f"{source}: {number:,} spans"))
        if not written:
            cut = f" ({reader.cut})" if reader.cut else ""
            raise PopulationError(f"{source} has no span{cut}: {target} was not written.")
        _put(unfinished, target)
        return Converted(written, len(reader.answers), reader.problems, not reader.cut)


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """Give the path of a file beside the target; whatever is there at the end is removed."""
    if target.exists() and not target.is_file():
        raise PopulationError(f"{target} is {'a directory' if target.is_dir() else 'no file'}: name a file.")
    try:
        check_writable(target)
    except OSError as error:
        raise PopulationError(f"{target} can't be written: {error.strerror}.") from error
    path = target.with_name(f".ot2otel-{secrets.token_hex(4)}.parquet")
    try:
        yield path
    except OSError as error:
        raise PopulationError(f"{target} can't be written: {error.strerror or error}") from error
    finally:
        path.unlink(missing_ok=True)


def _put(file: Path, target: Path) -> None:
    """Put a file in the place of another, on the disk too."""
    with file.open("rb") as written:
        os.fsync(written.fileno())
    file.replace(target)
