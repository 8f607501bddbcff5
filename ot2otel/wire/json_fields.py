"""Looks into JSON of others: each look gives what was expected, or a WireError that names the field."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping
from typing import Any, TypeAlias, TypeVar

from ot2otel.errors import WireError

JsonObject: TypeAlias = Mapping[str, Any]  # Any: what a JSON document holds is known only after each look
_T = TypeVar("_T")

_SPECIAL_FLOATS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_NAMES: dict[type, str] = {dict: "an object", list: "an array", str: "text", bool: "a boolean"}


def object_at(entry: JsonObject, field: str) -> JsonObject:
    """Return the object at `field`, an empty one where there is none."""
    content = entry.get(field)
    return {} if content is None else checked(content, dict, field)


def list_at(entry: JsonObject, field: str) -> list[Any]:  # Any: the elements are looked at one by one
    """Return the array at `field`, an empty one where there is none."""
    content = entry.get(field)
    return [] if content is None else checked(content, list, field)


def objects_at(entry: JsonObject, field: str) -> list[JsonObject]:
    """Return the array of objects at `field`, an empty one where there is none."""
    return [checked(element, dict, field) for element in list_at(entry, field)]


def text_at(entry: JsonObject, field: str) -> str:
    """Return the text at `field`, "" where there is none."""
    content = entry.get(field)
    return "" if content is None else checked(content, str, field)


def scalar_at(entry: JsonObject, field: str) -> object:
    """Return what is at `field` if it is neither an object nor an array."""
    content = entry.get(field)
    if isinstance(content, (dict, list)):
        raise unlike(field, "a number", content)
    return content


def unsigned_at(entry: JsonObject, field: str, bits: int) -> int:
    """Return the unsigned integer of so many bits at `field`, 0 where there is none."""
    content = entry.get(field)
    return 0 if content is None else integer(content, field, 0, 2**bits)


def integer(content: object, field: str, least: int, limit: int) -> int:
    """Return an integer from `least` to below `limit`, which JSON may also write as text."""
    # JSON has one sort of number, and 64 bits of it travel as text.
    try:
        number = int(content) if isinstance(content, (int, str)) else None
    except ValueError:
        number = None
    if number is None or isinstance(content, bool) or not least <= number < limit:
        raise unlike(field, f"an integer from {least} to {limit - 1}", content)
    return number


def double(content: object, field: str) -> float:
    """Return a number of 64 bits; JSON writes NaN and the infinities as text, and may so write any number."""
    if isinstance(content, str) and content in _SPECIAL_FLOATS:
        return _SPECIAL_FLOATS[content]
    if isinstance(content, bool) or not isinstance(content, (int, float, str)):
        raise unlike(field, "a number", content)
    try:
        return float(content)
    except ValueError as error:
        raise unlike(field, "a number", content) from error
    except OverflowError as error:
        raise unlike(field, "a number of 64 bits", content) from error


def binary(content: object, field: str) -> bytes:
    """Return the bytes that base64 stands for."""
    try:
        return base64.b64decode(checked(content, str, field), validate=True)
    except (binascii.Error, ValueError) as error:
        raise unlike(field, "base64", content) from error


def checked(content: object, kind: type[_T], field: str) -> _T:
    """Return the content if it is of that kind."""
    if not isinstance(content, kind):
        raise unlike(field, _NAMES[kind], content)
    return content


def unlike(field: str, wanted: str, content: object) -> WireError:
    """Make the error that says what `field` must be and what it is instead."""
    shown = repr(content) if isinstance(content, (str, int, float)) else type(content).__name__
    return WireError(f"{field} must be {wanted}, not {shown[:60]}")
