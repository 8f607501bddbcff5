from __future__ import annotations

import base64
import json
import re
from html.parser import HTMLParser

from rich.console import Console

from ot2otel.lab.overhead.estimate import Estimate
from ot2otel.lab.overhead.ladder import AGAIN, Level, Rung, Shape
from ot2otel.lab.overhead.report.cells import number
from ot2otel.lab.overhead.report.json import document
from ot2otel.lab.overhead.report.text import report
from ot2otel.lab.overhead.result import Overhead, Row
from tests.support.peers import module

ENVIRONMENT = {
    "versions": {"python": "3.11.7"},
    "python_build": "CPython 3.11.7",
    "switch_interval_s": 0.005,
    "cores": 2,
    "cpu": "a processor",
    "system": "Linux x86_64",
    "load": 0.1,
    "processes": 10,
    "pairs": 5,
    "cheapest_span_us": 0.41,
}
EXPORTED = Rung("native", Level.REAL, "otlp")


def row(rung: Rung, added: float, half_width: float, shape: Shape = Shape.IN_PROCESS) -> Row:
    return Row(
        rung,
        shape,
        Estimate(added, added - half_width, added + half_width),
        Estimate(1.6, 1.5, 1.7),
        added,
        added + 100,
        sent=1080 if rung.exporter else 0,
        arrived=1080 if rung.exporter else 0,
        per_process=(added - 1, added + 1),
        median_added=Estimate(added + 2, added, added + 4),
        peak_memory_mib=44.26,
        import_ms=48.0,
        floor_multiple=140.0 if rung.exporter else None,
    )


def overhead(again: float = 0.2) -> Overhead:
    return Overhead(
        (
            row(AGAIN, again, 1.0),
            row(Rung("native", Level.HOOKS), 51.4, 1.3),
            row(Rung("native", Level.NULL), 168.2, 3.2),
            row(EXPORTED, 174.0, 3.0),
            row(AGAIN, 4.0, 20.0, Shape.TWO_PROCESS),
            row(EXPORTED, 295.0, 25.0, Shape.TWO_PROCESS),
        ),
        {Shape.IN_PROCESS: 264.0, Shape.TWO_PROCESS: 1591.0},
        ENVIRONMENT,
        ("native, exported over jaeger: it does not import",),
    )


def printed(found: Overhead) -> str:
    console = Console(width=220, color_system=None)
    with console.capture() as captured:
        console.print(report(found))
    return captured.get()


def test_a_row_of_the_document_has_every_figure() -> None:
    exported = document(overhead())["rows"][3]

    assert exported == {
        "variant": "native",
        "rung": "real",
        "shape": "in-process",
        "exporter": "otlp",
        "added_us": 174.0,
        "low_us": 171.0,
        "high_us": 177.0,
        "median_added_us": 176.0,
        "median_low_us": 174.0,
        "median_high_us": 178.0,
        "ratio": 1.6,
        "ratio_low": 1.5,
        "ratio_high": 1.7,
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

    assert (found["headline"], found["withheld"], found["aa"], found["environment"]["baseline_us"]) == (
        True,
        [],
        {"added_us": 0.2, "low_us": -0.8, "high_us": 1.2},
        {"in-process": 264.0, "two-process": 1591.0},
    )


def test_the_terminal_begins_with_the_answer() -> None:
    assert printed(overhead()).startswith(
        "Both services in one process, tracing adds to a request of 264 us: "
        "native over otlp 174 ± 3 us (1.60 times the request)."
    )


def test_a_figure_that_rounds_to_nothing_has_no_sign() -> None:
    assert [number(value, 0) for value in (-0.3, 0.3, -0.6, None)] == ["0", "0", "-1", ""]


def test_the_terminal_shows_no_figure_that_would_mislead() -> None:
    shown = printed(overhead(again=9.0))

    assert shown.startswith(
        "Withheld: these figures would mislead.\n- in-process: the untraced program differs"
    )
    assert "174" not in shown


def test_a_document_that_would_mislead_says_so() -> None:
    found = document(overhead(again=9.0))

    assert (found["headline"], len(found["withheld"])) == (False, 1)


class Outside(HTMLParser):
    """Collects what a page would load from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name in ("src", "href") and not (value or "").startswith("data:"):
                self.found.append(f"{tag} {value}")


def test_the_page_needs_nothing_else() -> None:
    module("matplotlib", "ot2otel[bench]")
    from ot2otel.lab.overhead.report.html import page

    outside = Outside()
    outside.feed(page(overhead()))

    assert outside.found == []


def test_the_page_draws_each_rung_with_its_interval() -> None:
    module("matplotlib", "ot2otel[bench]")
    from ot2otel.lab.overhead.report.html import page

    drawings = [
        base64.b64decode(found).decode()
        for found in re.findall(r"data:image/svg\+xml;base64,([^\"]+)", page(overhead()))
    ]

    assert [re.findall(r">(\d+ ± \d+)</text>", drawing) for drawing in drawings] == [
        ["51 ± 1", "168 ± 3", "174 ± 3"],
        ["295 ± 25"],
        [],
    ]


def test_the_page_shows_no_figure_that_would_mislead() -> None:
    module("matplotlib", "ot2otel[bench]")
    from ot2otel.lab.overhead.report.html import page

    shown = page(overhead(again=9.0))

    assert ("174" in shown, "<img" in shown, "Withheld" in shown) == (False, False, True)
