"""Keys that a rule renames make no forms of their own where there are too many forms."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from benchmarks.populations import Values, native_traces
from ot2otel.cli import main
from ot2otel.model import Span
from ot2otel.population import parquet, side
from ot2otel.population.renames import renames, united

OLD = {"http.response.status_code": "http.status_code"}


def test_an_attribute_has_one_newest_name() -> None:
    assert renames()["http.status_code"] == "http.response.status_code"
    assert "http.url" not in renames()  # it is split


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        pytest.param(["http.method", "user.id"], {}, id="one name"),
        pytest.param(
            ["http.status_code", "http.response.status_code"],
            {"http.status_code": "http.response.status_code"},
            id="two names",
        ),
        pytest.param([], {}, id="no key"),
    ],
)
def test_names_of_one_attribute_are_united(keys: list[str], expected: dict[str, str]) -> None:
    assert united(keys) == expected


def _half_migrated(number: int) -> list[Span]:
    """Return spans of which each has some of its keys under their old names."""
    chance = random.Random(number)
    return [
        replace(span, attributes={OLD[k] if k in OLD and chance.random() < 0.5 else k: v for k, v in of})
        for trace in native_traces(number, Values.UNIQUE, seed=number)
        for span in trace
        for of in [span.attributes.items()]
    ]


def _old(number: int) -> list[Span]:
    return [
        replace(span, attributes={OLD.get(key, key): value for key, value in span.attributes.items()})
        for trace in native_traces(number, Values.UNIQUE, seed=number)
        for span in trace
    ]


def _told(paths: list[Path]) -> dict[str, Any]:  # Any: JSON
    result = CliRunner().invoke(main, ["population", *map(str, paths), "--format", "json"])
    assert result.exit_code in (0, 1), result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def _fields(found: dict[str, Any]) -> set[tuple[str, ...]]:  # Any: JSON
    wanted = ("gone", "changed", "degraded", "translated")
    return {
        (each["grade"], each["service"], each["field"], str(each.get("old_field")))
        for each in found["findings"]
        if each["grade"] in wanted
    }


def test_united_keys_make_fewer_forms_and_hide_no_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [tmp_path / "before.parquet", tmp_path / "after.parquet"]
    parquet.write(_old(300), paths[0])
    parquet.write(_half_migrated(301), paths[1])

    apart = _told(paths)
    monkeypatch.setattr(side, "MOST_FORMS", 7)
    together = _told(paths)

    assert apart["after"]["forms"] > 7 > together["after"]["forms"]
    assert not apart["notes"]
    assert "count as one (http.status_code as http.response.status_code)" in together["notes"][0]
    # Apart, traces with another mixture of names are new forms, which are told as such.
    assert _fields(apart) <= _fields(together)
    assert {grade for grade, *_ in _fields(together)} == {"translated"}
