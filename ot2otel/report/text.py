"""Verdicts for a terminal: the words, the trees side by side, and one line a finding, the gravest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rich.cells import cell_len
from rich.text import Text

from ot2otel.compare.answers import AnswerChanged, Answers
from ot2otel.compare.findings import Finding
from ot2otel.compare.judgement import Grade
from ot2otel.compare.verdict import Outcome, SideSummary, Verdict
from ot2otel.recording import Answer, Recording
from ot2otel.report import schemas
from ot2otel.report.screen import (
    LOSS,
    PLAIN,
    QUIET,
    ROOM_FOR_RULES,
    ROOM_FOR_TREES,
    STRONG,
    STYLES,
    Piece,
    Screen,
    fitted,
)
from ot2otel.report.telling import Told, amount, arrived, count_accepted, names, sentence, told, word
from ot2otel.report.tree_table import Heads, table

# So many quiet findings are told in a line each.
_MOST_QUIET = 8
_MOST_ANSWERS = 5
_MOST_KEYS = 12
_MOST_STATUSES = 6
# Columns of a value of an answer.
_EXCERPT = 30
_COLUMNS_WITHOUT_NOTES = 2
_NO_BREAK = "\N{NO-BREAK SPACE}"
# Which column of the findings gives way first, down to which width: what, rule, note, and once more.
_FLOORS = ((1, 44), (3, 18), (2, 26), (1, 30), (3, 10), (2, 14), (1, 16), (0, 10))

MARKS = {
    Outcome.IDENTICAL: Grade.KEPT,
    Outcome.EQUIVALENT: Grade.KEPT,
    Outcome.DEGRADED: Grade.DEGRADED,
    Outcome.DIFFERENT: Grade.GONE,
}
_COUNTED_ONLY = (Grade.ADDED, Grade.BOOKKEEPING)
_LISTED = (Grade.NEW, Grade.NOISE)

Lines: TypeAlias = list[Text]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader wants beyond the usual: all findings in full, all trees.

    `remarks` are sentences about how it was judged.
    """

    explain: bool = False
    trees: bool = False
    remarks: tuple[str, ...] = ()


_USUAL = Wanted()


def report(verdicts: Sequence[Verdict], screen: Screen, wanted: Wanted = _USUAL, closing: str = "") -> Lines:
    """Return the report on one or more verdicts, a text for each line; none is wider than the screen.

    Only an address in `--explain` may be: a terminal cannot open one that is split.
    """
    called = names(verdicts)
    parts = [
        headings(verdicts, called, screen),
        _words(verdicts, called, screen),
        _trees(verdicts, called, screen, wanted),
    ]
    for judged, (_, name) in zip(verdicts, called, strict=True):
        parts.append(_section(judged, name if len(verdicts) > 1 else "", screen, wanted))
    parts.append(
        [line for each in wanted.remarks for line in screen.folded(screen.safe(each), "  ", first="")]
    )
    parts.append(
        [line for each in closing.splitlines() for line in screen.folded(screen.safe(each), "  ", QUIET, "")]
    )
    return [
        line
        for number, part in enumerate(filter(None, parts))
        for line in ([Text()] if number else []) + part
    ]


# What was compared.


def headings(verdicts: Sequence[Verdict], names: Sequence[tuple[str, str]], screen: Screen) -> Lines:
    """Return what was compared, under the names of `telling.names`, and what is wrong with each side."""
    first = verdicts[0]
    flow = first.before.recording.flow or first.after.recording.flow
    words = _amounts(verdicts, names)
    words += _answers([judged.answers for judged in verdicts], first.before.recording.answers, screen)
    text = f"{flow}: {words}" if flow else words
    lines = screen.folded(screen.safe(text), "  ", first="")
    # Without a span on any side the first line has said so.
    sides = list(_sides(verdicts, names))
    for name, side in sides if any(side.spans for _, side in sides) else []:
        for note in side.health:
            lines += screen.folded(screen.safe(f"{name}: {note.sentence}"), "  ")
    for each in schemas.sentences(verdicts, screen.marks.arrow):
        lines += screen.folded(screen.safe(each), "  ")
    if any(judged.approximate for judged in verdicts):
        lines += screen.folded(
            "some unlike traces were too many to compare one by one: they were paired by size and name", "  "
        )
    return lines


def _sides(
    verdicts: Sequence[Verdict], names: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, SideSummary]]:
    """Yield each recording with its name, once."""
    seen: list[Recording] = []
    for judged, both in zip(verdicts, names, strict=True):
        for side, name in zip((judged.before, judged.after), both, strict=True):
            if not any(side.recording is recording for recording in seen):
                seen.append(side.recording)
                yield name, side


