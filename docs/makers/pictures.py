"""The pictures in docs/pictures, drawn of committed data: `python -m docs.makers.pictures` draws them anew.

Plain SVG in whole pixels, without a date: the same data is the same text on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import chain, count
from pathlib import Path

from benchmarks import figures
from docs.makers.blocks import recording
from ot2otel.lab.fleet.crossing import Cell, Property
from ot2otel.lab.overhead.ladder import Level, Rung, Shape
from ot2otel.model import Kind, Node, Span, StatusCode, traces
from ot2otel.recording import Recording
from tests.golden import fleet as golden

DIRECTORY = Path(__file__).parents[1] / "pictures"

INK, GREY, PALE, RULE, RED = "#1f2937", "#6b7280", "#9ca3af", "#e5e7eb", "#b91c1c"
KINDS = {Kind.SERVER: "#0f766e", Kind.CLIENT: "#1d4ed8"}
VARIANTS = {"legacy": "#b45309", "shim": "#7c3aed", "native": "#0f766e", "instrumented": "#1d4ed8"}
WHOLE, LOSING, SPLIT = "#86d3a5", "#f6d98b", "#eba9a4"

# Pixels: a column of the span trees, a line of it, where in it kind and status stand; a cell of the matrix.
COLUMN, LINE, KIND, STATUS = 290, 20, 160, 222
WIDE, HIGH = 50, 30
# What the names of the rungs take, and what is left for their bars.
NAMES, WIDTH = 240, 560
# What the matrix leaves to the names on its left and, slanted, above it.
LEFT, TOP = 140, 88


def drawn() -> dict[str, str]:
    """Return each picture's text by its file's name."""
    names = ("hello-legacy-jaeger", "hello-shim-otlp", "hello-native-otlp")
    return {
        "span-trees.svg": span_trees([recording(name) for name in names]),
        "fleet.svg": matrix(golden.cells("pinned")),
    } | ({"cost.svg": cost(figures.read("report")["rows"])} if figures.measured("report") else {})


def span_trees(recordings: Sequence[Recording]) -> str:
    """Draw each recording's traces under each other and the recordings side by side."""
    lines = max(len(each.spans) + len(each.answers) for each in recordings)
    says = f"Span trees of {', '.join(each.label for each in recordings)}"
    height = 44 + LINE * lines + 8 * max(len(each.answers) for each in recordings)
    columns = (_column(each, COLUMN * number, height) for number, each in enumerate(recordings))
    return _svg(COLUMN * len(recordings), height, says, [*chain.from_iterable(columns)])


def matrix(cells: Sequence[Cell]) -> str:
    """Draw what is lost between each two settings, the caller's in a row and the callee's in a column."""
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
    return _svg(
        LEFT + WIDE * len(callees) + 50, below + 112, "What is lost between each two settings", shapes
    )


def cost(rows: Sequence[figures.Json]) -> str:
    """Draw what each rung of the benchmarks' ladder adds to a request in one process, with its interval."""
    rows = [row for row in rows if row["shape"] == Shape.IN_PROCESS.value]
    again = next(row for row in rows if row["rung"] == Level.AGAIN.value)
    rows = [row for row in rows if row is not again]
    lowest = min(0, *(row["low_us"] for row in rows), again["low_us"])
    scale = WIDTH / (max(row["high_us"] for row in rows) - lowest)

    def x(us: float) -> int:
        return NAMES + round((us - lowest) * scale)

    height = 40 + LINE * len(rows)
    shapes = [
        f'<rect x="{x(again["low_us"])}" y="28" width="{max(1, x(again["high_us"]) - x(again["low_us"]))}" '
        f'height="{height - 34}" fill="{RULE}"/>',
        f'<path d="M{x(0)} 28v{height - 34}" stroke="{PALE}"/>',
        _text(NAMES, 18, "us added to a request; grey: no tracing, measured again", colour=GREY, size=11),
    ]
    for row, y in zip(rows, count(44, LINE), strict=False):
        rung = Rung(row["variant"], Level(row["rung"]), row["exporter"])
        colour, low, high = VARIANTS.get(rung.variant, GREY), x(row["low_us"]), x(row["high_us"])
        shapes += [
            _text(NAMES - 8, y, rung.label, anchor="end", size=11),
            f'<rect x="{low}" y="{y - 6}" width="{max(2, high - low)}" height="4" fill="{colour}"/>',
            f'<circle cx="{x(row["added_us"])}" cy="{y - 4}" r="4" fill="{colour}"/>',
            _text(high + 10, y, f"{row['added_us']:.0f}", size=11, colour=GREY),
        ]
    return _svg(NAMES + WIDTH + 60, height, "What each rung adds to a request", shapes)


