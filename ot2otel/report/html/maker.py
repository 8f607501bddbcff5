"""Makes what a page shows of verdicts and of the spans behind them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from ot2otel.compare import trees
from ot2otel.compare.facts import KIND, NAME, STATUS, Content, Place
from ot2otel.compare.findings import SPAN, fields_of
from ot2otel.compare.forms import Placed
from ot2otel.compare.judgement import Grade, Settled
from ot2otel.compare.rules.rule import Rule
from ot2otel.compare.trees import TreeRow, alike
from ot2otel.compare.verdict import Evidence, Verdict
from ot2otel.model import Span
from ot2otel.outline import cut, printable
from ot2otel.recording import Answer
from ot2otel.report.beside import Graded
from ot2otel.report.html import content, examples, facts, words
from ot2otel.report.html.alignment import Aligned, aligned
from ot2otel.report.html.examples import Example, Group, Read
from ot2otel.report.html.strings import Strings
from ot2otel.report.telling import ABSENT, GRAVE, Told, amount, arrived, names_of, short, told

_MOST_OUTLINE = 24  # spans of a form's outline
_LONGEST_NAME = 200
_ORDER = list(Grade)


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict with its evidence, and how to read the spans of both sides again.

    `sources` are the names of the files, "" if there are none.
    """

    verdict: Verdict
    before: Read
    after: Read
    sources: tuple[str, str] = ("", "")


def of_recordings(verdict: Verdict) -> Judged:
    """Return a verdict on recordings that are whole: their spans are there."""
    before, after = verdict.before.recording, verdict.after.recording
    return Judged(verdict, before.normalized_spans, after.normalized_spans)


def made(judged: Sequence[Judged], heading: str) -> content.Content:
    """Return the content of a page on verdicts; `heading` is what was asked for."""
    maker = _Maker()
    names = names_of([one.verdict for one in judged])
    comparisons = [maker.comparison(one, both) for one, both in zip(judged, names, strict=True)]
    return content.Content(heading, comparisons, maker.rules, maker.strings.table, maker.facts)


def text(foreign: str) -> str:
    """Return a text from a file so that it can be shown: unprintable characters escaped, a long one cut."""
    return printable(cut(foreign, _LONGEST_NAME))


