"""The span trees of recordings side by side, and of one trace, with their durations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from ot2otel.model import Node, Span, StatusCode, Trace, traces
from ot2otel.outline import printable
from ot2otel.recording import Recording

# Trees stand side by side only if each has this many columns.
_NARROWEST_TREE = 48
# Columns: at least this many for the text of the deepest level shown, and the indent of each level.
_NARROWEST_LINE = 28
_INDENT = 4


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
    found = {node.span.resource_value("service.namespace") for node in arrived.walk()}
    namespaces = sorted("?" if namespace is None else str(namespace) for namespace in found)
    title = [" and ".join(namespaces)] if found != {None} else []
    return _forest(arrived.roots, " ".join([*title, url or arrived.trace_id]), width)


def _panel(recording: Recording, width: int) -> Panel:
    roots = [root for trace in traces(recording.spans) for root in trace.roots]
    return _forest(roots, recording.label or "spans", width)


def _forest(roots: Iterable[Node], title: str, width: int) -> Panel:
    deepest = (width - _NARROWEST_LINE) // _INDENT
    trees = [_tree(root, deepest) for root in roots]
    return Panel(Group(*trees), title=Text(printable(title)), title_align="left")


def _tree(root: Node, deepest: int) -> Tree:
    """Show a span and its descendants, up to the deepest level that leaves room for a name."""
    line = _line(root.span, "")
    if root.span.parent_id:
        is_circle = any(node.span.span_id == root.span.parent_id for node in root.walk())
        where = "below it: a circle" if is_circle else "absent"
        line.append(f", its parent {printable(root.span.parent_id)} is {where}", style="not bold red")
    tree = Tree(line, guide_style="dim")
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
