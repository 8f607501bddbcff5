"""The page on verdicts: the shell with their content as data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from markupsafe import Markup

from ot2otel.outline import printable
from ot2otel.report.html.content import Content
from ot2otel.report.html.maker import Judged, made
from ot2otel.report.html.shell import render

# In a block of data only these can end it, or are line ends for a script.
_ESCAPED = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def page(judged: Sequence[Judged], heading: str) -> str:
    """Return the page on verdicts; `heading` tells what was compared."""
    content = made(judged, printable(heading))
    first = content.comparisons[0]
    return render(
        "comparison.html.jinja",
        {
            "title": f"{first.label}: {first.outcome} · ot2otel",
            "heading": content.heading,
            "data": Markup(data(content)),
        },
    )


def data(content: Content) -> str:
    """Return the content as JSON that can stand in an HTML document."""
    return json.dumps(asdict(content), ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED)
