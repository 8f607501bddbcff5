"""Packets as real libraries sent them, each beside the spans it holds, and recordings of the flows.

`python -m tests.golden.capture` makes them again.
"""

from pathlib import Path

DIRECTORY = Path(__file__).parent
RECORDINGS = DIRECTORY / "recordings"


def packet(name: str) -> bytes:
    return (DIRECTORY / name).read_bytes()


def spans_document(name: str) -> bytes:
    """Return the OTLP/JSON document of the spans that the packet holds."""
    return (DIRECTORY / name).with_suffix(".json").read_bytes()
