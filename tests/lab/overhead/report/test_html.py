from __future__ import annotations

import base64
import re
from html.parser import HTMLParser

from tests.support.overheads import overhead
from tests.support.peers import module


class Outside(HTMLParser):
    """Collects the addresses that a page would load from."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name in ("src", "href") and not (value or "").startswith(("data:", "#")):
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

    assert [re.findall(r">([\d.]+, \d+ ± \d+ us)</text>", drawing) for drawing in drawings] == [
        [f"1.60, {added} us" for added in ("51 ± 1", "168 ± 3", "174 ± 3")],
        ["1.60, 295 ± 25 us"],
        [],
    ]


def test_the_page_shows_no_figure_that_would_mislead() -> None:
    module("matplotlib", "ot2otel[bench]")
    from ot2otel.lab.overhead.report.html import page

    shown = page(overhead(again=9.0)).partition("<main")[2].partition("</main>")[0]

    assert ("174" in shown, "<img" in shown, "Withheld" in shown) == (False, False, True)
