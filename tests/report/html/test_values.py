"""Few values, counted on both sides."""

from __future__ import annotations

from ot2otel.compare.forms import Forms, Side
from ot2otel.model import Span, Status, StatusCode
from ot2otel.report.html.content import Values
from ot2otel.report.html.values import values
from tests.support.trees import branch, forest


def sides(before: tuple[Span, ...], after: tuple[Span, ...]) -> tuple[Side, Side]:
    forms = Forms()
    return forms.side(before), forms.side(after)


def test_an_old_name_and_its_new_one_are_one_field() -> None:
    before = forest(*(branch("a", attributes={"http.status_code": code}) for code in (200, 200, 404)))
    after = forest(*(branch("a", attributes={"http.response.status_code": code}) for code in (200, 200, 404)))

    assert values(*sides(before, after)) == [
        Values("HTTP status code of service", [("200", 2, 2), ("404", 1, 1)])
    ]


def test_fields_that_differ_stand_first_and_those_with_one_value_nowhere() -> None:
    error = Status(StatusCode.ERROR)
    before = forest(branch("a", attributes={"http.status_code": 200}, status=error), branch("a"))
    after = forest(branch("a", attributes={"http.status_code": 200}), branch("a"))

    assert values(*sides(before, after)) == [Values("status of service", [("UNSET", 1, 2), ("ERROR", 1, 0)])]
