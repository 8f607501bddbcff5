"""Typed access to foreign JSON: a function returns the expected type or raises a WireError with the field."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping
from typing import Any, TypeAlias, TypeVar

from ot2otel.errors import WireError
from ot2otel.model import Attributes, AttributeValue, KeyValues

JsonObject: TypeAlias = Mapping[str, Any]  # Any: each function checks the type it expects
_T = TypeVar("_T")

_MAX_DEPTH = 64  # levels of arrays and objects in a value
_SPECIAL_FLOATS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_NAMES: dict[type, str] = {dict: "an object", list: "an array", str: "text", bool: "a boolean"}


def object_at(entry: JsonObject, field: str) -> JsonObject:
    """Return the object at `field`, an empty one if it is absent."""
    content = entry.get(field)
    return {} if content is None else checked(content, dict, field)


def list_at(entry: JsonObject, field: str) -> list[Any]:  # Any: the elements are looked at one by one
    """Return the array at `field`, an empty one if it is absent."""
    content = entry.get(field)
    return [] if content is None else checked(content, list, field)


def objects_at(entry: JsonObject, field: str) -> list[JsonObject]:
    """Return the array of objects at `field`, an empty one if it is absent."""
    elements = list_at(entry, field)
    for element in elements:
        if element.__class__ is not dict:
            checked(element, dict, field)
    return elements


def text_at(entry: JsonObject, field: str) -> str:
    """Return the text at `field`, "" if it is absent."""
    content = entry.get(field)
    return "" if content is None else checked(content, str, field)


def scalar_at(entry: JsonObject, field: str) -> object:
    """Return the value at `field`, which must be neither an object nor an array."""
    content = entry.get(field)
    if isinstance(content, (dict, list)):
        raise mismatch(field, "a number", content)
    return content


def unsigned_at(entry: JsonObject, field: str, bits: int) -> int:
    """Return the unsigned integer of this many bits at `field`, 0 if it is absent."""
    content = entry.get(field)
    return 0 if content is None else integer(content, field, 0, 2**bits)


def integer(content: object, field: str, least: int, limit: int) -> int:
    """Return an integer from `least` to `limit` - 1; JSON may write it as a number or as text."""
    # OTLP/JSON writes 64-bit integers as text: a JSON number may lose digits.
    try:
        number = int(content) if isinstance(content, (int, str)) else None
    except ValueError:
        number = None
    if number is None or isinstance(content, bool) or not least <= number < limit:
        raise mismatch(field, f"an integer from {least} to {limit - 1}", content)
    return number


def double(content: object, field: str) -> float:
    """Return a 64-bit float; JSON writes NaN and the infinities as text, and may write any number so."""
    if isinstance(content, str) and content in _SPECIAL_FLOATS:
        return _SPECIAL_FLOATS[content]
    if isinstance(content, bool) or not isinstance(content, (int, float, str)):
        raise mismatch(field, "a number", content)
    try:
        return float(content)
    except ValueError as error:
        raise mismatch(field, "a number", content) from error
    except OverflowError as error:
        raise mismatch(field, "a number of 64 bits", content) from error


def binary(content: object, field: str) -> bytes:
    """Return the bytes of a base64 text."""
    try:
        return base64.b64decode(checked(content, str, field), validate=True)
    except (binascii.Error, ValueError) as error:
        raise mismatch(field, "base64", content) from error


def plain_attributes(entry: JsonObject) -> Attributes:
    """Return an object's members as attributes: arrays become tuples, objects maps."""
    return {key: _plain(value, 0) for key, value in entry.items()}


def _plain(content: object, depth: int) -> AttributeValue:
    if depth >= _MAX_DEPTH:
        raise WireError(f"a value is nested deeper than {_MAX_DEPTH} levels")
    if isinstance(content, list):
        return tuple([_plain(each, depth + 1) for each in content])
    if isinstance(content, dict):
        return KeyValues(tuple([(key, _plain(each, depth + 1)) for key, each in content.items()]))
    if content is None or isinstance(content, (str, bool, float)):
        return content
    return integer(content, "a number", -(2**63), 2**63)


def checked(content: object, kind: type[_T], field: str) -> _T:
    """Return the content if it has this type."""
    if not isinstance(content, kind):
        raise mismatch(field, _NAMES[kind], content)
    return content


def mismatch(field: str, wanted: str, content: object) -> WireError:
    """Make the error for a field: the wanted content and the actual one."""
    shown = repr(content) if isinstance(content, (str, int, float)) else type(content).__name__
    return WireError(f"{field} must be {wanted}, not {shown[:60]}")
