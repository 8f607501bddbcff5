"""What was settled about the spans of a verdict, and in which finding each of it is told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from ot2otel.compare.facts import STATUS, Content
from ot2otel.compare.findings import SPAN, Finding, fields_of
from ot2otel.compare.judgement import Grade, Settled
from ot2otel.compare.rows import Judged
from ot2otel.compare.trees import Rows
from ot2otel.report.html.examples import Group
from ot2otel.report.telling import Told


class Found:
    """What was settled about the spans of one verdict, and in which finding it is told."""

    def __init__(self, judged: Iterable[Judged], told: Sequence[Told]) -> None:
        self.told = told
        self._numbers = {
            _key_of(finding): number for number, one in enumerate(told) for finding in one.findings
        }
        self._counts: dict[Rows, Counter[int]] = {}
        self._settled: dict[tuple[Content | None, Content | None], list[Settled]] = defaultdict(list)
        for each in judged:
            for row in each.rows:
                self._settled[row.old, row.new] += each.settled

    def rank(self, group: Group) -> tuple[int, int]:
        """Return the place of a form: the gravest finding first, and then the most frequent."""
        grave = [number for number in self.counts(group) if self.told[number].is_grave]
        return min(grave, default=len(self.told)), -group.count

    def counts(self, group: Group) -> Counter[int]:
        """Return how often each finding is told of the spans of a form."""
        if group.rows not in self._counts:
            self._counts[group.rows] = self._counted(group)
        return self._counts[group.rows]

    def _counted(self, group: Group) -> Counter[int]:
        found: Counter[int] = Counter()
        for pairs, times in group.members:
            for old, new in (*pairs.pairs, *pairs.moved):
                for number in self.of_pair(old.content, self.settled(old.content, new.content)):
                    found[number] += times.count
            for grade, nodes in ((Grade.GONE, pairs.missing), (Grade.NEW, pairs.extra)):
                for node in nodes:
                    found[self.of_span(grade, node.content)] += times.count
        return found

    def settled(self, old: Content | None, new: Content | None) -> Sequence[Settled]:
        """Return all that was settled about spans with these contents."""
        return self._settled[old, new]

    def of_span(self, grade: Grade, content: Content) -> int:
        """Return the number of the finding on a span that is gone, or new."""
        return self._numbers[grade, content.service, content.name]

    def of_pair(self, old: Content, settled: Iterable[Settled]) -> set[int]:
        """Return the numbers of the findings that tell this of a span that both sides have."""
        keys = (_key(one, old) for one in settled if one.grade is not Grade.KEPT)
        return {self._numbers[key] for key in keys if key in self._numbers}


def _key(settled: Settled, old: Content) -> object:
    """Return the parts that are equal in what is settled and in its finding."""
    value = old.status.name if settled.old == (STATUS,) else ""
    return (
        settled.grade,
        settled.rules,
        fields_of(settled.old),
        fields_of(settled.new),
        old.service,
        value,
    )


def _key_of(finding: Finding) -> object:
    if finding.field == SPAN:
        return finding.grade, finding.service, finding.spans[0]
    value = finding.old if finding.field == "status.code" else ""
    return (
        finding.grade,
        finding.rules,
        finding.old_field,
        finding.new_field,
        finding.service,
        value,
    )
