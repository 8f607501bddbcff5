"""Links made from references."""

from __future__ import annotations

import pytest

from ot2otel.compare.rules.references import REF_TYPE, without_follows_from, without_type
from ot2otel.model import Attributes, Link


def link(attributes: Attributes) -> Link:
    return Link("2" * 32, "2" * 16, attributes)


@pytest.mark.parametrize("kind", ["follows_from", "child_of"])
def test_a_link_loses_its_type_and_nothing_else(kind: str) -> None:
    assert without_type(link({REF_TYPE: kind, "k": 1})) == link({"k": 1})


@pytest.mark.parametrize(
    ("attributes", "left"),
    [
        ({REF_TYPE: "follows_from", "k": 1}, {"k": 1}),
        ({REF_TYPE: "child_of"}, {REF_TYPE: "child_of"}),
        ({"k": 1}, {"k": 1}),
    ],
    ids=["follows from", "child of", "no reference"],
)
def test_only_the_type_that_any_link_has_is_left_out(attributes: Attributes, left: Attributes) -> None:
    assert without_follows_from(link(attributes)) == link(left)
