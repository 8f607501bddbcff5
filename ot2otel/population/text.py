"""A comparison of populations for a terminal: verdict, findings, forms, shifts, and the rest in numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import TypeAlias

from rich.text import Text

from ot2otel.compare.judgement import Grade
from ot2otel.population.chances import FEWEST_TRACES, FormShift
from ot2otel.population.comparing import MeasuredShift, PopulationVerdict
from ot2otel.population.forms import Form
from ot2otel.population.measures import COVERAGE, QUANTILES, SPANS, TRAFFIC
from ot2otel.population.shifts import LEVEL, MIN_BLOCKS, MIN_SAMPLE
from ot2otel.population.side import MOST_FORMS, Summary
from ot2otel.report.screen import LOSS, PLAIN, QUIET, STRONG, STYLES, Screen
from ot2otel.report.telling import GRAVE, Told, told
from ot2otel.report.text import what

_MOST_GRAVE, _MOST_QUIET, _MOST_FORMS, _MOST_SHIFTS, _MOST_NAMED = 20, 6, 8, 12, 6
NO_ROOT = "(no root)"
_LONGEST = 200  # characters of a name; a statement as a name of a span may have megabytes

Lines: TypeAlias = list[Text]


def report(verdict: PopulationVerdict, screen: Screen, closing: str = "") -> Lines:
    """Return the report, a text for each line; at most about 60 lines."""
    parts = [
        _heading(verdict, screen),
        _findings(verdict, screen),
        _forms(verdict, screen),
        _shifts(verdict, screen),
        _rest(verdict, screen),
        [Text(closing, QUIET)] if closing else [],
    ]
    return [
        line
        for number, part in enumerate(filter(None, parts))
        for line in ([Text()] if number else []) + part
    ]


# The verdict.


def _heading(verdict: PopulationVerdict, screen: Screen) -> Lines:
    grade = (Grade.KEPT, Grade.GONE, Grade.CHANGED)[verdict.exit_code]
    style = LOSS if verdict.is_different else STRONG
    arrow = screen.marks.arrow
    names = f"{verdict.before.name} {arrow} {verdict.after.name}"
    lines = screen.folded(
        screen.safe(f"{screen.marks.grades[grade]} {names}: {sentence(verdict)}"), "  ", style, ""
    )
    lines += [
        Text(screen.cut(screen.safe(f"  {word}: {amount(side)}"), screen.width))
        for word, side in (("before", verdict.before), ("after", verdict.after))
    ]
    for note in verdict.notes:
        lines += screen.folded(screen.safe(note), "  ", first="  ")
    return lines


def named(operation: str) -> str:
    """Return the name of an operation, or of a key; of a very long one its beginning and its length."""
    if len(operation) <= _LONGEST:
        return operation or NO_ROOT
    return f"{operation[:_LONGEST]}... ({len(operation):,} characters)"


def sentence(verdict: PopulationVerdict) -> str:
    """Return the verdict as one sentence of counts."""
    lines = told(each.finding for each in verdict.findings)
    counts = {grade: sum(line.grade is grade for line in lines) for grade in (*GRAVE, Grade.TRANSLATED)}
    came = sum(not each.shift.before for each in verdict.forms_that_came_or_went)
    went = len(verdict.forms_that_came_or_went) - came
    shifted = sum(each.shift.is_news for each in verdict.shifts)
    parts = [
        (counts[Grade.GONE], "field", "gone"),
        (counts[Grade.CHANGED], "field", "changed without a rule"),
        (counts[Grade.DEGRADED], "field", "lost by a rule"),
        (came, "form", "new"),
        (went, "form", "gone"),
        (shifted, "measure", "shifted"),
        (counts[Grade.TRANSLATED], "field", "translated"),
    ]
    words = [
        f"{number} {noun}{'' if number == 1 else 's'} {became}" for number, noun, became in parts if number
    ]
    if not verdict.is_answered:
        return "too little traffic to tell; `ot2otel diff` compares single traces"
    return ", ".join(words) or "nothing differs beyond chance"


def amount(side: Summary) -> str:
    """Return the numbers of a side."""
    start = datetime.fromtimestamp(side.first, timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    forms = _many(side.forms, "form")
    if side.forms > MOST_FORMS:
        forms += f" (the {MOST_FORMS:,} most frequent are judged)"
    collisions = f", {side.collisions} forms share a signature" if side.collisions else ""
    traces, spans = _many(side.traces, "trace"), _many(side.spans, "span")
    return f"{traces}, {spans}, {forms}, {_long(side)} from {start}{collisions}"


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _long(side: Summary) -> str:
    seconds = side.last - side.first
    return f"{seconds / 3600:.1f} h" if seconds >= 3600 else f"{seconds:,.0f} s"


# The findings.


def _findings(verdict: PopulationVerdict, screen: Screen) -> Lines:
    where = told_with_operations(verdict)
    lines = [each for each, _ in where]
    grave = [each for each in lines if each.is_grave]
    quiet = [each for each in lines if not each.is_grave and each.grade in (Grade.TRANSLATED, Grade.IMPROVED)]
    shown: Lines = []
    for each, operations in [entry for entry in where if entry[0].is_grave][:_MOST_GRAVE]:
        shown += _finding(each, operations, screen)
    if len(grave) > _MOST_GRAVE:
        shown.append(Text(f"  and {len(grave) - _MOST_GRAVE} more: --format json", LOSS))
    for each in quiet[:_MOST_QUIET]:
        shown += _finding(each, "", screen)
    told_in_lines = {id(each) for each in (*grave, *quiet[:_MOST_QUIET])}
    counts: dict[str, int] = {}
    for each in lines:
        if id(each) not in told_in_lines:
            counts[each.grade.value] = counts.get(each.grade.value, 0) + 1
    if counts:
        also = ", ".join(f"{number} {word}" for word, number in counts.items())
        shown += screen.folded(
            f"also {also}; nothing is lost by them: --format json", "  ", QUIET, first="  "
        )
    return shown


def told_with_operations(verdict: PopulationVerdict) -> list[tuple[Told, str]]:
    """Return the findings in facts of the population, each with the shares of the operations concerned."""
    concerned: dict[int, tuple[tuple[str, int], ...]] = {}
    scaled = []
    for found in verdict.findings:
        finding = replace(found.finding, n=found.n, of=found.of)
        concerned[id(finding)] = found.operations
        scaled.append(finding)
    return [(each, _concerned(each, concerned, verdict.traffic)) for each in told(scaled)]


def _finding(each: Told, where: str, screen: Screen) -> Lines:
    text = f"{screen.marks.grades[each.grade]} {finding_words(each, screen)}"
    text += f"; {screen.safe(where)}" if where else ""
    return screen.folded(text, "    ", STYLES[each.grade] if each.is_grave else PLAIN, first="")


def finding_words(each: Told, screen: Screen) -> str:
    """Return a finding's numbers, its values and its rules."""
    unit = each.unit if each.of != 1 else each.unit.removesuffix("s")
    share = f" ({each.n / each.of:.1%})" if each.of and each.n != each.of else ""
    rules = ", ".join(rule.name for rule in each.rules)
    note = each.note if rules in each.note or not rules else f"{each.note}, {rules}"
    return f"{each.n:,} of {each.of:,} {unit}{share}  {what(each, screen)}  {screen.safe(note)}"


