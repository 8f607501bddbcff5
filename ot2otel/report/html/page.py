"""One HTML file that loads nothing: its data, its style and its script are in it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from ot2otel.outline import printable
from ot2otel.report.html.content import Content
from ot2otel.report.html.maker import Judged, made

_TEMPLATES = files("ot2otel.report.html") / "templates"
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


def render(template: str, values: Mapping[str, Any]) -> str:  # Any: what the template shows
    """Return a page; its policy allows the page's own style and script alone, and no connection."""
    style, script = _file("page.css"), _file("page.js")
    policy = (
        "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
        f"style-src {_hash(style)}; script-src {_hash(script)}"
    )
    return (
        _environment()
        .get_template(template)
        .render(style=Markup(style), script=Markup(script), policy=Markup(policy), **values)
    )


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(_file),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def _file(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
