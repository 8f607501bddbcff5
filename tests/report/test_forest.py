"""The span trees of recordings for a terminal."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from rich.console import Console, RenderableType

from ot2otel.model import Kind, Span, Status, StatusCode
from ot2otel.recording import Recording
from ot2otel.report import forest as report
from tests.support.fields import SpanFields
from tests.support.trees import branch, chain, forest

if TYPE_CHECKING:
    from typing_extensions import Unpack


def _shown(content: RenderableType, width: int = 120, terminal: bool = False) -> str:
    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=terminal,
        color_system="standard" if terminal else None,
        legacy_windows=False,
    )
    console.print(content)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def _lines(content: RenderableType, width: int = 120) -> list[str]:
    return [line.rstrip() for line in _shown(content, width).splitlines()]


def _one_span(name: str, /, **fields: Unpack[SpanFields]) -> Recording:
    return Recording((replace(Span("1" * 32, "1" * 16, name), **fields),))


SPANS = forest(
    branch(
        "ask",
        branch("answer", service="two", kind=Kind.SERVER, status=Status(StatusCode.ERROR)),
        service="ask",
        kind=Kind.CLIENT,
    )
)


def test_a_tree_shows_kind_status_duration_and_the_service_of_another_name() -> None:
    assert _lines(report.trees([Recording(SPANS, variant="native")], 60), 60) == [
        "╭─ native ─────────────────────────────────────────────────╮",
        "│ ask CLIENT UNSET 0.0 ms                                  │",
        "│ └── answer of two SERVER ERROR 0.0 ms                    │",
        "╰──────────────────────────────────────────────────────────╯",
    ]


@pytest.mark.parametrize(
    ("parents", "told"),
    [
        (("", "1" * 16), ["one UNSPECIFIED UNSET 0.0 ms", "└── two UNSPECIFIED UNSET 0.0 ms"]),
        (
            ("f" * 16, "1" * 16),
            ["one UNSPECIFIED UNSET 0.0 ms, its parent ffffffffffffffff is absent", "└── two"],
        ),
        (
            ("2" * 16, "1" * 16),
            ["one UNSPECIFIED UNSET 0.0 ms, its parent 2222222222222222 is below it: a circle"],
        ),
    ],
    ids=["sound", "orphan", "circle"],
)
def test_a_root_that_names_a_parent_tells_where_it_is(parents: tuple[str, str], told: list[str]) -> None:
    spans = (
        Span("1" * 32, "1" * 16, "one", parents[0], start_ns=1, end_ns=2),
        Span("1" * 32, "2" * 16, "two", parents[1], start_ns=1, end_ns=2),
    )

    lines = _lines(report.trees([Recording(spans)], 120))[1:-1]

    assert [line[2 : 2 + len(text)] for line, text in zip(lines, told, strict=False)] == told


def test_trees_stand_side_by_side_where_there_is_room() -> None:
    lines = _lines(report.trees([Recording(SPANS, variant=name) for name in ("one", "two")], 120))

    assert len(lines) == 4
    assert [lines[0].count(name) for name in ("one", "two")] == [1, 1]
    assert lines[2].count("answer of two SERVER ERROR") == 2


def test_a_narrow_terminal_stacks_the_trees() -> None:
    lines = _lines(report.trees([Recording(SPANS, variant=name) for name in ("one", "two")], 80), 80)

    assert len(lines) == 8
    assert [line.count("answer of two SERVER ERROR") for line in lines] == [0, 0, 1, 0, 0, 0, 1, 0]


@pytest.mark.parametrize("width", [46, 80, 160])
def test_a_deep_trace_is_shown_down_to_the_level_that_leaves_room_for_a_name(width: int) -> None:
    lines = _lines(report.trees([Recording(chain(1000))], width), width)[1:-1]

    shown = [line for line in lines if "step UNSPECIFIED" in line]
    more = re.search(r"\.\.\. (\d+) more below", lines[-1])
    assert more
    assert len(shown) + int(more[1]) == 1000
    assert len(shown) > (width - 30) // 4


def test_a_trace_that_just_fits_is_shown_completely() -> None:
    text = _shown(report.trees([Recording(chain(10))], 80), 80)

    assert (text.count("step UNSPECIFIED"), text.count("more below")) == (10, 0)


NAMES = [
    pytest.param("[bold]a[/bold]", "[bold]a[/bold]", id="markup"),
    pytest.param(":smile: [/]", ":smile: [/]", id="a picture's name"),
    pytest.param("\x1b]0;title\x07\x1b[31m", "\\x1b]0;title\\x07\\x1b[31m", id="escape sequences"),
    pytest.param("\x9b31m\r\n", "\\x9b31m\\r\\n", id="other controls"),
    pytest.param("\u202egnp", "\\u202egnp", id="text turned round"),
    pytest.param("\ud800", "\\ud800", id="half a character"),
    pytest.param("Zoë 東京", "Zoë 東京", id="letters"),
]


@pytest.mark.parametrize(("raw", "shown"), NAMES)
def test_names_are_shown_as_they_are_and_never_obeyed(raw: str, shown: str) -> None:
    recording = replace(_one_span(raw, resource={"service.name": f"<{raw}>"}), variant=f"by {raw}")

    text = _shown(report.trees([recording], 120))

    assert f"─ by {shown} ─" in text
    assert f"│ {shown} of <{shown}> UNSPECIFIED UNSET 0.0 ms" in text


def test_output_that_is_not_a_terminal_gets_no_escape_sequences() -> None:
    assert "\x1b" not in _shown(report.trees([Recording(SPANS)], 120))
