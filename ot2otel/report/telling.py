"""Findings as a reader is told them: one for all services, and the parts of an event as one."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ot2otel.compare.findings import ADDRESS, SPAN, Field, Finding, LedgerRow, Part
from ot2otel.compare.judgement import UNEXPLAINED, Grade
from ot2otel.compare.rows import MOST_EXAMPLES, TraceIds
from ot2otel.compare.rules.rule import Rule
from ot2otel.compare.verdict import Outcome, SideSummary, Verdict

# Facts of the before that are not there any more.
GRAVE = (Grade.GONE, Grade.CHANGED, Grade.DEGRADED)
_WORDS = ("kind", "status.code")  # their values are words, so lists of them can be united
_MOST_UNITED = 3
ABSENT = "(absent)"
NO_NAME = "(no name)"

# The findings that are told as one, as one and as they were.
_Merged: TypeAlias = tuple[Finding, Sequence[Finding]]


@dataclass(frozen=True, slots=True)
class Told:
    """One or more findings as one: `n` of `of` units, such as 3 of 4 failed spans.

    `subject` is a field in words. `old` and `new` are its values, or the names of two fields for a rename.
    `left` are further facts that the after has instead, as `key=value`.
    """

    grade: Grade
    n: int
    of: int
    unit: str
    subject: str
    old: str
    new: str
    left: str
    findings: tuple[Finding, ...]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that explain it, or that the after contradicts."""
        return self.findings[0].rules

    @property
    def is_span(self) -> bool:
        """Tell whether it is about whole spans."""
        return self.findings[0].field == SPAN

    @property
    def accepted(self) -> str:
        """The reason why it is accepted, "" if it is not."""
        return self.findings[0].accepted

    @property
    def is_grave(self) -> bool:
        """Tell whether something is lost or changed, or a span is new, and nobody accepts it."""
        return not self.accepted and (self.grade in GRAVE or (self.grade is Grade.NEW and self.is_span))

    @property
    def examples(self) -> tuple[TraceIds, ...]:
        """The first examples."""
        found = dict.fromkeys(example for finding in self.findings for example in finding.examples)
        return tuple(found)[:MOST_EXAMPLES]

    @property
    def consequences(self) -> tuple[str, ...]:
        """What readers of the traces notice, if something is lost."""
        if self.grade is not Grade.DEGRADED:
            return ()
        return tuple(dict.fromkeys(rule.consequence for rule in self.rules if rule.consequence))

    @property
    def note(self) -> str:
        """What became of it, in a few words."""
        if self.accepted:
            return f"accepted: {self.accepted}"
        word: str = self.grade.value
        rules = " and ".join(rule.name for rule in self.rules)
        expected = self.findings[0].expected
        if self.grade in UNEXPLAINED and rules:
            return f"{rules} wants {expected}" if expected else f"{rules} wants another value"
        if self.grade in UNEXPLAINED:
            return f"{word}, no rule"
        if self.grade is Grade.DEGRADED:
            return "; ".join(self.consequences) or "lost"
        return word