def _concerned(
    each: Told, concerned: Mapping[int, Sequence[tuple[str, int]]], traffic: Mapping[str, int]
) -> str:
    """Return the operations of a finding, each with the share of its traces."""
    totals: dict[str, int] = {}
    for finding in each.findings:
        for operation, traces in concerned.get(id(finding), ()):
            totals[operation] = max(traces, totals.get(operation, 0))
    ordered = sorted(totals.items(), key=lambda entry: -entry[1])
    shown = [
        f"{traces / max(traffic.get(operation, traces), 1):.2%} of the traces of {named(operation)}"
        for operation, traces in ordered[:2]
    ]
    more = len(ordered) - len(shown)
    return ", ".join([*shown, *([f"and {more} more operations"] if more > 0 else [])])


# Forms and shifts.


def _forms(verdict: PopulationVerdict, screen: Screen) -> Lines:
    lines: Lines = []
    for each in verdict.forms[:_MOST_FORMS]:
        grade = Grade.CHANGED if each.shift.before and each.shift.after else None
        grade = grade or (Grade.GONE if each.shift.before else Grade.NEW)
        mark = screen.marks.grades[grade]
        text = screen.safe(f"{mark} {form_words(each, screen)}")
        lines += screen.folded(text, "    ", STYLES[grade], first="")
    if len(verdict.forms) > _MOST_FORMS:
        lines.append(Text(f"  and {len(verdict.forms) - _MOST_FORMS} more forms: --format json"))
    return lines