def _amounts(verdicts: Sequence[Verdict], names: Sequence[tuple[str, str]]) -> str:
    sides = [(name, amount(side)) for name, side in _sides(verdicts, names)]
    amounts = {amount for _, amount in sides}
    if len(amounts) > 1:
        return "; ".join(f"{name}: {amount}" for name, amount in sides)
    if not any(side.spans for _, side in _sides(verdicts, names)):
        return "no span on either side, only the answers are judged"
    return f"{amounts.pop()} before and after"


def _answers(found: Sequence[Answers], before: Sequence[Answer], screen: Screen) -> str:
    """Return the words about the answers, "" if there are none."""
    alone = [answers for answers in found if not answers.compared]
    if alone:
        sides = {
            "before" if answers.before else "after" for answers in alone if answers.before or answers.after
        }
        return (
            f", only the {' or the '.join(sorted(sides))} has answers: they are not compared" if sides else ""
        )
    statuses = [str(answer.status) for answer in before]
    if len(statuses) > _MOST_STATUSES:
        counted = Counter(statuses).most_common()
        statuses = [f"{status} {screen.marks.times}{times}" for status, times in counted]
    shown = f" ({', '.join(statuses)})" if statuses else ""
    if not any(answers.changed for answers in found):
        return f", the same answers{shown}"
    return f", {found[0].before} answers{shown}, not the same"


# The verdicts.


def _words(verdicts: Sequence[Verdict], names: Sequence[tuple[str, str]], screen: Screen) -> Lines:
    marks = screen.marks
    pairs = [f"{screen.safe(old)} {marks.arrow} {screen.safe(new)}" for old, new in names]
    sign = max(cell_len(mark) for mark in marks.grades.values())
    roomy = screen.width >= ROOM_FOR_TREES
    words = [word(judged) if roomy else judged.outcome.value for judged in verdicts]
    said = max(map(len, words))
    wide = min(max(map(cell_len, pairs)), screen.width - sign - said - 4)
    lines: Lines = []
    for pair, judged, its_word in zip(pairs, verdicts, words, strict=True):
        grade = MARKS[judged.outcome]
        style = LOSS if grade is not Grade.KEPT else STRONG
        first = [(marks.grades[grade], style), (pair, PLAIN), (its_word, style)]
        begun = screen.row(first, [sign, wide, said])
        accepted = 0 if roomy else count_accepted(judged)
        told_in = sentence(judged) + (f", {accepted} accepted" if accepted else "")
        room = screen.width - sign - wide - said - 6
        if cell_len(told_in) <= room:
            lines.append(screen.row([*first, (told_in, PLAIN)], [sign, wide, said, room]))
        else:
            lines += [begun, *screen.folded(told_in, " " * (sign + 2))]
    return lines


# The trees.


def _trees(
    verdicts: Sequence[Verdict], names: Sequence[tuple[str, str]], screen: Screen, wanted: Wanted
) -> Lines:
    if screen.width < ROOM_FOR_TREES:
        return []
    groups: list[list[tuple[Verdict, tuple[str, str]]]] = []
    for judged, both in zip(verdicts, names, strict=True):
        if groups and groups[-1][0][0].before.recording is judged.before.recording:
            groups[-1].append((judged, both))
        else:
            groups.append([(judged, both)])
    lines: Lines = []
    for group in groups:
        judgeds = [judged for judged, _ in group]
        variants = Counter(judged.after.recording.variant for judged in judgeds)
        afters = tuple(
            screen.safe(
                name if variants[judged.after.recording.variant] > 1 else judged.after.recording.variant
            )
            or "after"
            for judged, (_, name) in group
        )
        titles = {
            trace_id: f"{answer.request} {screen.marks.arrow} {answer.status}"
            for trace_id, answer in judgeds[0].before.requests.items()
        }
        heads = Heads(screen.safe(group[0][1][0]), afters, titles)
        found = table(judgeds, heads, screen, everything=wanted.trees)
        lines += [Text(), *found] if lines and found else found
    return lines


# The findings.


def _section(judged: Verdict, name: str, screen: Screen, wanted: Wanted) -> Lines:
    found = told(judged.findings)
    title = f"{screen.safe(name)}: {word(judged)}" if name else ""
    lines = _ledger(judged, title, screen)
    lines += changed_answers(judged.answers, screen, everything=wanted.explain)
    if wanted.explain:
        for each in found:
            lines += [Text(), *_explained(each, screen)]
        return lines
    return lines + _finding_lines(found, screen)


