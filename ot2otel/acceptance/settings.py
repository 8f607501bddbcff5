"""The settings of a repository: the table [tool.ot2otel] of its pyproject.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ot2otel.acceptance import toml
from ot2otel.acceptance.errors import AcceptanceError
from ot2otel.acceptance.fail_on import FailOn

NAME = "pyproject.toml"
_KEYS = ("accept", "same", "fail_on")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a repository asks for; `path` is None where no pyproject.toml has a table for it.

    `accept` is the path of the accept file, `same` has addresses of the before with those of the after, and
    `fail_on` words of `FailOn`.
    """

    path: Path | None = None
    accept: Path | None = None
    same: Mapping[str, str] = field(default_factory=dict)
    fail_on: tuple[str, ...] = ()


def settings(directory: Path) -> Settings:
    """Read the settings for a directory: those of the nearest pyproject.toml with [tool.ot2otel].

    It is the directory's own or that of one above it. Raise AcceptanceError.
    """
    try:
        start = directory.resolve()
    except OSError as error:
        raise AcceptanceError(f"{directory} can't be read: {error.strerror}.") from error
    for above in (start, *start.parents):
        path = above / NAME
        if path.is_file() and (table := _table(path)) is not None:
            return _settings(table, path)
    return Settings()


def same_addresses(text: str) -> tuple[str, str]:
    """Return the two addresses of A=B; raise AcceptanceError."""
    old, _, new = text.partition("=")
    if not old or not new:
        raise AcceptanceError(f"{text!r} is not two addresses like db-1:5432=db-2:5432.")
    return old, new


def _table(path: Path) -> toml.Table | None:
    tools = toml.parsed(toml.text_of(path), path).get("tool", {})
    table = tools.get("ot2otel") if isinstance(tools, dict) else None
    if table is None:
        return None
    if not isinstance(table, dict):
        raise AcceptanceError(f"{path}: tool.ot2otel must be a table.")
    return table


def _settings(table: toml.Table, path: Path) -> Settings:
    where = f"{path}, [tool.ot2otel]"
    toml.check_keys(table, _KEYS, where)
    accept = table.get("accept")
    if accept is not None and (not isinstance(accept, str) or not accept):
        raise AcceptanceError(f"{where}: accept must be the path of a file.")
    fail_on = toml.texts(table, "fail_on", where)
    try:
        FailOn.of(fail_on)
        same = dict(map(same_addresses, toml.texts(table, "same", where)))
    except AcceptanceError as error:
        raise AcceptanceError(f"{where}: {error}") from error
    return Settings(path, path.parent / accept if accept else None, same, fail_on)