def form_words(each: FormShift, screen: Screen) -> str:
    """Return what became of a form: its share, the interval, and a trace that has it."""
    form = (each.pair.after if each.shift.after else None) or each.pair.before or each.pair.after
    assert form
    became = "form's share shifted" if each.shift.before and each.shift.after else "form gone"
    became = became if each.shift.before else "new form"
    example = f", such as trace {form.examples[0][0].trace_id}" if form.examples else ""
    return (
        f"{became}: {_change(each.shift.before, each.shift.after, screen)} of {named(form.operation)} "
        f"({_interval(each.shift.low, each.shift.high)}), {form.traces:,} traces of {_spans(form)}{example}"
    )


def _spans(form: Form) -> str:
    number = len(form.examples[0]) if form.examples else 0
    return f"{number} span{'' if number == 1 else 's'}"


def _shifts(verdict: PopulationVerdict, screen: Screen) -> Lines:
    news = [each for each in verdict.shifts if each.shift.is_news]
    lines: Lines = []
    for each in news[:_MOST_SHIFTS]:
        mark = screen.marks.grades[Grade.CHANGED]
        style = PLAIN if each.measure.name == TRAFFIC else LOSS
        text = screen.safe(f"{mark} {shift_words(each, verdict, screen)}")
        lines += screen.folded(text, "    ", style, first="")
    if len(news) > _MOST_SHIFTS:
        lines.append(Text(f"  and {len(news) - _MOST_SHIFTS} more measures shifted: --format json", LOSS))
    return lines


def shift_words(each: MeasuredShift, verdict: PopulationVerdict, screen: Screen) -> str:
    """Return a measure of both sides and its interval."""
    measure, shift = each.measure, each.shift
    where = f"{named(measure.operation)}{f', now {named(each.renamed)}' if each.renamed else ''}"
    if measure.name == SPANS:
        change = f"{shift.before:.2f} {screen.marks.arrow} {shift.after:.2f}"
        return f"{measure.name} of {where}: {change} ({shift.low:+.2f} to {shift.high:+.2f})"
    subject = f"{named(measure.detail)} in spans" if measure.name == COVERAGE else measure.name
    change = _change(shift.before, shift.after, screen)
    text = f"{subject} of {where}: {change} ({_interval(shift.low, shift.high)})"
    if measure.name.startswith("slower"):
        quantile = measure.name.removeprefix("slower than ")
        text += f"; {quantile} {durations(each, verdict, screen)} ms"
    return text


def durations(each: MeasuredShift, verdict: PopulationVerdict, screen: Screen) -> str:
    """Return the quantile itself on both sides, in milliseconds."""
    number = [f"slower than p{share * 100:g}" for share in QUANTILES].index(each.measure.name)
    names = (each.measure.operation, each.renamed or each.measure.operation)
    values = [
        f"{side[name][number] / 1e6:.4g}" if name in side else "unknown"
        for side, name in zip(verdict.quantiles, names, strict=True)
    ]
    return f"{values[0]} {screen.marks.arrow} {values[1]}"


def _change(before: float, after: float, screen: Screen) -> str:
    return f"{before:.2%} {screen.marks.arrow} {after:.2%}"


def _interval(low: float, high: float) -> str:
    return f"{low * 100:+.2f} to {high * 100:+.2f} points"


# The rest.


def _rest(verdict: PopulationVerdict, screen: Screen) -> Lines:
    texts = map(screen.safe, rest(verdict))
    return [line for each in texts for line in screen.folded(each, "  ", QUIET, first="")]


def rest(verdict: PopulationVerdict) -> list[str]:
    """Return sentences about what was not compared, and about the method."""
    sentences = []
    if verdict.too_few:
        names = ", ".join(named(each) for each in verdict.too_few[:_MOST_NAMED])
        more = len(verdict.too_few) - _MOST_NAMED
        sentences.append(
            f"Too few to compare, below {MIN_SAMPLE} traces or {MIN_BLOCKS} blocks of time with traffic: "
            f"{names}{f' and {more} more operations' if more > 0 else ''}."
        )
    forms, traces = verdict.unsure
    if forms:
        sentences.append(
            f"{forms:,} forms ({traces:,} traces) are on one side alone and may be there by chance; a form "
            f"needs {FEWEST_TRACES} traces to be compared."
        )
    sentences.append(
        f"{verdict.comparisons:,} comparisons share a chance of {LEVEL:.0%} that any is false. "
        "A block of time is the unit of chance. Quantiles are exact."
    )
    return sentences
