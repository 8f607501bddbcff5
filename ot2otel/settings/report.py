"""A translation as text, as a document, and as the files that a program uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ot2otel.report.prose import wrapped
from ot2otel.settings.translation import Translation

_PLAIN = re.compile(r"[\w./:@%+,=-]+", re.ASCII)


def document(translation: Translation) -> dict[str, Any]:  # Any: JSON
    """Return the JSON document of `ot2otel translate-config --format json`."""
    return {
        "environment": translation.environment,
        "keys": {each.name: each.keys for each in translation.variables},
        "code": translation.code,
        "warnings": [
            {"key": each.key, "text": each.text, "source": each.source} for each in translation.warnings
        ],
    }


def text(translation: Translation) -> str:
    """Return the env file, the code and the warnings, for people."""
    return "\n".join(
        [
            "Environment",
            "",
            env_file(translation),
            "Code",
            "",
            translation.code,
            f"Warnings: {len(translation.warnings)}",
            "",
            warnings(translation),
        ]
    )


def env_file(translation: Translation) -> str:
    """Return an env file; a shell reads it with `set -a; . FILE`."""
    return "".join(f"# {each.keys}\n{each.name}={_quoted(each.value)}\n" for each in translation.variables)


def warnings(translation: Translation) -> str:
    """Return each warning and its source, in lines."""
    return "\n".join(
        line for each in translation.warnings for line in _lines(each.key, each.text, each.source)
    )


def _lines(key: str, text: str, source: str) -> Iterator[str]:
    yield from wrapped(f"{key}: {text}")
    yield from wrapped(f"Source: {source}", indent="    ")


def _quoted(value: str) -> str:
    """Return the value as a shell and env files take it."""
    if _PLAIN.fullmatch(value):
        return value
    return "'" + value.replace("'", "'\\''") + "'"