def told(findings: Iterable[Finding]) -> tuple[Told, ...]:
    """Return findings as a reader is told them, the gravest first, and then the most frequent first.

    Those that are accepted come last.
    """
    groups: dict[object, list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[told_with(finding)].append(finding)
    things: dict[object, list[_Merged]] = defaultdict(list)
    for group in groups.values():
        merged = _merged(group)
        part = _is_part_of_event(merged)
        key = (merged.grade, merged.rules, merged.accepted) if part else len(things)
        things[key].append((merged, group))
    return tuple(sorted(map(_told, things.values()), key=_rank))


def _rank(one: Told) -> tuple[bool, bool, int, int, int, Field]:
    grades = list(Grade)
    first = one.findings[0]
    gravest = Grade.GONE if one.is_span else one.grade
    important = 0 if one.is_span else 1 if first.field == "status.code" else 2
    return bool(one.accepted), not one.is_grave, -grades.index(gravest), important, -one.n, first.field


def told_with(finding: Finding) -> object:
    """Return the parts of a finding that are equal in findings told as one."""
    fields = tuple(part.field for part in finding.olds), tuple(part.field for part in finding.news)
    values: object = None
    if finding.field == "status.code":
        values = finding.old
    elif finding.grade is Grade.TRANSLATED and finding.olds and fields[1]:
        # A field that becomes one or another, by the same rule, is one line.
        return finding.grade, finding.rules, fields[0], fields[0] == fields[1], finding.accepted
    elif finding.field in (SPAN, "event", "link", ADDRESS.name) or (
        finding.grade is Grade.CHANGED and finding.field not in _WORDS
    ):
        values = finding.old, finding.new
    return finding.grade, finding.rules, fields, finding.expected, values, finding.accepted


def _merged(group: Sequence[Finding]) -> Finding:
    """Return findings that differ in the service, and perhaps in their values, as one."""
    first = group[0]
    if len(group) == 1:
        return first
    # The findings of one service are counted among the same facts.
    of: dict[str, int] = {}
    for finding in group:
        of[finding.service] = max(finding.of, of.get(finding.service, 0))
    return Finding(
        first.grade,
        ", ".join(of),
        tuple(dict.fromkeys(name for finding in group for name in finding.spans)),
        first.old_field,
        first.new_field,
        _united([finding.old for finding in group], first.old_field),
        _united([finding.new for finding in group], first.new_field),
        sum(finding.n for finding in group),
        sum(of.values()),
        first.rules,
        first.expected,
        tuple(example for finding in group for example in finding.examples),
        (_united_parts([each.olds for each in group]), _united_parts([each.news for each in group])),
        sum(finding.more_spans for finding in group),
        first.accepted,
    )


def _united_parts(groups: Sequence[Sequence[Part]]) -> tuple[Part, ...]:
    """Return the parts of all groups, each field once."""
    values: dict[Field, list[str]] = defaultdict(list)
    for group in groups:
        for part in group:
            values[part.field].append(part.values)
    return tuple(Part(field, _united(texts, field)) for field, texts in values.items())


def _united(texts: Sequence[str], field: Field) -> str:
    if field in _WORDS:
        texts = [word for text in texts for word in text.split(", ")]
    found = [text for text in dict.fromkeys(texts) if text]
    more = len(found) - _MOST_UNITED
    return ", ".join(found[:_MOST_UNITED]) + (f" and {more} more" if more > 0 else "")


def _is_part_of_event(finding: Finding) -> bool:
    fields = [part.field for part in (*finding.olds, *finding.news)]
    return bool(finding.rules and fields) and all(field.startswith("event.") for field in fields)


def _told(thing: Sequence[_Merged]) -> Told:
    """Tell findings that are one thing."""
    merged = [each for each, _ in thing]
    main, group = next((one for one in thing if one[0].field == "event.name"), thing[0])
    subject, old, new, left = _in_words(main, merged)
    findings = dict.fromkeys((*group, *(finding for _, each in thing for finding in each)))
    return Told(main.grade, main.n, main.of, _unit(main), subject, old, new, left, tuple(findings))


def _in_words(main: Finding, findings: Sequence[Finding]) -> tuple[str, str, str, str]:
    """Return subject, old, new and left of a `Told`."""
    if main.field == "event.name" and main.olds and main.news:
        return "event", _bare(main.old), _bare(main.new), ""
    if len(findings) > 1:
        return _parts_of_event(findings)
    olds, news = main.olds, main.news
    both = next((field for field in _fields(olds) if field in _fields(news)), None)
    if both is not None:
        old, new = (next(part.values for part in parts if part.field == both) for parts in (olds, news))
        left = ", ".join(
            f"{short(part.field)}={_bare(part.values)}" for part in news if part.field not in _fields(olds)
        )
        return label(both), old, new, left
    if main.field in (SPAN, "event", "link"):
        return f"{main.field} {_bare(main.old or main.new)}", "", "", ""
    if main.grade is Grade.CHANGED:
        if olds and news:
            return "", _valued(olds), _valued(news), ""
        return _labels(olds or news), main.old if olds else ABSENT, main.new if news else ABSENT, ""
    if olds and news:
        old, new = _short(olds), _short(news)
        # The same key somewhere else.
        return ("", old, new, "") if old != new else ("", _labels(olds), _labels(news), "")
    return _labels(olds or news), "", "", ""


def _parts_of_event(findings: Sequence[Finding]) -> tuple[str, str, str, str]:
    olds = _short([part for finding in findings for part in finding.olds])
    news = _short([part for finding in findings for part in finding.news])
    if olds and news:
        return "event", olds, news, ""
    return f"event attributes {olds or news}", "", "", ""


def _fields(parts: Iterable[Part]) -> list[Field]:
    return [part.field for part in parts]


def _valued(parts: Iterable[Part]) -> str:
    return ", ".join(f"{short(part.field)} {part.values}" for part in parts)


def _short(parts: Iterable[Part]) -> str:
    return ", ".join(dict.fromkeys(short(part.field) for part in parts))


def _labels(parts: Sequence[Part]) -> str:
    return ", ".join([label(parts[0].field), *(short(part.field) for part in parts[1:])])


def _bare(text: str) -> str:
    """Return a literal without its quotes, if it is the only one and they are not needed."""
    if text.startswith('"'):
        try:
            bare = json.loads(text)
        except ValueError:
            return text
        return NO_NAME if not bare else str(bare) if bare == bare.strip() else text
    return text


_LABELS = {
    "name": "span name",
    "status.code": "status",
    "status.message": "status message",
    "trace_state": "tracestate",
    "event.name": "event",
    "link.to": "link",
    "scope.name": "scope name",
    "scope.version": "scope version",
}
_PREFIXES = {
    "attributes.": "attribute ",
    "resource.": "resource attribute ",
    "event.attributes.": "event attribute ",
    "link.attributes.": "link attribute ",
    "scope.attributes.": "scope attribute ",
}


def label(field: Field) -> str:
    """Return a field in words: `attribute http.url`, `status message`."""
    for prefix, words in _PREFIXES.items():
        if field.startswith(prefix):
            return words + field.removeprefix(prefix)
    return _LABELS.get(field, field.replace(".", " "))


def short(field: Field) -> str:
    """Return a field in words, an attribute by its key alone."""
    for prefix in _PREFIXES:
        if field.startswith(prefix) and prefix != "resource.":
            return field.removeprefix(prefix)
    return label(field)


def _unit(finding: Finding) -> str:
    kind = finding.field.partition(".")[0]
    if finding.field == "status.code" and finding.old == "ERROR":
        return "failed spans"
    if kind in ("event", "link"):
        return f"{kind}s"
    return "resources" if kind == "resource" else "spans"


# The verdict in a sentence.

_COUNTED_IN_THE_LEDGER = ("attributes", "name", "kind", "parent", "span")


def names(verdicts: Sequence[Verdict]) -> list[tuple[str, str]]:
    """Return what the before and the after of each verdict are called; a variant alone if that is enough."""
    afters = {judged.after.recording.variant for judged in verdicts}
    return [
        (
            (old.label if old.variant in afters else old.variant) or "before",
            judged.after.recording.label or "after",
        )
        for judged in verdicts
        for old in (judged.before.recording,)
    ]


def word(verdict: Verdict) -> str:
    """Return the verdict in a word, with the number of lines that are accepted: `equivalent, 3 accepted`."""
    accepted = count_accepted(verdict)
    return f"{verdict.outcome.value}, {accepted} accepted" if accepted else verdict.outcome.value


def count_accepted(verdict: Verdict) -> int:
    """Return how many of the lines that a reader is told are accepted."""
    return len(told(finding for finding in verdict.findings if finding.accepted))


def sentence(verdict: Verdict) -> str:
    """Return the verdict as one sentence of counts; what is accepted is left out."""
    lines = [line for line in told(verdict.findings) if not line.accepted]
    accepted = any(finding.accepted for finding in verdict.findings)
    match verdict.outcome:
        case Outcome.IDENTICAL if not (verdict.before.spans or verdict.after.spans):
            return "the answers are the same"
        case Outcome.IDENTICAL:
            return "nothing differs but ids and times"
        case Outcome.EQUIVALENT:
            return ", ".join([f"nothing {'else ' if accepted else ''}is lost", *counted(lines)])
        case Outcome.DEGRADED if accepted:
            # The ledger counts what is accepted, too.
            lost = sum(line.grade in GRAVE for line in lines)
            return f"{_listed([(lost, fields(lost))])} lost"
        case Outcome.DEGRADED:
            return f"{_listed(losses(verdict, lines))} lost"
        case Outcome.DIFFERENT:
            return ", ".join(f"{subject} {became}" for subject, became in differences(verdict, lines))


def counted(lines: Sequence[Told]) -> list[str]:
    """Return how many fields are told otherwise without a loss, each as a sentence."""
    words = {
        Grade.IMPROVED: "improved",
        Grade.TRANSLATED: "translated",
        Grade.NEW: "new",
        Grade.NOISE: "noise",
    }
    counts = {grade: sum(line.grade is grade for line in lines) for grade in words}
    parts = [(counts[grade], word) for grade, word in words.items() if counts[grade]]
    return [f"{fields(n) if not i else n} {_is(n)} {word}" for i, (n, word) in enumerate(parts)]


def arrived(verdict: Verdict) -> tuple[LedgerRow, ...]:
    """Return the ledger, with the answers if they are compared."""
    found = verdict.answers
    if not found.compared:
        return verdict.ledger
    return (*verdict.ledger, LedgerRow("answers", found.same, max(found.before, found.after)))


def losses(verdict: Verdict, lines: Sequence[Told]) -> list[tuple[int, str]]:
    """Return what is lost, each with its number."""
    rows = sorted(verdict.ledger, key=lambda row: (row.name != "spans", row.name != "errors"))
    found = [(row.of - row.n, f"{row.of - row.n} of {row.of} {row.name}") for row in rows if row.n < row.of]
    grave = [line for line in lines if line.grade in GRAVE]
    others = sum(not _in_ledger(line.findings[0]) for line in grave)
    if others and found:
        found.append((others, f"{others} other {'field' if others == 1 else 'fields'}"))
    return found or [(len(grave), fields(len(grave)))]


def _in_ledger(finding: Finding) -> bool:
    field = finding.old_field
    if field == "status.code":
        return finding.old == "ERROR"
    return field in ("event", "event.name") or field.partition(".")[0] in _COUNTED_IN_THE_LEDGER


def _listed(parts: Sequence[tuple[int, str]]) -> str:
    *first, last = (text for _, text in parts)
    verb = "is" if len(parts) == 1 and parts[0][0] == 1 else "are"
    return f"{', '.join(first)} and {last} {verb}" if first else f"{last} {verb}"


def differences(verdict: Verdict, lines: Sequence[Told]) -> list[tuple[str, str]]:
    """Return what differs, each with its number as subject, and what became of it."""
    changed, spans = len(verdict.answers.changed), verdict.ledger[0]
    gone_spans = sum(line.n for line in lines if line.is_span and line.grade is Grade.GONE)
    new_spans = sum(line.n for line in lines if line.is_span and line.grade is Grade.NEW)
    counts = {grade: sum(line.grade is grade and not line.is_span for line in lines) for grade in GRAVE}
    gone, other, lost = (counts[grade] for grade in GRAVE)
    total = max(verdict.answers.before, verdict.answers.after)
    return [
        (subject, became)
        for count, subject, became in (
            (changed, f"{changed} of {total} answers", "differs" if changed == 1 else "differ"),
            (gone_spans, f"{gone_spans} of {spans.of} spans", f"{_is(gone_spans)} gone"),
            (new_spans, "1 span" if new_spans == 1 else f"{new_spans} spans", f"{_is(new_spans)} new"),
            (gone, fields(gone), f"{_is(gone)} gone"),
            (other, fields(other), f"{_is(other)} changed without a rule"),
            (lost, fields(lost), f"{_is(lost)} lost by a rule"),
        )
        if count
    ]


def fields(count: int) -> str:
    """Return a number of fields in words."""
    return "1 field" if count == 1 else f"{count} fields"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def amount(side: SideSummary) -> str:
    """Return how many traces and spans a side has."""
    traces = "1 trace" if side.traces == 1 else f"{side.traces} traces"
    return f"{traces}, {'1 span' if side.spans == 1 else f'{side.spans} spans'}"
