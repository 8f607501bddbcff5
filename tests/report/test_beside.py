"""Trees side by side, each cell with what became of it."""

from __future__ import annotations

import pytest

from ot2otel.compare.judgement import Grade
from ot2otel.compare.trees import Cell, TreePair, TreeRow
from ot2otel.model import Kind, StatusCode
from ot2otel.report.beside import After, Block, Row, blocks
from tests.support.findings import LOST, MOVED, finding, verdict

KEPT, GONE, NEW = Grade.KEPT, Grade.GONE, Grade.NEW


def cell(
    name: str, kind: Kind = Kind.SERVER, status: StatusCode = StatusCode.UNSET, service: str = "shop"
) -> Cell:
    return Cell(service, name, kind, status)


def tree(*rows: TreeRow, ids: str = "1", times: int = 0) -> TreePair:
    return TreePair(rows, times or len(ids), tuple((each, f"new {each}") for each in ids))


def kept(one: Cell) -> After:
    return After(one, KEPT, KEPT, KEPT)


PAY, BUY = cell("pay"), cell("buy", Kind.CLIENT)


def test_the_trees_of_one_verdict_are_its_own() -> None:
    pair = tree(TreeRow(0, PAY, PAY), ids="12", times=7)

    assert blocks([verdict(trees=(pair,))]) == [
        Block((Row(0, PAY, (kept(PAY),)),), 7, (("1", "new 1"), ("2", "new 2")))
    ]


def test_a_missing_and_a_new_span_have_one_side() -> None:
    pair = tree(TreeRow(0, PAY, None), TreeRow(1, None, BUY))

    [block] = blocks([verdict(trees=(pair,))]) or []

    assert block.rows == (
        Row(0, PAY, (After(None, GONE, GONE, GONE),)),
        Row(1, None, (After(BUY, NEW, NEW, NEW),)),
    )
    assert block.has_loss


@pytest.mark.parametrize(
    ("new", "findings", "grades", "loss"),
    [
        pytest.param(PAY, [], (KEPT, KEPT, KEPT), False, id="the same"),
        pytest.param(
            cell("pay", Kind.INTERNAL),
            [finding(Grade.DEGRADED, ("kind", "CLIENT, SERVER"), ("kind", "INTERNAL"), rules=(LOST,))],
            (KEPT, Grade.DEGRADED, KEPT),
            True,
            id="a kind that a rule knows",
        ),
        pytest.param(
            cell("pay", Kind.INTERNAL),
            [finding(Grade.TRANSLATED, ("kind", "SERVER"), ("kind", "CLIENT"), rules=(MOVED,))],
            (KEPT, Grade.CHANGED, KEPT),
            True,
            id="a kind of which no finding is",
        ),
        pytest.param(
            cell("pay", status=StatusCode.ERROR),
            [finding(Grade.IMPROVED, ("status.code", "UNSET"), ("status.code", "ERROR"))],
            (KEPT, KEPT, Grade.IMPROVED),
            False,
            id="a status",
        ),
        pytest.param(
            cell("POST /pay"),
            [finding(Grade.TRANSLATED, ("name", '"#"'), ("name", '"POST /#"'), rules=(MOVED,))],
            (Grade.TRANSLATED, KEPT, KEPT),
            False,
            id="a name",
        ),
        pytest.param(
            cell("pay", Kind.INTERNAL),
            [
                finding(
                    Grade.DEGRADED, ("kind", "SERVER"), ("kind", "INTERNAL"), service="other", rules=(LOST,)
                )
            ],
            (KEPT, Grade.CHANGED, KEPT),
            True,
            id="a finding of another service",
        ),
    ],
)
def test_a_cell_has_the_grade_of_its_finding(
    new: Cell, findings: list[object], grades: tuple[Grade, Grade, Grade], loss: bool
) -> None:
    judged = verdict(*findings, trees=(tree(TreeRow(0, PAY, new)),))  # type: ignore[arg-type]  # pytest's table

    [block] = blocks([judged]) or []

    assert block.rows[0].afters == (After(new, *grades),)
    assert block.has_loss is loss


