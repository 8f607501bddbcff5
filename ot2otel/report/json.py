"""Verdicts as one JSON document for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ot2otel.compare.answers import AnswerChanged, Answers
from ot2otel.compare.facts import Content, Place, literal
from ot2otel.compare.findings import Finding, Part
from ot2otel.compare.judgement import Settled
from ot2otel.compare.rows import Row, TraceIds
from ot2otel.compare.rules.rule import Rule
from ot2otel.compare.verdict import SideSummary, Verdict
from ot2otel.recording import Recording
from ot2otel.recording_file import encode, encode_answer
from ot2otel.report.ending import Ending
from ot2otel.report.telling import count_accepted, sentence

Json = dict[str, Any]  # Any: a JSON value of any type

# The version of the document. It grows if a key changes its meaning or goes, not if one comes.
VERSION = 2


def document(verdicts: Iterable[Verdict], seconds: float, *, everything: bool = False) -> Json:
    """Return the document of a command that judges; with `everything` each verdict has its facts."""
    judged = list(verdicts)
    return {
        "version": VERSION,
        "flow": next((verdict.before.recording.flow for verdict in judged), ""),
        "verdicts": [verdict_entry(verdict, everything=everything) for verdict in judged],
        "seconds": round(seconds, 3),
    }


def ending_entries(ending: Ending) -> Json:
    """Return what a document says about its exit code: what fails, and what is accepted."""
    unmatched = [{"entry": each.number, "sentence": str(each)} for each in ending.unmatched]
    return {
        "exit_code": ending.exit_code,
        "fail_on": list(ending.fail_on.words),
        "accept": {"file": ending.accept_file, "unmatched": unmatched} if ending.accept_file else None,
        "settings": ending.settings_file or None,
    }


def recordings(found: Iterable[Recording]) -> Json:
    """Return each recording as in its file, by its label; [N] is added from the second of a label on."""
    return {label: encode(recording) for label, recording in _labelled(found)}


def _labelled(found: Iterable[Recording]) -> Iterator[tuple[str, Recording]]:
    seen: Counter[str] = Counter()
    for recording in found:
        label = recording.label or "spans"
        seen[label] += 1
        yield label if seen[label] == 1 else f"{label}[{seen[label]}]", recording


def verdict_entry(verdict: Verdict, *, everything: bool = False) -> Json:
    """Return one verdict."""
    rules = {rule.name: rule for finding in verdict.findings for rule in finding.rules}
    if everything:
        rules |= {rule.name: rule for each in verdict.judged for one in each.settled for rule in one.rules}
    found: Json = {
        "verdict": verdict.outcome.value,
        "accepted": count_accepted(verdict),
        "sentence": sentence(verdict),
        "before": _side(verdict.before),
        "after": _side(verdict.after),
        "approximate": verdict.approximate,
        "ledger": {row.name: {"n": row.n, "of": row.of} for row in verdict.ledger},
        "answers": _answers(verdict.answers),
        "findings": [finding_entry(finding) for finding in verdict.findings],
        "rules": {name: _rule(rule) for name, rule in sorted(rules.items())},
    }
    return found | {"facts": list(facts(verdict))} if everything else found


def _side(side: SideSummary) -> Json:
    recording = side.recording
    return {
        "label": recording.label,
        "variant": recording.variant,
        "exporter": recording.exporter,
        "stored_in": recording.stored_in,
        "traces": side.traces,
        "spans": side.spans,
        "services": list(side.services),
        "schemas": {service: list(urls) for service, urls in side.schemas.items()},
        "health": [
            {"name": note.name, "count": note.count, "sentence": note.sentence} for note in side.health
        ],
    }


def _answers(answers: Answers) -> Json:
    return {
        "compared": answers.compared,
        "before": answers.before,
        "after": answers.after,
        "same": answers.same,
        "changed": [_answer_changed(change) for change in answers.changed],
    }


def _answer_changed(change: AnswerChanged) -> Json:
    return {
        "before": encode_answer(change.before) if change.before else None,
        "after": encode_answer(change.after) if change.after else None,
    }


def finding_entry(finding: Finding) -> Json:
    """Return one finding."""
    return {
        "grade": finding.grade.value,
        "service": finding.service,
        "spans": list(finding.spans),
        "more_spans": finding.more_spans,
        "field": finding.field,
        "old": _parts(finding.olds),
        "new": _parts(finding.news),
        "n": finding.n,
        "of": finding.of,
        "rules": [rule.name for rule in finding.rules],
        "expected": finding.expected or None,
        "accepted": finding.accepted or None,
        "examples": _examples(finding.examples),
    }


def _parts(parts: Sequence[Part]) -> list[Json]:
    return [{"field": part.field, "values": part.values} for part in parts]


def _examples(examples: Iterable[TraceIds]) -> list[Json]:
    return [{"before": old or None, "after": new or None} for old, new in examples]


def _rule(rule: Rule) -> Json:
    return {
        "effect": rule.effect.value,
        "summary": rule.summary,
        "consequence": rule.consequence or None,
        "source": rule.source,
    }


# Every fact.


def facts(verdict: Verdict) -> Iterator[Json]:
    """Yield every fact of both sides with its grade; equal facts of equal spans once, with their number."""
    for judged in verdict.judged:
        for settled in judged.settled:
            for row in judged.rows:
                yield _fact(settled, row)


def _fact(settled: Settled, row: Row) -> Json:
    content = row.old or row.new
    expected = (
        literal(settled.expected(row.old.values, row.new.values))
        if settled.expected and row.old and row.new
        else None
    )
    return {
        "grade": settled.grade.value,
        "service": content.service if content else "",
        "span": content.name if content else "",
        "old": _places(row.old, settled.old),
        "new": _places(row.new, settled.new),
        "rules": [rule.name for rule in settled.rules],
        "expected": expected,
        "times": row.times.count,
        "examples": _examples(row.times.examples),
    }


def _places(content: Content | None, places: Sequence[Place]) -> list[Json]:
    if content is None:
        return []
    found = [(place, content.value(place)) for place in places]
    return [
        {"place": list(place), "value": None if value is None else literal(value)} for place, value in found
    ]