@dataclass(slots=True)
class _Maker:
    """What the comparisons of a page share."""

    strings: Strings = field(default_factory=Strings)
    rules: dict[str, content.Rule] = field(default_factory=dict)
    facts: list[list[content.Fact]] = field(default_factory=list)
    _known: dict[object, int] = field(default_factory=dict)
    _slugs: set[str] = field(default_factory=set)

    def comparison(self, judged: Judged, names: tuple[str, str]) -> content.Comparison:
        """Return what is shown of one verdict."""
        verdict = judged.verdict
        if verdict.evidence is None:
            raise ValueError("a page needs a verdict with evidence: Known(evidence=True)")
        found = told(verdict.findings)
        spans = _Spans(self, verdict, verdict.evidence, found)
        groups = sorted(
            (Group(rows, members) for rows, members in alike(verdict.evidence.trees).items()),
            key=spans.rank,
        )
        every = [example for group in groups for example in group.all()]
        took = examples.roots(judged.before()), examples.roots(judged.after())
        if len(every) <= examples.FEW_TRACES:
            order = {trace_id: number for number, trace_id in enumerate(chain(*took))}
            shown = [sorted(every, key=lambda one: order.get(one.ids[0] or one.ids[1], 0))]
            forms, note = [], ""
        else:
            groups, left = groups[: examples.MOST_FORMS], groups[examples.MOST_FORMS :]
            shown = examples.chosen(groups, took)
            note = _note(sum(map(len, shown)), len(every), len(groups), len(left))
            forms = spans.forms(groups, shown, took)
        traces = spans.traces(shown, judged)
        return content.Comparison(
            _slug(f"{names[0]}-{names[1]}", self._slugs),
            f"{text(names[0])} → {text(names[1])}",
            verdict.outcome.value,
            words.MARKS[verdict.outcome].value,
            words.headline(verdict, found),
            words.lede(verdict, found),
            [
                content.Side(
                    text(name),
                    text(source),
                    words.grouped(amount(side)),
                    [printable(note.sentence) for note in side.health],
                )
                for name, source, side in zip(
                    names, judged.sources, (verdict.before, verdict.after), strict=True
                )
            ],
            ["some unlike traces were too many to compare one by one: they were paired by size and name"]
            if verdict.approximate
            else [],
            [(row.name, row.n, row.of) for row in arrived(verdict)],
            self._findings(found),
            _answers(verdict),
            [text(name) for name in sorted({*verdict.before.services, *verdict.after.services})],
            traces,
            forms,
            note,
        )

    def _findings(self, found: Iterable[Told]) -> list[content.Finding]:
        slugs: set[str] = set()
        return [self._finding(one, slugs) for one in found]

    def _finding(self, one: Told, slugs: set[str]) -> content.Finding:
        first = one.findings[0]
        turns = [(one.subject, one.old, one.new)] if one.old or one.new else []
        if one.grade in GRAVE and not turns and not one.is_span:
            # What stood there tells more than that it is gone.
            turns = [(short(part.field), part.values, ABSENT) for part in first.olds]
        turns += [(one.left, "", "")] if one.left else []
        what = " ".join(filter(None, (one.subject, f"{one.old} → {one.new}" if one.old or one.new else "")))
        return content.Finding(
            _slug(f"f-{first.field}", slugs),
            one.grade.value,
            one.is_grave,
            one.n,
            one.of,
            one.unit if one.of != 1 else one.unit.removesuffix("s"),
            text(what),
            [(text(subject), text(old), text(new)) for subject, old, new in turns],
            one.consequences,
            text(one.note),
            [self.rule(rule) for rule in one.rules],
            [
                text(f"{finding.service or '(no service)'}: {', '.join(finding.spans)}")
                for finding in one.findings[:8]
            ],
            one.examples,
        )

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


def _note(shown: int, total: int, forms: int, left: int) -> str:
    words_ = f"{shown:,} of {total:,} pairs of traces are in this file: examples of each form"
    return f"{words_}. {left:,} more forms are left out." if left else f"{words_}."


def _answers(verdict: Verdict) -> list[tuple[str, str]]:
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
    return found[:50]


def _slug(name: str, taken: set[str]) -> str:
    """Return a name for an address, not among those taken."""
    base = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "x"
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    taken.add(slug)
    return slug


