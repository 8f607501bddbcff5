"""Counts the elements of a struct in Thrift's binary protocol before anything is built of it.

A byte on the wire suffices for one more empty struct, and in memory that takes a hundred.
The format is Apache's: https://github.com/apache/thrift/blob/master/doc/specs/thrift-binary-protocol.md
"""

from __future__ import annotations

from struct import Struct

from thrift.Thrift import TType

from ot2otel.errors import WireError
from ot2otel.wire.checked import MAX_ELEMENTS, TooManyElementsError

_MAX_DEPTH = 64  # structs in structs, as thrift's C codec has it
_LENGTH = Struct(">i")
_FIELD_HEAD = 3  # bytes: a type and a number
# Bytes of a value; the other types have a length of their own.
_SIZES = {
    TType.BOOL: 1,
    TType.BYTE: 1,
    TType.DOUBLE: 8,
    TType.I16: 2,
    TType.I32: 4,
    TType.I64: 8,
}


def check_elements(data: bytes) -> None:
    """Raise TooManyElementsError if the struct has more than MAX_ELEMENTS members of lists, sets and maps.

    Raises WireError if the bytes end too early, or have an unknown type or too many nested structs.
    """
    walk = _Walk(data)
    try:
        walk.struct(0, 0)
    except IndexError as error:
        raise WireError(f"{len(data)} bytes are not a Thrift batch: they end too early") from error
    except ValueError as error:
        raise WireError(f"{len(data)} bytes are not a Thrift batch: {error}") from error


class _Walk:
    """One way through the bytes; each method takes the place of a value and returns the place behind it."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._elements = 0

    def struct(self, place: int, depth: int) -> int:
        if depth > _MAX_DEPTH:
            raise ValueError("structs are nested too deep")
        data = self._data
        while True:
            kind = data[place]
            if kind == TType.STOP:
                return place + 1
            place = self._value(kind, place + _FIELD_HEAD, depth)

    def _value(self, kind: int, place: int, depth: int) -> int:
        size = _SIZES.get(kind)
        if size is not None:
            return place + size
        if kind == TType.STRING:
            return place + _LENGTH.size + self._length(place)
        if kind == TType.STRUCT:
            return self.struct(place, depth + 1)
        if kind in (TType.LIST, TType.SET):
            number = self._length(place + 1)
            return self._members((self._data[place],), number, place + 1 + _LENGTH.size, depth)
        if kind == TType.MAP:
            number = self._length(place + 2)
            return self._members(
                (self._data[place], self._data[place + 1]), number, place + 2 + _LENGTH.size, depth
            )
        raise ValueError(f"there is no type {kind}")

    def _members(self, kinds: tuple[int, ...], number: int, place: int, depth: int) -> int:
        self._elements += number
        if self._elements > MAX_ELEMENTS:
            raise TooManyElementsError
        for _ in range(number):
            for kind in kinds:
                place = self._value(kind, place, depth + 1)
        return place

    def _length(self, place: int) -> int:
        data = self._data[place : place + _LENGTH.size]
        if len(data) < _LENGTH.size:
            raise ValueError("they end too early")
        length: int = _LENGTH.unpack(data)[0]
        if length < 0 or length > len(self._data):
            raise ValueError("a length is larger than the message")
        return length
