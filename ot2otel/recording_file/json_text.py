"""A text of JSON to its content: one document, or several, one after the other."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ot2otel.errors import WireError
from ot2otel.recording_file.document import Part, decode_any, is_otlp
from ot2otel.wire.otlp_json import Seen


def _orjson() -> Callable[[bytes], object] | None:
    """Return orjson's parser; None if the extra `fast` is not installed."""
    try:
        import orjson
    except ImportError:
        return None
    loads: Callable[[bytes], object] = orjson.loads
    return loads


_quick_loads = _orjson()
_DOCUMENTS = json.JSONDecoder()
_BLANKS = " \t\n\r"


def decoded(text: bytes, seen: Seen | None = None) -> Part:
    """Return the content of a JSON text; raise ValueError or RecursionError if it is none, or WireError.

    `seen` is what the texts of the same file before it said.
    """
    # Parsed JSON has no cycles, but is so many objects that looking for them takes up to half of the time.
    if not gc.isenabled():
        return _decoded(text, seen)
    with _no_collection():
        return _decoded(text, seen)


def _decoded(text: bytes, seen: Seen | None) -> Part:
    return _parsed_by_orjson(text, seen) or decode_any(json.loads(text.decode("utf-8")), seen)


def _parsed_by_orjson(text: bytes, seen: Seen | None) -> Part | None:
    """Return the content of a text of OTLP/JSON, None if orjson is not installed or anything is wrong.

    orjson takes an integer of more than 64 bits for a float, and refuses NaN and lone surrogates. So it
    parses only OTLP, where each integer is checked, and Python's own parser decides about what it refuses.
    They differ in one thing: how deep a value that nobody reads may be nested, at about 1000 levels.
    """
    if _quick_loads is None or text.find(b'"resourceSpans"', 0, 1000) < 0:
        return None
    try:
        document = _quick_loads(text)
        return decode_any(document, seen) if is_otlp(document) else None
    except (ValueError, WireError):
        return None


def decoded_one_by_one(text: str) -> Iterator[Part]:
    """Yield the content of each document of a text; raise as `decoded` does."""
    place = _next(text, 0)
    while place < len(text):
        with _no_collection():
            document, place = _DOCUMENTS.raw_decode(text, place)
            part = decode_any(document)
            del document
        place = _next(text, place)
        yield part
        del part  # only one document's spans are held


def _next(text: str, place: int) -> int:
    """Return the place of the next document."""
    while place < len(text) and text[place] in _BLANKS:
        place += 1
    return place


@contextmanager
def _no_collection() -> Iterator[None]:
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