class _Spans:
    """The spans of one verdict, with what was settled about them."""

    def __init__(self, maker: _Maker, verdict: Verdict, evidence: Evidence, found: Sequence[Told]) -> None:
        self._maker = maker
        self._verdict = verdict
        self._evidence = evidence
        self._graded = Graded(verdict.findings)
        self._told = found
        self._numbers: dict[object, int] = {}
        for number, one in enumerate(found):
            for finding in one.findings:
                value = finding.old if finding.field == "status.code" else ""
                if finding.field == SPAN:
                    key: object = finding.grade, finding.service, finding.spans[0]
                else:
                    key = (
                        finding.grade, finding.rules, finding.old_field, finding.new_field,
                        finding.service, value,
                    )  # fmt: skip
                self._numbers[key] = number
        self._settled: dict[tuple[Content | None, Content | None], list[Settled]] = defaultdict(list)
        for judged in verdict.judged:
            for row in judged.rows:
                self._settled[row.old, row.new] += judged.settled

    def rank(self, group: Group) -> tuple[int, int]:
        """Return the place of a form: the gravest finding first, and then the most frequent."""
        grave = [number for number in self._counts(group) if self._told[number].is_grave]
        return min(grave, default=len(self._told)), -group.count

    def _counts(self, group: Group) -> Counter[int]:
        found: Counter[int] = Counter()
        for pairs, times in group.members:
            for old, new in (*pairs.pairs, *pairs.moved):
                for number in self._findings_of(old.content, new.content):
                    found[number] += times.count
            for node in pairs.missing:
                found[self._numbers[Grade.GONE, node.content.service, node.content.name]] += times.count
            for node in pairs.extra:
                found[self._numbers[Grade.NEW, node.content.service, node.content.name]] += times.count
        return found

    def _findings_of(self, old: Content, new: Content, settled: Iterable[Settled] | None = None) -> set[int]:
        found = set()
        for one in self._settled[old, new] if settled is None else settled:
            if one.grade is Grade.KEPT:
                continue
            value = old.status.name if one.old == (STATUS,) else ""
            key = one.grade, one.rules, fields_of(one.old), fields_of(one.new), old.service, value
            if key in self._numbers:
                found.add(self._numbers[key])
        return found

    # Forms.

    def forms(
        self,
        groups: Sequence[Group],
        shown: Sequence[Sequence[Example]],
        took: tuple[Mapping[str, int], Mapping[str, int]],
    ) -> list[content.Form]:
        """Return the forms, the gravest first, with the places of their examples among all."""
        total = sum(times.count for _, times in self._evidence.trees)
        found = []
        place = 0
        for group, chosen in zip(groups, shown, strict=True):
            counts = sorted(self._counts(group).items())
            grades = [self._told[number].grade for number, _ in counts if self._told[number].is_grave]
            found.append(
                content.Form(
                    group.count,
                    round(100 * group.count / total, 1),
                    max(grades, key=_ORDER.index, default=Grade.KEPT).value,
                    [self._outline(row) for row in group.rows[:_MOST_OUTLINE]],
                    max(len(group.rows) - _MOST_OUTLINE, 0),
                    counts,
                    examples.durations(group, took),
                    list(range(place, place + len(chosen))),
                )
            )
            place += len(chosen)
        return found

    def _outline(self, row: TreeRow) -> tuple[content.Cell | None, content.Cell | None]:
        after = self._graded.after(row)
        grades = {
            name: grade.value
            for name, grade in (
                ("name", after.name), ("kind", after.kind), ("status", after.status), ("place", after.place)
            )
            if grade is not Grade.KEPT
        }  # fmt: skip
        before = _cell(row.depth, row.before) if row.before else None
        if row.after is None:
            return before, None
        if row.before is None:
            return before, _cell(row.depth, row.after)
        return before, _cell(row.depth, row.after, grades, row.before.status.name)

    # Traces, span by span.

    def traces(self, shown: Sequence[Sequence[Example]], judged: Judged) -> list[content.Trace]:
        """Return the traces to show."""
        chosen = [example for each in shown for example in each]
        collected = [
            examples.collected(read(), {one.ids[side] for one in chosen if one.ids[side]})
            for side, read in enumerate((judged.before, judged.after))
        ]
        found = []
        for number, group in enumerate(shown, 1):
            for place, one in enumerate(group, 1):
                name = f"{number}.{one.name}" if one.name else str(place)
                found.append(self._trace(name, one, (collected[0], collected[1])))
        return found

    def _trace(
        self,
        name: str,
        example: Example,
        collected: tuple[Mapping[str, Sequence[Span]], Mapping[str, Sequence[Span]]],
    ) -> content.Trace:
        sides = self._evidence.before, self._evidence.after
        placed = [
            self._evidence.forms.placed(spans[trace_id], side) if trace_id else []
            for spans, trace_id, side in zip(collected, example.ids, sides, strict=True)
        ]
        rows = aligned(example.pairs, placed[0], placed[1])
        starts = [
            min((side.span.start_ns for row in rows if (side := getattr(row, name))), default=0)
            for name in ("old", "new")
        ]
        made = [self._row(row, example, starts) for row in rows]
        ends = [span.start + span.took for row in made for span in (row.before, row.after) if span]
        answer = self._verdict.before.requests.get(example.ids[0])
        after = self._verdict.after.requests.get(example.ids[1])
        root = next((side for row in rows for side in (row.old, row.new) if side), None)
        return content.Trace(
            name,
            text(answer.request if answer else root.span.name if root else ""),
            _said(answer, after),
            text(example.ids[0]),
            text(example.ids[1]),
            max(ends, default=0),
            made,
            example.name,
        )

    def _row(self, row: Aligned, example: Example, starts: Sequence[int]) -> content.Row:
        old, new = row.old, row.new
        settled = self._settled[old.node.content if old else None, new.node.content if new else None]
        own = list(facts.own(row, settled))
        if old and new and (old.node, new.node) in example.pairs.reordered:
            own += [one for one in settled if one.old == (("order",),) and one.grade is not Grade.KEPT]
        if old and new:
            findings = self._findings_of(old.node.content, new.node.content, own)
        else:
            there = old or new
            grade = Grade.GONE if old else Grade.NEW
            findings = (
                {self._numbers[grade, there.node.content.service, there.node.content.name]}
                if there
                else set()
            )
        grades = {one.grade for one in own if not _is_position(one) or one.grade is not Grade.KEPT}
        there = old or new
        return content.Row(
            row.depth,
            text(there.node.content.service) if there else "",
            _span(old, starts[0]),
            _span(new, starts[1]),
            _cells(own, row),
            _worst(grades).value,
            self._maker.facts_of(row, own),
            sorted(findings),
            _moved(row),
        )


