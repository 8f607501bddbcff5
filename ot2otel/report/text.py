"""Recordings and verdicts for a terminal: span trees side by side, and the judged differences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from ot2otel.compare.diff import Changed, Difference, Extra, Missing, Moved, TracePair
from ot2otel.compare.rules.rule import Effect
from ot2otel.compare.verdict import AnswerChanged, Explained, Outcome, Unexplained, Verdict
from ot2otel.model import Node, Span, StatusCode, Trace, traces
from ot2otel.outline import printable
from ot2otel.recording import Recording

# Trees stand side by side only if each has this many columns.
_NARROWEST_TREE = 48
# Columns: at least this many for the text of the deepest level shown, and the indent of each level.
_NARROWEST_LINE = 28
_INDENT = 4
# Characters, in the summary of a rule's differences; unexplained differences are shown in full.
_LONGEST_VALUES = 40

_OUTCOME_STYLES = {
    Outcome.IDENTICAL: "bold green",
    Outcome.EQUIVALENT: "bold green",
    Outcome.DEGRADED: "bold yellow",
    Outcome.DIFFERENT: "bold red",
}
_OUTCOMES = {
    Outcome.IDENTICAL: "nothing differs",
    Outcome.EQUIVALENT: "every difference is expected, nothing is lost",
    Outcome.DEGRADED: "every difference is expected, some are losses",
    Outcome.DIFFERENT: "some differences are not expected",
}
_EFFECT_STYLES = {
    Effect.DEGRADED: "yellow",
    Effect.ADDED: "cyan",
    Effect.TRANSLATED: "",
    Effect.BOOKKEEPING: "dim",
}


def trees(recordings: Sequence[Recording], width: int) -> RenderableType:
    """Show the span trees of each recording, side by side if `width` columns are enough."""
    if width < _NARROWEST_TREE * len(recordings):
        return Group(*(_panel(recording, width) for recording in recordings))
    panels = [_panel(recording, width // len(recordings)) for recording in recordings]
    table = Table.grid(expand=True)
    for _ in panels:
        table.add_column(ratio=1)
    table.add_row(*panels)
    return table


def trace(arrived: Trace, url: str | None, width: int) -> RenderableType:
    """Show one trace as trees, titled with its services' namespaces and its URL, or else its id."""
    namespaces = {str(node.span.resource_value("service.namespace", "?")) for node in arrived.walk()}
    return _forest(arrived.roots, f"{' and '.join(sorted(namespaces))} {url or arrived.trace_id}", width)


def verdict(judged: Verdict) -> RenderableType:
    """Show the verdict, all unexplained differences, and each rule with the differences that it explains."""
    rules = Table.grid(padding=(0, 2))
    for explained in reversed(judged.explained):
        effect = explained.rule.effect
        rules.add_row(Text(effect.value, style=_EFFECT_STYLES[effect]), _rule(explained))
    remaining = [
        *map(_unexplained, judged.unexplained),
        *map(_answer, judged.answers),
        *(_alone(pair) for pair in judged.traces if pair.before is None or pair.after is None),
    ]
    return Group(headline(judged), Padding(Group(*remaining, rules), (0, 0, 1, 2)))


def headline(judged: Verdict) -> Text:
    """Show a verdict in one line: the two recordings, the outcome and its meaning."""
    outcome = judged.outcome
    before, after = judged.before.label or "before", judged.after.label or "after"
    line = Text(printable(f"{before} → {after}: "), style="bold")
    line.append(outcome.value, style=_OUTCOME_STYLES[outcome])
    return line.append(f" ({_OUTCOMES[outcome]})", style="not bold")


def _rule(explained: Explained) -> RenderableType:
    rule = explained.rule
    return Group(
        Text.assemble((rule.name, "bold"), f" x{len(explained.differences)}: {rule.summary}"),
        Text(_fields(explained.differences)),
        Text(rule.source, style="dim", overflow="fold"),
    )


def _fields(differences: Iterable[Changed]) -> str:
    """Count the differences of each field: changed, new or gone."""
    counts = Counter((change.field, _what_became(change)) for change in differences)
    summed = (f"{field} {became} x{count}" for (field, became), count in sorted(counts.items()))
    return printable(", ".join(summed))


def _what_became(change: Changed) -> str:
    if change.before is None:
        return "is new"
    if change.after is None:
        return "is gone"
    values = f"{change.before} → {change.after}"
    return values if len(values) <= _LONGEST_VALUES else "changed"


def _unexplained(unexplained: Unexplained) -> Text:
    line = Text.assemble(("unexplained ", "bold red"), _difference(unexplained.difference))
    for origin in unexplained.origins:
        if origin != unexplained.difference:
            line.append(f"\n  from {_difference(origin)}", style="not bold dim")
    return line


def _alone(pair: TracePair) -> Text:
    side = "before" if pair.after is None else "after"
    return Text(f"trace {pair.before or pair.after} of the {side} has no counterpart")


def _difference(difference: Difference) -> str:
    match difference:
        case Missing(path):
            text = f"missing span: {path}"
        case Extra(path):
            text = f"extra span: {path}"
        case Moved(path, to):
            text = f"moved span: {path}, now at {to}"
        case Changed(path, field, before, after):
            text = f"{path}: {field}: {before or '(absent)'} → {after or '(absent)'}"
    return printable(text)


def _answer(change: AnswerChanged) -> Text:
    before, after = (
        f"{answer.status} {answer.body!r}" if answer else "(not sent)"
        for answer in (change.before, change.after)
    )
    request = change.before or change.after
    target = printable(request.request) if request else ""
    return Text.assemble(("unexplained ", "bold red"), f"answer to {target}: {before} → {after}")


def _panel(recording: Recording, width: int) -> Panel:
    roots = [root for trace in traces(recording.spans) for root in trace.roots]
    return _forest(roots, recording.label or "spans", width)


def _forest(roots: Iterable[Node], title: str, width: int) -> Panel:
    deepest = (width - _NARROWEST_LINE) // _INDENT
    trees = [_tree(root, deepest) for root in roots]
    return Panel(Group(*trees), title=Text(printable(title)), title_align="left")


def _tree(root: Node, deepest: int) -> Tree:
    """Show a span and its descendants, up to the deepest level that leaves room for a name."""
    tree = Tree(_line(root.span, ""), guide_style="dim")
    above = [(root, tree)]  # the nodes from the root to the last one shown
    for depth, node in root.walk_with_depth():
        if depth > max(deepest, 0):
            continue
        if depth:
            del above[depth:]
            parent, branch = above[-1]
            above.append((node, branch.add(_line(node.span, parent.span.service))))
        if depth >= deepest and node.children:
            below = sum(1 for _ in node.walk()) - 1
            above[-1][1].add(Text(f"... {below} more below", style="dim"))
    return tree


def _line(span: Span, service_above: str) -> Text:
    """Describe a span; its service is added if neither its name nor its parent's service is the same."""
    line = Text(printable(span.name), style="bold", overflow="fold")
    if span.service not in (service_above, span.name):
        line.append(f" of {printable(span.service)}", style="not bold")
    status = span.status.code
    line.append(f" {span.kind.name}", style="not bold cyan")
    line.append(f" {status.name}", style="not bold red" if status is StatusCode.ERROR else "not bold dim")
    return line.append(f" {span.duration_ns / 1e6:.1f} ms", style="not bold dim")