def _column(one: Recording, left: int, height: int) -> Iterator[str]:
    if left:
        yield f'<path d="M{left} 12v{height - 24}" stroke="{RULE}"/>'
    yield _text(left + 14, 24, one.label, weight="bold", size=14)
    y = 32
    for asked, trace in zip(one.answers, traces(one.spans), strict=True):
        y += LINE + 8
        yield _text(left + 14, y, f"{asked.request} → {asked.status}", colour=GREY)
        for root in trace.roots:
            for node, depth in _walk(root):
                y += LINE
                yield from _span(node.span, left + 14, y, depth)


def _walk(node: Node, depth: int = 0) -> Iterator[tuple[Node, int]]:
    yield node, depth
    for child in node.children:
        yield from _walk(child, depth + 1)


def _span(span: Span, x: int, y: int, depth: int) -> Iterator[str]:
    indent = x + 12 * depth
    if depth:
        yield f'<path d="M{indent - 7} {y - 14}v10h5" fill="none" stroke="{PALE}"/>'
    yield _text(indent, y, span.name, size=11)
    yield _text(x + KIND, y, span.kind.name, colour=KINDS.get(span.kind, PALE), weight="bold", size=11)
    failed = span.status.code is StatusCode.ERROR
    weight, colour = ("bold", RED) if failed else ("normal", PALE)
    yield _text(x + STATUS, y, span.status.code.name, colour=colour, weight=weight, size=11)


def _cell(cell: Cell, x: int, y: int) -> Iterator[str]:
    lost = "".join(each.mark for each in Property if each not in cell.kept)
    fill = SPLIT if Property.JOINED not in cell.kept else LOSING if lost else WHOLE
    yield f'<rect x="{x}" y="{y}" width="{WIDE - 2}" height="{HIGH - 2}" rx="4" fill="{fill}"/>'
    # Not by colour alone.
    says = {WHOLE: "all", LOSING: lost, SPLIT: "-"}[fill]
    yield _text(x + (WIDE - 2) // 2, y + 19, says, anchor="middle")


def _legend(y: int) -> Iterator[str]:
    says = {WHOLE: "all is kept", LOSING: "one trace, but lost:", SPLIT: "two traces"}
    for row, (fill, meaning) in enumerate(says.items()):
        yield f'<rect x="{LEFT}" y="{y + 22 * row}" width="16" height="16" rx="3" fill="{fill}"/>'
        yield _text(LEFT + 24, y + 13 + 22 * row, meaning)
    for row, each in enumerate(each for each in Property if each is not Property.JOINED):
        yield _text(LEFT + 200, y + 13 + 15 * row, each.mark, size=11, weight="bold")
        yield _text(LEFT + 216, y + 13 + 15 * row, each.summary, size=11, colour=GREY)


def _text(
    x: int,
    y: int,
    says: str,
    *,
    colour: str = INK,
    weight: str = "normal",
    size: int = 12,
    anchor: str = "start",
) -> str:
    style = f'font-size="{size}" font-weight="{weight}" fill="{colour}" text-anchor="{anchor}"'
    return f'<text x="{x}" y="{y}" {style}>{escape(says)}</text>'


def _svg(width: int, height: int, says: str, shapes: Sequence[str]) -> str:
    # A ground of its own: a code host may show the page on black.
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="system-ui, Helvetica, Arial, sans-serif">',
        f"<title>{escape(says)}</title>",
        f'<rect width="{width}" height="{height}" rx="6" fill="#ffffff"/>',
        *shapes,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    DIRECTORY.mkdir(exist_ok=True)
    for name, text in drawn().items():
        (DIRECTORY / name).write_text(text, encoding="utf-8")
