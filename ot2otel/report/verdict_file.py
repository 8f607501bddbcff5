"""Reads the findings of a verdict's JSON back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ot2otel.compare.findings import Finding, Part
from ot2otel.compare.judgement import Grade
from ot2otel.compare.rules.rule import Effect, Rule
from ot2otel.errors import Ot2OtelError
from ot2otel.report.json import VERSION

_REMEDY = "Make it with `ot2otel diff --format json`."


class VerdictFileError(Ot2OtelError):
    """A text is not the JSON of a verdict."""


def findings_of(text: str | bytes) -> tuple[Finding, ...]:
    """Return the findings of all verdicts in a document of this version; raise VerdictFileError."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise VerdictFileError(f"It is not JSON: {error}. {_REMEDY}") from error
    version = content.get("version") if isinstance(content, dict) else None
    if version != VERSION or type(version) is not int:
        raise VerdictFileError(f"It is no verdict of version {VERSION}. {_REMEDY}")
    try:
        return tuple(finding for entry in content["verdicts"] for finding in _findings(entry))
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise VerdictFileError(f"Its findings can't be read: {error!r}. {_REMEDY}") from error


def _findings(entry: Mapping[str, Any]) -> list[Finding]:  # Any: JSON
    rules = {name: _rule(name, rule) for name, rule in entry["rules"].items()}
    return [_finding(finding, rules) for finding in entry["findings"]]


def _finding(entry: Mapping[str, Any], rules: Mapping[str, Rule]) -> Finding:  # Any: JSON
    olds, news = _parts(entry["old"]), _parts(entry["new"])
    old, new = (", ".join(part.values for part in parts) for parts in (olds, news))
    names = ", ".join(part.field for part in news)
    return Finding(
        Grade(entry["grade"]),
        _text(entry["service"]),
        tuple(map(_text, entry["spans"])),
        _text(entry["field"]) if olds else "",
        names if olds else _text(entry["field"]),
        old,
        new,
        _number(entry["n"]),
        _number(entry["of"]),
        tuple(rules[name] for name in entry["rules"]),
        _text(entry["expected"] or ""),
        parts=(olds, news),
        more_spans=_number(entry.get("more_spans", 0)),
        accepted=_text(entry.get("accepted") or ""),
    )


def _parts(entries: Sequence[Mapping[str, Any]]) -> tuple[Part, ...]:  # Any: JSON
    return tuple(Part(_text(entry["field"]), _text(entry["values"])) for entry in entries)


def _rule(name: str, entry: Mapping[str, Any]) -> Rule:  # Any: JSON
    return Rule(
        _text(name),
        Effect(entry["effect"]),
        _text(entry["summary"]),
        _text(entry["source"]),
        consequence=_text(entry["consequence"] or ""),
    )


def _text(value: Any) -> str:  # Any: JSON
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _number(value: Any) -> int:  # Any: JSON
    if type(value) is not int or value < 0:
        raise TypeError(f"{value!r} is no count")
    return value
