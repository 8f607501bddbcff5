"""The table of the trees."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ot2otel.compare.judgement import Grade
from ot2otel.compare.trees import Cell, TreePair, TreeRow
from ot2otel.compare.verdict import Verdict
from ot2otel.model import Kind, StatusCode
from ot2otel.report.screen import Screen
from ot2otel.report.tree_table import Heads, table
from tests.support.findings import LOST, finding, verdict

LOSSES = (
    finding(Grade.DEGRADED, ("kind", "SERVER"), ("kind", "INTERNAL"), rules=(LOST,)),
    finding(Grade.IMPROVED, ("kind", "UNSPECIFIED"), ("kind", "SERVER")),
    finding(Grade.TRANSLATED, ("kind", "UNSPECIFIED"), ("kind", "INTERNAL")),
)
NO_TITLES: Mapping[str, str] = {}


def cell(
    name: str, kind: Kind = Kind.SERVER, status: StatusCode = StatusCode.UNSET, service: str = "shop"
) -> Cell:
    return Cell(service, name, kind, status)


def judged(*trees: TreePair) -> Verdict:
    return verdict(*LOSSES, trees=trees)


def tree(*rows: TreeRow, ids: str = "1", times: int = 0) -> TreePair:
    return TreePair(rows, times or len(ids), tuple((each, "") for each in ids))


def shown(
    *verdicts: Verdict, width: int = 80, everything: bool = False, encoding: str = "utf-8",
    titles: Mapping[str, str] = NO_TITLES,
) -> list[str]:  # fmt: skip
    heads = Heads("old", tuple("new" for _ in verdicts), titles)
    lines = table(verdicts, heads, Screen(width, encoding), everything=everything)
    assert all(line.cell_len <= width for line in lines)
    return [line.plain for line in lines]


PAY = cell("pay")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        pytest.param(PAY, PAY, "  shop: pay  SERVER  UNSET  ·  ·", id="the same"),
        pytest.param(
            PAY, cell("pay", Kind.INTERNAL), "  shop: pay  SERVER  UNSET  ▼ INTERNAL  ·", id="a loss"
        ),
        pytest.param(PAY, cell("pay", Kind.CLIENT), "  shop: pay  SERVER  UNSET  ≠ CLIENT  ·", id="changed"),
        pytest.param(
            cell("pay", Kind.UNSPECIFIED), PAY, "  shop: pay  UNSPECIFIED  UNSET  ▲ SERVER  ·", id="improved"
        ),
        pytest.param(
            cell("pay", Kind.UNSPECIFIED),
            cell("pay", Kind.INTERNAL),
            "  shop: pay  UNSPECIFIED  UNSET  → INTERNAL  ·",
            id="translated",
        ),
        pytest.param(
            cell("pay", status=StatusCode.ERROR), PAY, "  shop: pay  SERVER  ERROR  ·  ≠ UNSET", id="a status"
        ),
        pytest.param(PAY, None, "  shop: pay  SERVER  UNSET  ⊖ gone", id="a missing span"),
        pytest.param(None, PAY, "  shop: pay                 + SERVER  + UNSET", id="a new span"),
        pytest.param(
            PAY, cell("buy"), "  shop: pay  SERVER  UNSET  ≠ buy  ·  ·", id="another name"
        ),
        pytest.param(
            PAY,
            cell("pay", service="till"),
            "  shop: pay  SERVER  UNSET  ≠ till: pay  ·  ·",
            id="another service",
        ),
    ],
)  # fmt: skip
def test_every_cell_that_differs_has_a_mark(old: Cell | None, new: Cell | None, line: str) -> None:
    lines = shown(judged(tree(TreeRow(0, PAY, PAY), ids="0"), tree(TreeRow(0, old, new))))

    assert [part for part in lines[-1].split("  ") if part] == [part for part in line.split("  ") if part]


def test_a_span_that_moved_says_so() -> None:
    rows = [TreeRow(0, PAY, PAY, moved=True), TreeRow(0, PAY, cell("pay", Kind.INTERNAL), moved=True)]

    lines = shown(judged(tree(*rows)))

    words = [line.split()[4:] for line in lines[2:]]
    assert words == [["≠", "moved", "·"], ["▼", "INTERNAL,", "moved", "·"]]


def test_spans_are_indented_and_the_service_is_told_where_it_changes() -> None:
    rows = [
        TreeRow(0, cell("shop"), cell("shop")),
        TreeRow(1, PAY, PAY),
        TreeRow(2, cell("take", service="till"), cell("take", service="till")),
        TreeRow(1, cell(""), cell("")),
    ]

    assert shown(judged(tree(*rows, ids="ab"))) == [
        "                    old            new",
        "2 traces, such as a",
        "  shop              SERVER  UNSET  ·  ·",
        "  └─ pay            SERVER  UNSET  ·  ·",
        "     └─ till: take  SERVER  UNSET  ·  ·",
        "  └─ (no name)      SERVER  UNSET  ·  ·",
    ]


def test_a_trace_has_its_request_as_a_title() -> None:
    first, second = tree(TreeRow(0, PAY, PAY), ids="1"), tree(TreeRow(0, PAY, None), ids="23")
    titles = {"2": "GET /2 → 200", "3": "GET /2 → 200", "1": "GET /1 → 404"}

    lines = shown(judged(first, second), titles=titles)

    times = "\N{MULTIPLICATION SIGN}"
    assert [line for line in lines if "GET" in line] == [f"GET /2 → 200 {times}2", "GET /1 → 404"]


@pytest.mark.parametrize(
    ("depth", "name"), [(9, " " * 26 + "└─ x"), (10, " " * 26 + "└─ 10 x"), (5000, " " * 26 + "└─ 5000 x")]
)
def test_a_deep_span_has_its_depth_as_a_number(depth: int, name: str) -> None:
    lines = shown(judged(tree(TreeRow(0, cell("x"), cell("x")), TreeRow(depth, cell("x"), cell("x")))))

    assert lines[-1].startswith(f"{name}  SERVER")


SAME = tuple(TreeRow(n, PAY, PAY) for n in range(5))
LOST_KIND = (TreeRow(0, PAY, cell("pay", Kind.INTERNAL)), *SAME[1:])


def test_few_spans_are_all_shown() -> None:
    lines = shown(judged(tree(*SAME, ids="1"), tree(*SAME, ids="2")))

    assert len(lines) == 1 + 2 * 6


def test_of_many_spans_only_the_trees_with_a_loss_are_shown() -> None:
    lines = shown(judged(tree(*SAME, ids="1"), tree(*LOST_KIND, ids="2"), tree(*SAME, ids="3")))

    assert [line for line in lines if line.startswith("trace")] == ["trace 2"]
    assert lines[-1] == "and 2 shapes without a loss: --trees"


def test_of_many_trees_with_a_loss_the_first_are_shown() -> None:
    lines = shown(judged(*(tree(*LOST_KIND, ids=each) for each in "abcdefg"), tree(*SAME)))

    assert len(lines) == 1 + 4 * 6 + 1
    assert lines[-1] == "and 3 shapes with a loss and 1 shape without a loss: --trees"


def test_many_trees_without_a_loss_are_one_line() -> None:
    lines = shown(judged(*(tree(*SAME, ids=each) for each in "abc")))

    assert lines == ["3 shapes without a loss: --trees"]


def test_a_long_tree_is_cut() -> None:
    lines = shown(judged(tree(*LOST_KIND, *(TreeRow(1, PAY, PAY) for _ in range(100)))))

    assert len(lines) == 2 + 24 + 1
    assert lines[-1] == "  … 81 more spans: --trees"


def test_everything_is_shown_to_those_who_ask() -> None:
    lines = shown(
        judged(*(tree(*SAME, *SAME, *SAME, *LOST_KIND, *SAME, ids=each) for each in "abc")), everything=True
    )

    assert len(lines) == 1 + 3 * 26
    assert not any("--trees" in line for line in lines)


def test_afters_stand_beside_each_other_where_there_is_room() -> None:
    both = [judged(tree(*SAME)), judged(tree(*LOST_KIND))]

    assert len(shown(*both, width=80)) == 1 + 6
    assert len(shown(*both, width=42)) == (1 + 6) + 1 + (1 + 6)


def test_afters_of_which_it_is_not_known_what_belongs_together_stand_below_each_other() -> None:
    lines = shown(judged(tree(*SAME, times=9)), judged(tree(*SAME, times=9)))

    assert len(lines) == (1 + 6) + 1 + (1 + 6)


def test_a_long_name_is_cut_in_the_middle() -> None:
    lines = shown(judged(tree(TreeRow(0, cell("GET /" + "x" * 99 + "/end"), None))), width=60)

    assert lines[-1].startswith("  shop: GET /xxx")
    assert "…" in lines[-1]
    assert "/end SERVER" in lines[-1]


def test_a_screen_without_the_signs_gets_ascii() -> None:
    rows = [TreeRow(0, PAY, cell("pay", Kind.INTERNAL)), TreeRow(1, cell("Zoë 東"), None)]

    assert shown(judged(tree(*rows)), encoding="latin-1") == [
        "                 old            new",
        "trace 1",
        "  shop: pay      SERVER  UNSET  v INTERNAL  .",
        "  `- Zoë \\u6771  SERVER  UNSET  x gone",
    ]


def test_names_are_never_obeyed() -> None:
    odd = cell("\x1b[31m\n", service="\u202e")

    assert shown(judged(tree(TreeRow(0, odd, odd), ids="1")))[-1].startswith(
        "  \\u202e: \\x1b[31m\\n  SERVER"
    )


def test_no_tree_is_no_line() -> None:
    assert shown(judged()) == []
