"""The account of a comparison: the facts of each side, and the facts that were settled, both counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import partial
from typing import TypeAlias

from ot2otel.compare.comparison import Comparison, compare
from ot2otel.compare.facts import ORDER, PARENT, TRACE, Content, Place
from ot2otel.compare.forms import CHILD, ORPHAN, Forms, Side
from ot2otel.compare.judgement import StepFor
from ot2otel.compare.rules.steps import step
from ot2otel.model import Span

Account: TypeAlias = Counter[tuple[Content, Place]]


def compared(before: Iterable[Span], after: Iterable[Span], step_for: StepFor | None = None) -> Comparison:
    """Compare spans as they are, by all rules unless `step_for` tells others."""
    forms = Forms()
    return compare(forms.side(before), forms.side(after), step_for or partial(step, stored=False))


def told(side: Side) -> Account:
    """Count the facts of a side: those of its spans, of their positions, and of their links' targets."""
    account: Account = Counter()
    for trace in side.traces:
        for root in trace.roots:
            for node in root.walk():
                account.update((node.content, place) for place, _ in node.content.facts())
                if node.parent == CHILD:
                    account[node.content, PARENT] += 1
                else:
                    account[node.content, ("parent", "absent") if node.parent == ORPHAN else ("root",)] += 1
                    account[node.content, TRACE] += 1
        account.update((link.content, ("link", link.number, "target")) for link in trace.links)
    return account


def settled(comparison: Comparison) -> tuple[Account, Account]:
    """Count the facts of each side that have a grade; order is told of pairs alone, so it is left out."""
    accounts: tuple[Account, Account] = (Counter(), Counter())
    for judged in comparison.judged:
        for one in judged.settled:
            for row in judged.rows:
                for account, places, content in zip(
                    accounts, (one.old, one.new), (row.old, row.new), strict=True
                ):
                    for place in places:
                        if content is None:
                            raise ValueError(f"{place} is settled of a span that is not there")
                        if place != ORDER:
                            account[content, place] += row.times.count
    return accounts
