from __future__ import annotations

import json

import pytest

from ot2otel.lab.overhead.report.json import document, read_document
from tests.support.overheads import overhead


def test_a_row_of_the_document_has_every_figure() -> None:
    exported = document(overhead())["rows"][3]

    assert exported == {
        "variant": "native",
        "rung": "real",
        "shape": "in-process",
        "exporter": "otlp",
        "ratio": 1.6,
        "ratio_low": 1.5,
        "ratio_high": 1.7,
        "added_us": 174.0,
        "low_us": 171.0,
        "high_us": 177.0,
        "median_added_us": 176.0,
        "median_low_us": 174.0,
        "median_high_us": 178.0,
        "foreground_cpu_us": 174.0,
        "cpu_us": 274.0,
        "sent": 1080,
        "arrived": 1080,
        "lost": 0,
        "peak_memory_mib": 44.26,
        "import_ms": 48.0,
        "floor_multiple": 140.0,
        "per_process_us": [173.0, 175.0],
    }


def test_the_document_says_what_the_program_shows_against_itself() -> None:
    found = json.loads(json.dumps(document(overhead())))

    assert (found["believable"], found["withheld"], found["against_itself"]) == (
        True,
        [],
        {
            "ratio": 1.6,
            "ratio_low": 1.5,
            "ratio_high": 1.7,
            "added_us": 0.2,
            "low_us": -0.8,
            "high_us": 1.2,
        },
    )


def test_the_document_states_the_speed_that_the_times_are_for() -> None:
    found = json.loads(json.dumps(document(overhead())))["circumstances"]

    assert (found["baseline_us"], found["baseline_range_us"]) == (
        {"in-process": 264.0, "two-process": 1591.0},
        {"in-process": [251.0, 402.0], "two-process": [1502.0, 1733.0]},
    )


def test_in_the_document_the_ratio_comes_before_the_times() -> None:
    names = list(document(overhead())["rows"][3])

    assert names.index("ratio") < names.index("added_us")


def test_a_document_that_would_mislead_says_so() -> None:
    found = document(overhead(again=9.0))

    assert (found["believable"], len(found["withheld"])) == (False, 1)


@pytest.mark.parametrize("repeated", [0.2, 9.0], ids=["believed", "withheld"])
def test_a_document_is_read_back_as_the_result_that_was_written(repeated: float) -> None:
    measured = overhead(repeated)

    assert read_document(json.loads(json.dumps(document(measured)))) == measured
