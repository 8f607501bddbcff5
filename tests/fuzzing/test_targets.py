"""The fuzzer's targets hold for the inputs they begin with, and `make fuzz` runs all of them."""

from __future__ import annotations

import re

import pytest

from tests.fuzzing.targets import TARGETS
from tests.support.runs import ROOT


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_holds_for_its_seeds(name: str) -> None:
    target = TARGETS[name]

    seeds = target.seeds()

    assert seeds
    for seed in seeds:
        target.check(seed)
        target.check(seed[: len(seed) // 2])


def test_make_runs_every_target() -> None:
    listed = re.search(r"^DECODERS := ((?:.*\\\n)*.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert listed is not None
    assert set(listed[1].replace("\\", "").split()) == set(TARGETS)
