"""The cost of tracing as one HTML page that loads nothing else."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from html import escape

from ot2otel.lab.overhead.ladder import Shape
from ot2otel.lab.overhead.report.cells import FIGURES, NAME, SHAPES, WITHHELD, cells, circumstances, headline
from ot2otel.lab.overhead.report.plots import forest, parts
from ot2otel.lab.overhead.result import Overhead

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1f2937 }
body { max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem }
h2 { font-size: 1.2rem; margin-top: 2.5rem }
img { width: 100%; height: auto }
.table { overflow-x: auto }
table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums }
th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid #e5e7eb; white-space: nowrap }
th:first-child, td:first-child { text-align: left }
.withheld { border-left: .3rem solid #b91c1c; padding: .5rem 1rem; background: #fef2f2 }
footer { margin-top: 2.5rem; font-size: .8rem; color: #6b7280 }
"""


def page(overhead: Overhead) -> str:
    """Return the page: the answer, the plots and the ladder; or only the reasons that there is no answer."""
    body = _withheld(overhead) if overhead.withheld else _answer(overhead)
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>The cost of tracing</title>\n<style>{_STYLE}</style>\n"
        "<h1>The cost of tracing for a request</h1>\n"
        f"{body}<footer>{_list(circumstances(overhead))}</footer>\n</html>"
    )


def _withheld(overhead: Overhead) -> str:
    return f'<div class="withheld"><p>{WITHHELD}</p>{_list(overhead.withheld)}</div>\n'


def _answer(overhead: Overhead) -> str:
    shapes = overhead.baselines
    return "\n".join(
        (
            _list(headline(overhead, shape) for shape in shapes),
            "<p>± is the 95% interval over processes. The ratio does not depend on the machine's speed; the "
            "times are for the speed at which an untraced request takes the stated time. In the plots a bar "
            "is the interval and each dot one process; the grey band is the untraced program against "
            "itself.</p>",
            *(_plot(overhead, shape) for shape in shapes),
            "<h2>Where the CPU time goes</h2>",
            "<p>Calling the tracer, recording spans, exporting them: both services in one process, all "
            "threads. A batch is exported in another thread and adds little to the time of a request.</p>",
            _image(parts(overhead), "CPU time of hooks, recording and exporting by variant and exporter"),
            "<h2>The ladder</h2>",
            *(_table(overhead, shape) for shape in shapes),
            "",
        )
    )


def _plot(overhead: Overhead, shape: Shape) -> str:
    words = f"{SHAPES[shape]}: the ratio of each rung and the time that it adds, with its interval"
    drawing = _image(forest(overhead, shape), words)
    return f"<h2>{SHAPES[shape]}</h2>\n{drawing}"


def _table(overhead: Overhead, shape: Shape) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in (NAME, *FIGURES))
    lines = "\n".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells(row)) + "</tr>"
        for row in overhead.rows_of(shape)
    )
    return f'<h3>{SHAPES[shape]}</h3>\n<div class="table"><table>\n<tr>{head}</tr>\n{lines}\n</table></div>'


def _list(lines: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def _image(svg: str, alternative: str) -> str:
    # Inside an image the drawing's ids can't clash with another's.
    encoded = base64.b64encode(svg.encode()).decode()
    return f'<img alt="{escape(alternative)}" src="data:image/svg+xml;base64,{encoded}">'