def _said(before: Answer | None, after: Answer | None) -> str:
    """Return what the answers to a request say, "" if it is not known which answer is this trace's."""
    if before is None:
        return ""
    if after is None or after == before:
        return f"answer {before.status}, {'the same on both sides' if after else 'before'}"
    other = "now with another text" if after.status == before.status else f"now {after.status}"
    return f"answer {before.status}, {other}"


def _cell(depth: int, cell: trees.Cell, grades: dict[str, str] | None = None, was: str = "") -> content.Cell:
    return content.Cell(
        depth, text(cell.service), text(cell.name), cell.kind.name, cell.status.name, grades or {}, was
    )


def _worst(grades: Iterable[Grade]) -> Grade:
    return max(grades, key=_ORDER.index, default=Grade.KEPT)


def _is_position(one: Settled) -> bool:
    return (one.old or one.new)[0][0] in ("parent", "root", "trace", "order")


def _moved(row: Aligned) -> str:
    """Return the new place of a span that moved, in words."""
    if not (row.old and row.new) or not (row.moved or row.old.node.parent != row.new.node.parent):
        return ""
    if row.new_parent is None:
        return "own root"
    return f"under {text(row.new_parent.span.name)}"


_CELLS: Mapping[Place, str] = {NAME: "name", KIND: "kind", STATUS: "status"}


def _cells(own: Iterable[Settled], row: Aligned) -> dict[str, str]:
    found: dict[str, Grade] = {}
    if row.old is None or row.new is None:
        return {}
    for one in own:
        for place in (*one.old, *one.new):
            cell = "place" if _is_position(one) and place[0] != "order" else _CELLS.get(place)
            if cell and one.grade is not Grade.KEPT:
                found[cell] = _worst({one.grade, found.get(cell, Grade.KEPT)})
    return {cell: grade.value for cell, grade in found.items()}


def _span(placed: Placed | None, start_ns: int) -> content.Span | None:
    if placed is None:
        return None
    span = placed.span
    return content.Span(
        text(span.name),
        span.kind.name,
        span.status.code.name,
        span.start_ns - start_ns,
        max(span.duration_ns, 0),
        [event.time_ns - start_ns for event in span.events[:50]],
    )
