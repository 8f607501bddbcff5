"""The variables that a deployment gives to a program: Docker Compose's `environment`, Kubernetes' `env`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def variables(content: object) -> Mapping[str, str | None] | None:
    """Return the variables in a part of a deployment; None if no Jaeger client's are among them.

    The part is a mapping, a list of NAME=VALUE, or a list of mappings with `name` and `value`. A variable
    whose value is somewhere else has None.
    """
    found = {name: _text(value) for name, value in _pairs(content)}
    return found if any(name.startswith("JAEGER_") for name in found) else None


def _pairs(content: object) -> Iterable[tuple[str, object]]:
    if isinstance(content, Mapping):
        return [(str(name), value) for name, value in content.items()]
    if not isinstance(content, list):
        return []
    return [pair for each in content if (pair := _pair(each)) is not None]


def _pair(entry: object) -> tuple[str, object] | None:
    if isinstance(entry, str):
        name, sign, value = entry.partition("=")
        return name, value if sign else None
    if isinstance(entry, Mapping) and "name" in entry:
        return str(entry["name"]), entry.get("value")
    return None


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (str, int, float)) else None
