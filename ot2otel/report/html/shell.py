"""The shell of a page: one HTML file that loads nothing, with its style and its script in it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

_TEMPLATES = "ot2otel.report.html/templates"


def render(template: str, values: Mapping[str, Any]) -> str:  # Any: what the template shows
    """Return a page; its policy allows the page's own style and script alone, and no connection.

    `template` is a file of this package's templates, or `PACKAGE/FILE`: a package has the template of its own
    page, which extends `base.html.jinja`.
    """
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
    place, _, file = name.rpartition("/")
    package, _, directory = (place or _TEMPLATES).partition("/")
    return files(package).joinpath(directory).joinpath(file).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
