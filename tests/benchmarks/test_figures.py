from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

from benchmarks import figures
from ot2otel.lab.overhead.report.json import document, read_document

REPORT = figures.read("report")
QUICK = [run["quick"] for name in ("repeats", "busy") for run in figures.read(name)["runs"]]


@pytest.mark.parametrize("saved", [REPORT, *QUICK], ids=["report", *map(str, range(len(QUICK)))])
def test_a_saved_document_is_read_and_written_again_with_the_same_figures(saved: figures.Json) -> None:
    again = document(read_document(saved))

    # The file of the report run also has the circumstances of the measurement.
    assert again == {key: saved[key] for key in saved if key not in ("load_at_start", "seconds")}


def test_processes_of_changing_speed_are_surer_by_ratios_than_by_differences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "RESULTS", tmp_path)
    monkeypatch.setattr(figures, "DRAWS", 20)
    chance = random.Random(1)
    slower = [1 + 0.06 * number for number in range(11)]
    us = {rung.name: [380 * times * chance.gauss(1, 0.001) for times in slower] for rung in figures.SHOWN}
    us |= {name: [200 * times for times in slower] for name in ("untraced-untraced", "untraced-again")}
    (tmp_path / "changing.json").write_text(json.dumps({"load_at_end": 0.25, "us": us}))

    shown = figures.changing()

    assert shown.startswith("The untraced request took 200 to 320 us by process; load 0.2 at the end.")
    rows = re.findall(r"\| (1\.\d+) \| ([\d.]+)% \| ([\d.]+)% \| [\d.]+ \|", shown)
    assert len(rows) == len(figures.SHOWN) - 1
    assert all(float(by_ratios) < 1 < 5 < float(by_differences) for _, by_ratios, by_differences in rows)
