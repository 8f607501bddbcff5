"""A part of a file with its place, or the end of a cut file."""

from __future__ import annotations

from dataclasses import dataclass

from ot2otel.recording_file.document import Part

GZIP_IS_CUT = "its gzip data is cut"
NOTHING = Part()


@dataclass(frozen=True, slots=True)
class Placed:
    """A part and its place, like "line 3"; or `cut`, a sentence about a last part that is not complete."""

    part: Part = NOTHING
    place: str = ""
    cut: str = ""