def _ledger(judged: Verdict, title: str, screen: Screen) -> Lines:
    rows = arrived(judged)
    # A count is never split from its name.
    counts = [f"{row.name}{_NO_BREAK}{row.n}/{row.of}" for row in rows]
    words = f"arrived: {', '.join(counts)}"
    if not title:
        lines = screen.folded(words, "         ", first="")
    elif cell_len(title) + 4 + cell_len(words) <= screen.width:
        lines = [Text.assemble((title, STRONG), "    ", words)]
    else:
        lines = [Text(screen.cut(title, screen.width), STRONG), *screen.folded(words, "  ")]
    lost = [count for row, count in zip(rows, counts, strict=True) if row.n < row.of]
    for line in lines:
        if lost:
            line.highlight_words(lost, LOSS)
        line.plain = line.plain.replace(_NO_BREAK, " ")
    return lines


def changed_answers(answers: Answers, screen: Screen, *, everything: bool) -> Lines:
    """Return a line for each way in which an answer has changed, the first ones unless `everything`."""
    total = max(answers.before, answers.after)
    groups: dict[tuple[str, str], int] = Counter(_answer_words(change, screen) for change in answers.changed)
    shown = list(groups.items()) if everything else list(groups.items())[:_MOST_ANSWERS]
    mark = screen.marks.grades[Grade.CHANGED]
    lines = [
        Text(screen.cut(f"{mark} {times} of {total} answers  {request}: {became}", screen.width), LOSS)
        for (request, became), times in shown
    ]
    if len(shown) < len(groups):
        lines.append(Text(f"  and {len(groups) - len(shown)} more answers differ: --explain", LOSS))
    return lines


def _answer_words(change: AnswerChanged, screen: Screen) -> tuple[str, str]:
    """Return the request, and what became of its answer."""
    old, new = change.before, change.after
    request = screen.safe((old or new or Answer("", 0, "")).request)
    if old is None or new is None:
        return request, "not sent before" if old is None else "not sent after"
    arrow = screen.marks.arrow
    if old.request != new.request:
        return request, f"another request, {screen.safe(new.request)}"
    if old.status != new.status:
        return request, f"{old.status} {arrow} {new.status}"
    start = next((n for n, (a, b) in enumerate(zip(old.body, new.body, strict=False)) if a != b), None)
    start = max((min(len(old.body), len(new.body)) if start is None else start) - 6, 0)
    excerpts = [
        screen.cut(screen.safe(answer.body[start : start + _EXCERPT]), _EXCERPT) for answer in (old, new)
    ]
    where = f" from character {start}" if start else ""
    return request, f'its text{where} "{excerpts[0]}" {arrow} "{excerpts[1]}"'


def _finding_lines(everything: Sequence[Told], screen: Screen) -> Lines:
    found = [each for each in everything if not each.accepted]
    quiet = [each for each in found if not each.is_grave and each.grade not in (*_COUNTED_ONLY, *_LISTED)]
    lined, left = [each for each in found if each.is_grave] + quiet[:_MOST_QUIET], quiet[_MOST_QUIET:]
    lines = _one_line_each(lined, screen)
    for grade in _LISTED:
        lines += _keys([each for each in found if each.grade is grade and not each.is_grave], screen)
    counted = [each for each in found if each.grade in _COUNTED_ONLY]
    also = [f"{n} more {word}" for word, n in Counter(each.grade.value for each in left).items()]
    also += [f"{n} {word}" for word, n in Counter(each.grade.value for each in counted).items()]
    if also:
        words = f"also {', '.join(also)}; nothing is lost by them: --explain"
        lines += screen.folded(words, "  ", QUIET)
    return lines + _accepted([each for each in everything if each.accepted], screen)


def _accepted(found: Sequence[Told], screen: Screen) -> Lines:
    lines = _one_line_each(found[:_MOST_QUIET], screen)
    if len(found) > _MOST_QUIET:
        lines.append(Text(f"  and {len(found) - _MOST_QUIET} more accepted: --explain", QUIET))
    return lines


def _one_line_each(found: Sequence[Told], screen: Screen) -> Lines:
    if not found:
        return []
    sign = max(cell_len(mark) for mark in screen.marks.grades.values())
    columns = 4 if screen.width >= ROOM_FOR_RULES else 3 if screen.width >= ROOM_FOR_TREES else 2
    room = screen.width - sign - 1 - 2 * (columns - 1)
    rows = [_cells(each, screen)[:columns] for each in found]
    # What a loss means is not cut: without room it gets a line of its own.
    below = [""] * len(found)
    if columns == _COLUMNS_WITHOUT_NOTES or sum(_widths(rows)) > room:
        below = [screen.safe(each.note) if each.consequences else "" for each in found]
        rows = [_cells(each, screen, brief=True)[:columns] for each in found]
    floors = [(column, floor) for column, floor in _FLOORS if column < columns]
    widths = fitted(_widths(rows), floors, room)
    lines: Lines = []
    for each, cells, consequence in zip(found, rows, below, strict=True):
        mark = (screen.marks.grades[each.grade], QUIET if each.accepted else STYLES[each.grade])
        lines.append(Text.assemble(mark, " " * (sign - cell_len(mark[0]) + 1), screen.row(cells, widths)))
        cut = columns == _COLUMNS_WITHOUT_NOTES or cell_len(cells[2][0]) > widths[2]
        if each.is_grave and (consequence or cut):
            lines += screen.folded(consequence or screen.safe(each.note), "    ", STYLES[each.grade])
    return lines


