"""Each claim has a plant, or a reason for having none; each plant fits its library as it is installed."""

from __future__ import annotations

from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.documents.claims import marks
from tests.documents.plants.plant import Plant
from tests.documents.plants.table import PLANTS, UNPLANTED
from tests.support.runs import SDK

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