def test_the_afters_of_one_before_share_its_rows() -> None:
    one = tree(TreeRow(0, PAY, PAY), TreeRow(1, None, BUY), TreeRow(1, BUY, BUY), TreeRow(1, None, PAY))
    other = tree(TreeRow(0, PAY, PAY), TreeRow(1, None, BUY), TreeRow(1, BUY, None))

    [block] = blocks([verdict(trees=(one,)), verdict(trees=(other,))]) or []

    new, missing = After(BUY, NEW, NEW, NEW), After(None, GONE, GONE, GONE)
    assert block.rows == (
        Row(0, PAY, (kept(PAY), kept(PAY))),
        Row(1, None, (new, new)),
        Row(1, BUY, (kept(BUY), missing)),
        Row(1, None, (After(PAY, NEW, NEW, NEW), None)),
    )


def test_traces_alike_in_one_after_and_not_in_the_other_are_two_blocks() -> None:
    one = verdict(trees=(tree(TreeRow(0, PAY, PAY), ids="12"),))
    other = verdict(trees=(tree(TreeRow(0, PAY, PAY), ids="1"), tree(TreeRow(0, PAY, None), ids="2")))

    found = blocks([one, other]) or []

    assert [(block.times, block.examples) for block in found] == [(1, (("1", ""),)), (1, (("2", ""),))]


@pytest.mark.parametrize(
    "trees",
    [
        pytest.param((tree(TreeRow(0, PAY, PAY), ids="1", times=4),), id="more traces than are known"),
        pytest.param((tree(TreeRow(0, PAY, PAY), ids="2"),), id="another trace"),
        pytest.param((tree(TreeRow(0, PAY, PAY)), tree(TreeRow(0, PAY, None))), id="a trace in two pairs"),
    ],
)
def test_trees_of_which_it_is_not_known_what_belongs_together_are_not_joined(
    trees: tuple[TreePair, ...],
) -> None:
    assert blocks([verdict(trees=(tree(TreeRow(0, PAY, PAY)),)), verdict(trees=trees)]) is None


def test_a_trace_that_one_after_alone_has_comes_last() -> None:
    both = tree(TreeRow(0, PAY, PAY))
    alone = TreePair((TreeRow(0, None, BUY),), 4, (("", "2"),))

    found = blocks([verdict(trees=(both,)), verdict(trees=(alone, both))]) or []

    assert found[-1] == Block((Row(0, None, (None, After(BUY, NEW, NEW, NEW))),), 4, (("", "2"),))
    assert len(found) == 2


@pytest.mark.parametrize(
    ("found", "grade", "loss"),
    [
        pytest.param(("parent", "none"), Grade.IMPROVED, False, id="the finding's grade"),
        pytest.param(("kind", "SERVER"), Grade.CHANGED, True, id="no finding"),
    ],
)
def test_a_span_that_moved_has_the_grade_of_its_parent(
    found: tuple[str, str], grade: Grade, loss: bool
) -> None:
    findings = [finding(Grade.IMPROVED, found, ("parent", "another span"))]

    [block] = blocks([verdict(*findings, trees=(tree(TreeRow(0, PAY, PAY, moved=True)),))]) or []

    assert block.rows[0].afters == (After(PAY, KEPT, KEPT, KEPT, grade),)
    assert block.has_loss is loss


def test_a_name_has_the_grade_of_its_own_span() -> None:
    findings = [
        finding(Grade.TRANSLATED, ("name", '"pay"'), ("name", '"POST /pay"'), spans=("pay",), rules=(MOVED,)),
        finding(Grade.DEGRADED, ("name", '""'), ("name", '"GET /x"'), spans=("",), rules=(LOST,)),
    ]
    trees = [tree(TreeRow(0, PAY, cell("POST /pay"))), tree(TreeRow(0, cell(""), cell("GET /x")), ids="2")]

    found = blocks([verdict(*findings, trees=tuple(trees))]) or []

    assert [after.name for block in found for row in block.rows for after in row.afters if after] == [
        Grade.TRANSLATED,
        Grade.DEGRADED,
    ]
