"""Measure the whole matrix of the fleet in this dependency lane, and write it down with its versions."""

from __future__ import annotations

import json
from importlib import metadata
from importlib.util import find_spec
from itertools import product
from pathlib import Path

from ot2otel.headers.settings import SETTINGS
from ot2otel.lab.fleet.crossing import Cell, Property
from ot2otel.lab.fleet.measure import measure
from ot2otel.lab.fleet.report import entry
from tests.golden import DIRECTORY
from tests.support.untyped import Json

# The Jaeger thrift exporter is what the lanes differ by.
LANE = "pinned" if find_spec("opentelemetry.exporter.jaeger") else "newest"

_DISTRIBUTIONS = (
    "jaeger-client",
    "opentracing",
    "opentelemetry-sdk",
    "opentelemetry-opentracing-shim",
    "opentelemetry-propagator-jaeger",
    "opentelemetry-propagator-b3",
)


def main() -> None:
    cells = measure(list(product(SETTINGS, SETTINGS)), print)
    entries = ",\n".join(json.dumps(entry(cell)) for cell in cells)
    path(LANE).write_text(f'{{"versions": {json.dumps(versions(), indent=1)},\n"cells": [\n{entries}\n]}}\n')


def path(lane: str) -> Path:
    return DIRECTORY / f"fleet-{lane}.json"


def versions() -> dict[str, str]:
    return {name: metadata.version(name) for name in _DISTRIBUTIONS}


def measured_versions(lane: str) -> dict[str, str]:
    found: dict[str, str] = _document(lane)["versions"]
    return found


def cells(lane: str) -> tuple[Cell, ...]:
    """Return the cells that were measured in the lane when its golden file was made."""
    return tuple(map(_cell, _document(lane)["cells"]))


def _document(lane: str) -> Json:
    found: Json = json.loads(path(lane).read_text())
    return found


def _cell(found: Json) -> Cell:
    caller, callee = (
        next(each for each in SETTINGS if (each.variant, each.propagation) == key)
        for key in (
            (found["from"], found["from_propagation"]),
            (found["to"], found["to_propagation"]),
        )
    )
    return Cell(caller, callee, frozenset(each for each in Property if found[each.key]))


if __name__ == "__main__":
    main()
