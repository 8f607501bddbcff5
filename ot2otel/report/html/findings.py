"""The findings of a verdict, and the answers that differ, as a page shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ot2otel.compare.judgement import Grade
from ot2otel.compare.verdict import Verdict
from ot2otel.report.html import content
from ot2otel.report.html.strings import slug, text
from ot2otel.report.html.tables import Tables
from ot2otel.report.telling import ABSENT, GRAVE, Told, short

_MOST_ANSWERS = 50
_MOST_SERVICES = 8


def findings(found: Iterable[Told], tables: Tables) -> list[content.Finding]:
    """Return the findings in their order."""
    slugs: set[str] = set()
    return [_finding(one, slugs, tables) for one in found]


def _finding(one: Told, slugs: set[str], tables: Tables) -> content.Finding:
    first = one.findings[0]
    turns = [(one.subject, one.old, one.new)] if one.old != one.new else []
    if one.grade in (Grade.GONE, Grade.DEGRADED) and not turns and not one.is_span:
        # What stood there tells more than that it is gone.
        turns = [(short(part.field), part.values, ABSENT) for part in first.olds if part.values]
    turns += [(one.left, "", "")] if one.left.partition("=")[2] else []
    what = " ".join(filter(None, (one.subject, f"{one.old} → {one.new}" if one.old or one.new else "")))
    return content.Finding(
        slug(f"f-{first.field}", slugs),
        one.grade.value,
        one.is_grave,
        one.n,
        one.of,
        one.unit if one.of != 1 else one.unit.removesuffix("s"),
        text(what),
        [(text(subject), text(old), text(new)) for subject, old, new in turns],
        one.consequences,
        text(one.note),
        [tables.rule(rule) for rule in one.rules],
        [
            text(f"{finding.service or '(no service)'}: {', '.join(finding.spans)}")
            for finding in one.findings[:_MOST_SERVICES]
        ],
        one.examples,
        mark="accepted" if one.accepted else "",
    )


def with_ways_out(comparisons: list[content.Comparison]) -> list[content.Comparison]:
    """Tell at each loss which other after of the page keeps the fact: all have one before."""
    lost = [{_subject(one) for one in each.findings if one.grade in _LOSSES} for each in comparisons]
    names = [each.sides[1].name for each in comparisons]

    def way_out(finding: content.Finding) -> str:
        keeping = [
            name for name, subjects in zip(names, lost, strict=True) if _subject(finding) not in subjects
        ]
        if finding.grade not in _LOSSES or not keeping:
            return ""
        kept = f"all {finding.of}" if finding.n == finding.of and finding.of > 1 else "it"
        return f"{' and '.join(keeping)} {'keeps' if len(keeping) == 1 else 'keep'} {kept}."

    return [
        replace(each, findings=[replace(one, way_out=way_out(one)) for one in each.findings])
        for each in comparisons
    ]


_LOSSES = frozenset(grade.value for grade in GRAVE)


def _subject(finding: content.Finding) -> str:
    """Return the field of a finding and its old value."""
    return " ".join(finding.turns[0][:2]) if finding.turns else finding.what


def answers(verdict: Verdict) -> list[tuple[str, str]]:
    """Return the requests whose answers differ, and how."""
    found = []
    for change in verdict.answers.changed:
        old, new = change.before, change.after
        request = (old or new).request if (old or new) else ""  # type: ignore[union-attr]  # one is there
        if old is None or new is None:
            became = "not sent before" if old is None else "not sent after"
        elif old.status != new.status:
            became = f"{old.status} → {new.status}"
        else:
            became = "another text"
        found.append((text(request), became))
    return found[:_MOST_ANSWERS]
