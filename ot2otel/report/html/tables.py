"""What the comparisons of a page share: strings, rules and facts, each once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ot2otel.compare.judgement import Settled
from ot2otel.compare.rules.rule import Rule
from ot2otel.report.html import content, facts
from ot2otel.report.html.alignment import Aligned
from ot2otel.report.html.strings import Strings


@dataclass(slots=True)
class Tables:
    """The tables of a page; what is added to one of facts or strings gets a number."""

    strings: Strings = field(default_factory=Strings)
    rules: dict[str, content.Rule] = field(default_factory=dict)
    facts: list[list[content.Fact]] = field(default_factory=list)
    _known: dict[object, int] = field(default_factory=dict)

    def rule(self, rule: Rule) -> str:
        """Keep a rule and return its name."""
        url, _, where = rule.source.partition(" ")
        self.rules.setdefault(rule.name, content.Rule(rule.summary, url, where.strip("()")))
        return rule.name

    def facts_of(self, row: Aligned, settled: Sequence[Settled]) -> int:
        """Return the number of the table of a row's facts; equal ones are one."""
        lines = facts.lines(row, settled)
        number = self._known.get(lines)
        if number is None:
            number = self._known[lines] = len(self.facts)
            add = self.strings.add
            self.facts.append(
                [
                    (
                        add(line.section),
                        add(line.name),
                        add(line.old),
                        add(line.new),
                        line.grade.value,
                        add(line.note),
                        [self.rule(rule) for rule in line.rules],
                    )
                    for line in lines
                ]
            )
        return number
