"""Makes what a page shows of verdicts and of the spans behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ot2otel.compare.trees import alike
from ot2otel.compare.verdict import Evidence, Verdict
from ot2otel.outline import printable
from ot2otel.report import schemas
from ot2otel.report.beside import Graded
from ot2otel.report.html import content, examples, words
from ot2otel.report.html.examples import Example, Group, Read
from ot2otel.report.html.findings import answers, findings, with_ways_out
from ot2otel.report.html.forms import forms
from ot2otel.report.html.found import Found
from ot2otel.report.html.strings import slug, text
from ot2otel.report.html.tables import Tables
from ot2otel.report.html.traces import Traces
from ot2otel.report.html.values import values
from ot2otel.report.telling import amount, arrived, names, told

_APPROXIMATE = "some unlike traces were too many to compare one by one: they were paired by size and name"


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
    tables, slugs = Tables(), set[str]()
    called = names([one.verdict for one in judged])
    comparisons = [_comparison(one, both, tables, slugs) for one, both in zip(judged, called, strict=True)]
    return content.Content(
        heading, with_ways_out(comparisons), tables.rules, tables.strings.table, tables.facts
    )


def _comparison(
    judged: Judged, called: tuple[str, str], tables: Tables, slugs: set[str]
) -> content.Comparison:
    """Return what is shown of one verdict."""
    verdict = judged.verdict
    if verdict.evidence is None:
        raise ValueError("a page needs a verdict with evidence: Known(evidence=True)")
    lines = told(verdict.findings)
    found = Found(verdict.judged, lines)
    shown = _shown(judged, verdict.evidence, found)
    traces = Traces(verdict, verdict.evidence, found, tables)
    sides = zip(called, judged.sources, (verdict.before, verdict.after), strict=True)
    return content.Comparison(
        slug(f"{called[0]}-{called[1]}", slugs),
        f"{text(called[0])} → {text(called[1])}",
        verdict.outcome.value,
        words.MARKS[verdict.outcome].value,
        words.headline(verdict, lines),
        words.lede(verdict, lines),
        [
            content.Side(
                text(name),
                text(source),
                words.grouped(amount(side)),
                [printable(note.sentence) for note in side.health],
            )
            for name, source, side in sides
        ],
        [
            *([_APPROXIMATE] if verdict.approximate else []),
            *map(printable, schemas.sentences([verdict], "→")),
        ],
        [(row.name, row.n, row.of) for row in arrived(verdict)],
        findings(lines, tables),
        answers(verdict),
        [text(name) for name in sorted({*verdict.before.services, *verdict.after.services})],
        traces.made(shown.examples, judged.before, judged.after),
        shown.forms,
        shown.note,
        values(verdict.evidence.before, verdict.evidence.after) if shown.forms else [],
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """The traces to show, by their forms; without forms all of them. `note` says which are left out."""

    examples: Sequence[Sequence[Example]]
    forms: Sequence[content.Form] = ()
    note: str = ""


def _shown(judged: Judged, evidence: Evidence, found: Found) -> _Shown:
    groups = sorted((Group(rows, members) for rows, members in alike(evidence.trees).items()), key=found.rank)
    every = [example for group in groups for example in group.all()]
    if len(every) <= examples.FEW_TRACES:
        places = {
            trace.trace_id: place
            for side in (evidence.after, evidence.before)
            for place, trace in enumerate(side.traces)
        }
        return _Shown([sorted(every, key=lambda one: places[one.ids[0] or one.ids[1]])])
    took = examples.roots(judged.before()), examples.roots(judged.after())
    groups, left = groups[: examples.MOST_FORMS], groups[examples.MOST_FORMS :]
    chosen = examples.chosen(groups, took)
    return _Shown(
        chosen,
        forms(groups, chosen, took, found, Graded(judged.verdict.findings)),
        _note(sum(map(len, chosen)), len(every), len(left)),
    )


def _note(shown: int, total: int, left: int) -> str:
    """Return the sentence on what of all traces is in the file."""
    note = f"{shown:,} of {total:,} pairs of traces are in this file: examples of each form."
    return f"{note} {left:,} rarer forms are left out." if left else note
