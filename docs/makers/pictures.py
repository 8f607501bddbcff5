"""The pictures in docs/pictures, drawn from committed data: `python -m docs.makers.pictures` draws them.

matplotlib draws the cost, as on the page of `ot2otel overhead`; Rich draws the terminal; the others are plain
SVG in integer pixels. None has a date: the same data is the same text on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from benchmarks import figures
from docs.makers import blocks, hero_svg, terminal
from ot2otel.lab.fleet.crossing import Cell, Property
from ot2otel.lab.overhead.ladder import Shape
from ot2otel.lab.overhead.report.plots import forest
from tests.golden import fleet as golden

DIRECTORY = Path(__file__).parents[1] / "pictures"

INK, GREY = "#1f2937", "#6b7280"
COMPLETE, LOSING, SPLIT = "#86d3a5", "#f6d98b", "#eba9a4"

# Pixels: a cell of the matrix.
WIDE, HIGH = 50, 30
# The space for the names on the left of the matrix and, slanted, above it.
LEFT, TOP = 140, 88


def drawn() -> dict[str, str]:
    """Return each picture's text by its file's name."""
    return {
        "hero.svg": hero_svg.draw(blocks.hero()),
        "fleet.svg": matrix(golden.cells("pinned")),
        "terminal.svg": terminal.drawn("tutorial-3-legacy", "tutorial-3-shim"),
    } | ({"cost.svg": forest(figures.report(), Shape.IN_PROCESS)} if figures.measured("report") else {})


def matrix(cells: Sequence[Cell]) -> str:
    """Draw the losses between each two settings, the caller's in a row and the callee's in a column."""
    callers = list(dict.fromkeys(cell.caller for cell in cells))
    callees = list(dict.fromkeys(cell.callee for cell in cells))
    shapes = [
        _text(LEFT - 8, TOP + HIGH * row + 19, each.label, anchor="end") for row, each in enumerate(callers)
    ]
    for column, each in enumerate(callees):
        x, y = LEFT + WIDE * column + 24, TOP - 8
        shapes.append(f'<g transform="rotate(-40 {x} {y})">{_text(x, y, each.label)}</g>')
    for cell in cells:
        x, y = LEFT + WIDE * callees.index(cell.callee), TOP + HIGH * callers.index(cell.caller)
        shapes += _cell(cell, x, y)
    below = TOP + HIGH * len(callers) + 12
    shapes += _legend(below)
    return _svg(LEFT + WIDE * len(callees) + 50, below + 112, "Losses between each two settings", shapes)


def _cell(cell: Cell, x: int, y: int) -> Iterator[str]:
    lost = "".join(each.mark for each in Property if each not in cell.kept)
    fill = SPLIT if Property.JOINED not in cell.kept else LOSING if lost else COMPLETE
    yield f'<rect x="{x}" y="{y}" width="{WIDE - 2}" height="{HIGH - 2}" rx="4" fill="{fill}"/>'
    # Not by colour alone.
    words = {COMPLETE: "all", LOSING: lost, SPLIT: "-"}[fill]
    yield _text(x + (WIDE - 2) // 2, y + 19, words, anchor="middle")


def _legend(y: int) -> Iterator[str]:
    meanings = {COMPLETE: "all is kept", LOSING: "one trace, but lost:", SPLIT: "two traces"}
    for row, (fill, meaning) in enumerate(meanings.items()):
        yield f'<rect x="{LEFT}" y="{y + 22 * row}" width="16" height="16" rx="3" fill="{fill}"/>'
        yield _text(LEFT + 24, y + 13 + 22 * row, meaning)
    for row, each in enumerate(each for each in Property if each is not Property.JOINED):
        yield _text(LEFT + 200, y + 13 + 15 * row, each.mark, size=11, weight="bold")
        yield _text(LEFT + 216, y + 13 + 15 * row, each.summary, size=11, colour=GREY)


def _text(
    x: int,
    y: int,
    words: str,
    *,
    colour: str = INK,
    weight: str = "normal",
    size: int = 12,
    anchor: str = "start",
) -> str:
    style = f'font-size="{size}" font-weight="{weight}" fill="{colour}" text-anchor="{anchor}"'
    return f'<text x="{x}" y="{y}" {style}>{escape(words)}</text>'


def _svg(width: int, height: int, title: str, shapes: Sequence[str]) -> str:
    # With a ground: a code host may show the page on black.
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="system-ui, Helvetica, Arial, sans-serif">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" rx="6" fill="#ffffff"/>',
        *shapes,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    DIRECTORY.mkdir(exist_ok=True)
    for name, text in drawn().items():
        (DIRECTORY / name).write_text(text, encoding="utf-8")
