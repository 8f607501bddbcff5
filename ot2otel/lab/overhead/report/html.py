"""The cost of tracing as one HTML page that loads nothing else."""

from __future__ import annotations

import base64

from ot2otel.lab.overhead.report.cells import FIGURES, NAME, SHAPES, WITHHELD, cells, circumstances, headline
from ot2otel.lab.overhead.report.plots import forest, parts
from ot2otel.lab.overhead.result import Overhead
from ot2otel.report.html import render


def page(overhead: Overhead) -> str:
    """Return the page: the answer, the plots and the ladder; or only the reasons that there is no answer."""
    shapes = [] if overhead.withheld else overhead.baselines
    return render(
        "ot2otel.lab.overhead.report/page.html.jinja",
        {
            "title": "The cost of tracing · ot2otel",
            "heading": "overhead",
            "withheld": overhead.withheld,
            "warning": WITHHELD,
            "answers": [headline(overhead, shape) for shape in shapes],
            "plots": [(SHAPES[shape], _image(forest(overhead, shape))) for shape in shapes],
            "parts": "" if overhead.withheld else _image(parts(overhead)),
            "columns": (NAME, *FIGURES),
            "ladders": [(SHAPES[shape], [cells(row) for row in overhead.rows_of(shape)]) for shape in shapes],
            "circumstances": circumstances(overhead),
        },
    )


def _image(svg: str) -> str:
    # Inside an image the drawing's ids can't clash with another's.
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
