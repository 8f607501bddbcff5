"""Each claim has a plant, or a reason for having none; each plant fits its library as it is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.documents.claims import marks
from tests.documents.claims.witness import hook
from tests.documents.plants.plant import VARIABLE, Plant
from tests.documents.plants.table import PLANTS, UNPLANTED
from tests.support.runs import ROOT, SDK

LANE = "pinned" if SDK < (1, 40) else "newest"
HERE = [plant for plant in PLANTS if plant.lane in ("", LANE)]


def test_every_claim_has_a_plant_or_a_reason_and_no_claim_has_both() -> None:
    planted = {plant.claim for plant in PLANTS}

    assert planted | set(UNPLANTED) == set(marks.found())
    assert planted & set(UNPLANTED) == set()


def test_every_plant_has_a_name_of_its_own() -> None:
    assert [name for name, count in Counter(plant.name for plant in PLANTS).items() if count > 1] == []


@pytest.mark.parametrize("plant", HERE, ids=lambda plant: plant.name)
def test_a_plant_changes_one_place_and_leaves_python(plant: Plant) -> None:
    spec = find_spec(plant.module)

    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).read_text(encoding="utf-8")
    compile(plant.edited(source), spec.origin, "exec", dont_inherit=True)


PLANT = Plant("a-claim", "it is 2", "tests.support.untyped", "x = 1", "x = 2", by="OSError")


@pytest.mark.parametrize(
    ("source", "count"), [("y = 1", 0), ("x = 1; x = 1", 2)], ids=["nowhere", "in two places"]
)
def test_a_plant_that_does_not_fit_is_refused(source: str, count: int) -> None:
    with pytest.raises(ValueError, match=f"has the text of the plant `a-claim: it is 2` {count} times"):
        PLANT.edited(source)


@pytest.mark.parametrize(
    ("message", "noticed"),
    [
        ("assert 1 == 2", True),
        ("AssertionError: assert 1 == 2", True),
        ("Failed: DID NOT RAISE <class 'ValueError'>", True),
        ("OSError: gone", True),
        ("TypeError: an own mistake", False),
        ("Failed: Timeout (>120.0s) from pytest-timeout.", False),
    ],
)
def test_an_assertion_notices_a_plant_and_its_own_mistake_does_not(message: str, noticed: bool) -> None:
    assert PLANT.noticed(message) is noticed


def test_a_process_runs_with_its_plant_and_another_without() -> None:
    plant = next(plant for plant in PLANTS if plant.name == "conformance-legacy: baggage is not found")
    printed = []
    code = "from jaeger_client.span import Span; print(Span.get_baggage_item.__code__.co_names)"
    for name in ("", plant.name):
        environment = {**os.environ, **hook(str(ROOT)), VARIABLE: name}
        result = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60
        )
        printed.append(result.stdout.strip())

    assert printed == ["('context', 'baggage', 'get')", "()"]
