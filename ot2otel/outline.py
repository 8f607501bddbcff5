"""Traces as indented plain text, for messages that show the spans which arrived."""

from __future__ import annotations

from collections.abc import Iterable

from ot2otel.model import Span, StatusCode, traces

_LONGEST = 200  # characters of a value


def outline(spans: Iterable[Span], limit: int = 200) -> str:
    """Return the traces of the spans: a line for each span, with its children indented below it.

    A line has service, name, kind, status and duration in milliseconds. At most `limit` spans are shown.
    Long values are cut, with their length. Unprintable characters are escaped.
    """
    lines: list[str] = []
    shown = total = 0
    for trace in traces(spans):
        nodes = [found for root in trace.roots for found in root.walk_with_depth()]
        total += len(nodes)
        if shown < limit:
            lines.append(f"trace {trace.trace_id}")
            circles = {id(span) for span in trace.circles}
            lines += [
                _line(depth, node.span, id(node.span) in circles) for depth, node in nodes[: limit - shown]
            ]
            shown += len(nodes[: limit - shown])
    if shown < total:
        lines.append(f"... and {total - shown} more")
    return "\n".join(lines) or "no spans"


def _line(depth: int, span: Span, is_circle: bool) -> str:
    facts = [span.kind.name.lower()]
    if span.status.code is not StatusCode.UNSET:
        facts.append(" ".join(filter(None, (span.status.code.name, cut(span.status.message)))))
    facts.append(f"{span.duration_ns / 1e6:.3f} ms")
    if is_circle:
        facts.append(f"its parent {span.parent_id} is below it: a circle")
    elif depth == 0 and span.parent_id:
        facts.append(f"its parent {span.parent_id} is absent")
    return "  " * (depth + 1) + printable(
        f"{cut(span.service) or '?'}: {cut(span.name)} ({', '.join(facts)})"
    )


def cut(text: str, most: int = _LONGEST) -> str:
    """Return the text, or if it is longer its first `most` characters and its length."""
    return text if len(text) <= most else f"{text[:most]}... ({len(text)} characters)"


def printable(text: str) -> str:
    """Escape unprintable characters: control characters, line breaks, bidi marks, halves of surrogates."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def printable_lines(text: str) -> str:
    """Escape unprintable characters, but keep the line breaks."""
    return "\n".join(map(printable, text.split("\n")))