def _widths(rows: Sequence[Sequence[Piece]]) -> list[int]:
    return [max(cell_len(text) for text, _ in column) for column in zip(*rows, strict=True)]


def _cells(each: Told, screen: Screen, *, brief: bool = False) -> list[Piece]:
    """Return number, field, note and rules; a `brief` note leaves out what a loss means."""
    style = STYLES[each.grade] if each.is_grave or each.grade is Grade.IMPROVED else PLAIN
    unit = each.unit if each.of != 1 else each.unit.removesuffix("s")
    if screen.width < ROOM_FOR_RULES:
        unit = unit.removesuffix(" spans")
    rules = ", ".join(rule.name for rule in each.rules)
    note = "lost" if brief and each.consequences and each.is_grave else screen.safe(each.note)
    return [
        (f"{each.n} of {each.of} {unit}", PLAIN),
        (what(each, screen), style),
        (note, style if each.is_grave else QUIET),
        (screen.safe(rules) if rules not in each.note or not rules else "", QUIET),
    ]


def what(each: Told, screen: Screen) -> str:
    """Return the field and its values in words: `kind SERVER, CLIENT → INTERNAL`."""
    values = f"{each.old} {screen.marks.arrow} {each.new}" if each.old or each.new else ""
    left = ""
    if each.is_grave and each.left and screen.width >= ROOM_FOR_RULES and len(each.left) < _EXCERPT:
        left = f", left: {each.left}" if "," not in each.left else ""
    return screen.safe(" ".join(filter(None, (each.subject, values))) + left)


def _keys(found: Sequence[Told], screen: Screen) -> Lines:
    """Return the fields of one grade in one list, each with its number."""
    if not found:
        return []
    sign = max(cell_len(mark) for mark in screen.marks.grades.values())
    grade = found[0].grade
    mark = screen.marks.grades[grade]
    words = "1 field" if len(found) == 1 else f"{len(found)} fields"
    times = screen.marks.times
    names = [f"{what(each, screen).removeprefix('attribute ')} {times}{each.n}" for each in found]
    first = f"{mark}{' ' * (sign - cell_len(mark) + 1)}{grade.value}, {words}: "
    lines = screen.folded(", ".join(names[:_MOST_KEYS]), "    ", STYLES[grade], first)
    if len(names) > _MOST_KEYS:
        lines.append(Text(f"    and {len(names) - _MOST_KEYS} more: --explain", STYLES[grade]))
    return lines


# All about a finding.


def _explained(each: Told, screen: Screen) -> Lines:
    mark, style = screen.marks.grades[each.grade], QUIET if each.accepted else STYLES[each.grade]
    unit = each.unit if each.of != 1 else each.unit.removesuffix("s")
    head = f"{each.grade.value}: {each.n} of {each.of} {unit}: {what(each, screen)}"
    lines = screen.folded(head, "    ", style, f"{mark} ")
    if each.note != each.grade.value:
        lines += screen.folded(screen.safe(each.note), "    ", style)
    for finding in each.findings:
        values = [
            f"{side} {part.field} {part.values or '(absent)'}"
            for side, parts in (("before", finding.olds), ("after", finding.news))
            for part in parts
        ]
        who = f"{finding.service or '(no service)'}, {finding.n} of {finding.of}"
        text = f"{who}, in {_spans(finding)}: {'; '.join(values)}"
        lines += screen.folded(screen.safe(text), "    ", first="  ")
    for rule in each.rules:
        lines += screen.folded(screen.safe(f"{rule.name}: {rule.summary}"), "    ", first="  ")
        lines.append(Text(f"    {rule.source}", QUIET))
    for old, new in each.examples:
        shown = f"{old or '(none)'} {screen.marks.arrow} {new or '(none)'}"
        lines += screen.folded(screen.safe(f"such as {shown}"), "    ", QUIET, first="  ")
    return lines


def _spans(finding: Finding) -> str:
    return ", ".join([*finding.spans, *([f"{finding.more_spans} more"] if finding.more_spans else [])])
