from __future__ import annotations

import ast
from pathlib import Path

from tests.support.runs import ROOT

# For tracing only: arguments, and the function that opens the span of a request.
TRACING_ARGUMENTS = {"tracing", "span"}
TRACING_FUNCTIONS = {"incoming_span"}

Functions = dict[str, list[str]]


def functions(module: Path) -> Functions:
    return {
        node.name: [argument.arg for argument in node.args.args]
        for node in ast.parse(module.read_text()).body
        if isinstance(node, ast.FunctionDef)
    }


def without_tracing(of: Functions) -> Functions:
    return {
        name: [argument for argument in arguments if argument not in TRACING_ARGUMENTS]
        for name, arguments in of.items()
        if name not in TRACING_FUNCTIONS
    }


def test_the_untraced_twin_has_the_functions_of_the_traced_one() -> None:
    twin = functions(ROOT / "ot2otel" / "lab" / "overhead" / "programs" / "untraced" / "hello.py")

    traced = functions(ROOT / "legacy_opentracing" / "hello.py")
    assert list(twin.items()) == list(without_tracing(traced).items())


def lines(module: Path) -> list[str]:
    """Return the lines of code without their indentation and without arguments for tracing."""
    text = module.read_text()
    for passed_on in (
        "tracing: Tracing, ",
        "span: Span, ",
        "tracing, ",
        "span, ",
        'span.get_baggage_item("greeting") or ',
    ):
        text = text.replace(passed_on, "")
    return [line.strip() for line in text.splitlines() if not line.strip().startswith('"""')]


def test_every_line_of_the_untraced_twin_is_one_of_the_traced_one() -> None:
    twin, traced = (
        lines(ROOT / package / "hello.py")
        for package in ("ot2otel/lab/overhead/programs/untraced", "legacy_opentracing")
    )

    assert [line for line in twin if line not in traced] == []
