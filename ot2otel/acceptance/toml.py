"""TOML of the user's repository: read with bounds, and written a value at a time."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from ot2otel.acceptance.errors import AcceptanceError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Table: TypeAlias = Mapping[str, Any]  # Any: a value of TOML
_LONGEST = 5_000_000  # bytes


def text_of(path: Path) -> str:
    """Return the text of a file; raise AcceptanceError, also for a pipe, which might never end."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:
            if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
                raise AcceptanceError(f"{path} is a pipe. Name a file.")
            content = file.read(_LONGEST + 1)
    except OSError as error:
        raise AcceptanceError(f"{path} can't be read: {error.strerror}.") from error
    except ValueError as error:
        raise AcceptanceError(f"{str(path)!r} is not a path.") from error
    if len(content) > _LONGEST:
        raise AcceptanceError(f"{path} is larger than {_LONGEST:,} bytes.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AcceptanceError(f"{path} is not UTF-8, from byte {error.start} on.") from error


def parsed(text: str, path: Path) -> Table:
    """Return the content of a file; raise AcceptanceError."""
    try:
        content: Table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise AcceptanceError(f"{path} is not TOML: {error}.") from error
    except RecursionError as error:
        raise AcceptanceError(f"{path} is not TOML that can be read: it is nested too deeply.") from error
    return content


def check_keys(table: Table, known: Sequence[str], where: str) -> None:
    """Raise AcceptanceError for the first key that is not known."""
    for key in table:
        if key not in known:
            raise AcceptanceError(f"{where} has the unknown key {key!r}. Known: {', '.join(known)}.")


def texts(table: Table, key: str, where: str) -> tuple[str, ...]:
    """Return a text or a list of texts as a tuple, () if the key is absent; raise AcceptanceError."""
    value = table.get(key, [])
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise AcceptanceError(f"{where}: {key} must be a text or a list of texts.")
    if key in table and not found:
        raise AcceptanceError(f"{where}: {key} is an empty list. Leave it out.")
    return tuple(found)


def written(value: str | Sequence[str]) -> str:
    """Return a text or a list of texts as TOML, in single quotes if it has double ones."""
    if not isinstance(value, str):
        return f"[{', '.join(map(written, value))}]" if len(value) != 1 else written(value[0])
    if ('"' in value or "\\" in value) and "'" not in value and value.isprintable():
        return f"'{value}'"
    return f'"{"".join(map(_escaped, value))}"'


def _escaped(character: str) -> str:
    if character.isprintable() and character not in '"\\':
        return character
    if character in '"\\\t\n\r':
        return json.dumps(character)[1:-1]
    if "\ud800" <= character <= "\udfff":
        raise AcceptanceError(f"TOML has no way to write the half of a surrogate pair {character!r}.")
    return f"\\U{ord(character):08x}"
