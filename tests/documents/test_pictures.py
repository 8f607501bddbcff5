"""The pictures in the documents, and the cost that one of them shows."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchmarks import figures
from docs.makers import blocks, pictures
from tests.support.runs import ROOT

PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
CIRCUMSTANCES = {
    "versions": {"a-tracer": "1.2"},
    "cores": 2,
    "cpu": "a processor",
    "switch_interval_s": 0.005,
}


def row(
    variant: str, rung: str, added: float, shape: str = "in-process", exporter: str = ""
) -> dict[str, object]:
    return {
        "variant": variant,
        "rung": rung,
        "shape": shape,
        "exporter": exporter,
        "added_us": added,
        "low_us": added - 1,
        "high_us": added + 1,
        "ratio": 1.25,
    }


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(figures, "RESULTS", tmp_path)
    return tmp_path


def save(results: Path, withheld: list[str]) -> None:
    rows = [
        row("untraced", "again", 0.0),
        row("native", "real", 120.0, exporter="otlp"),
        row("native", "real", 150.0, shape="two-process", exporter="otlp"),
    ]
    found = {
        "rows": rows,
        "withheld": withheld,
        "circumstances": CIRCUMSTANCES,
        "seconds": 600,
        "load_before": 0.1,
    }
    (results / "report.json").write_text(json.dumps(found))


def test_the_committed_pictures_are_what_the_committed_data_draws() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in pictures.DIRECTORY.iterdir()}

    assert pictures.drawn() == committed


def test_every_picture_is_shown_in_a_document_and_told_in_words() -> None:
    shown = {
        (document.parent / path).resolve(): says
        for document in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
        for says, path in PICTURE.findall(document.read_text(encoding="utf-8"))
    }

    assert set(shown) == set(pictures.DIRECTORY.iterdir())
    assert all(len(says) > 20 for says in shown.values())


def test_without_figures_the_cost_is_said_to_be_not_measured(results: Path) -> None:
    assert blocks.cost() == "Not measured yet; run `make bench`."
    assert "cost.svg" not in pictures.drawn()


def test_figures_that_were_withheld_are_not_shown(results: Path) -> None:
    save(results, withheld=["something else ran"])

    assert blocks.cost() == "Not measured yet; run `make bench`."
    assert "cost.svg" not in pictures.drawn()


def test_the_cost_has_a_table_for_each_shape_and_says_where_it_was_measured(results: Path) -> None:
    save(results, withheld=[])

    head = "| variant | rung | exporter | added us | ratio |\n| --- | ---: | ---: | ---: | ---: |"
    assert blocks.cost() == (
        "Both services in one process, without a socket between them:\n\n"
        "![What each rung of the ladder adds to a request.](pictures/cost.svg)\n\n"
        f"{head}\n| untraced | no tracing, measured again |  | 0.0 ± 1.0 | 1.250 |\n"
        "| native | exported | otlp | 120.0 ± 1.0 | 1.250 |\n\n"
        f"Two processes over loopback:\n\n{head}\n| native | exported | otlp | 150.0 ± 1.0 | 1.250 |\n\n"
        "`python -m benchmarks.evidence report`: 600 s on 2 cores (a processor), load 0.1 before, "
        "switch interval 5 ms; a-tracer 1.2."
    )


def test_the_cost_is_drawn_of_the_rungs_in_one_process(results: Path) -> None:
    save(results, withheld=[])

    texts = re.findall(r"<text[^>]*>([^<]*)<", pictures.drawn()["cost.svg"])

    assert texts == [
        "us added to a request; grey: no tracing, measured again",
        "native, exported over otlp",
        "120",
    ]
