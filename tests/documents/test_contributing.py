"""CONTRIBUTING.md: the rule of the first change does what the tables in the text say."""

from __future__ import annotations

import re
from typing import cast

import pytest

from ot2otel.compare.catalog import rule_named
from ot2otel.compare.rules import Rule, http
from tests.compare.rules import tables
from tests.support.runs import ROOT

FIRST = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Before")[0]
RULE, *CASES = re.findall(r"^```python\n(.*?)^```", FIRST, re.MULTILINE | re.DOTALL)


def test_there_is_a_case_for_both_tables() -> None:
    assert len(CASES) == 2


@pytest.mark.parametrize("case", CASES, ids=["TRANSLATES", "LEAVES_ALONE"])
def test_the_rule_does_what_the_case_says(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = cast(Rule, eval(RULE, vars(http)))
    monkeypatch.setitem(cast(dict[str, Rule], tables.OF_STEPS), rule.name, rule)

    name, before, after, expected = eval(case, vars(tables)).values

    assert name == rule.name
    assert tables.judged_by(name, before, after) == expected


def test_the_rule_is_not_there_yet() -> None:
    assert rule_named(cast(Rule, eval(RULE, vars(http))).name) is None
