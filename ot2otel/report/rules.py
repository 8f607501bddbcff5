"""The rules as a table, one of them whole, all of them as a document, and as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ot2otel.compare.catalog import Example, Room, Rooms, examples
from ot2otel.compare.rules import Effect, Rule
from ot2otel.report.prose import wrapped

_NAME, _EFFECT = 36, 12  # columns
_INDENT = " " * 14
_MOST_FACTS = 3  # of an example in a cell


def table(rooms: Rooms, width: int) -> str:
    """Return a line for each rule, under the titles of their rooms; sentences are cut to the width."""
    return "\n\n".join("\n".join([f"{room.title}", *_rows(room, width)]) for room in rooms)


def _rows(room: Room, width: int) -> Iterator[str]:
    for rule in room.rules:
        line = f"  {rule.name:{_NAME}} {rule.effect.value:{_EFFECT}} {rule.summary}"
        yield line if len(line) <= width else f"{line[: width - 3]}..."


def whole(rule: Rule) -> str:
    """Return all about one rule."""
    example = examples().get(rule.name)
    return "\n".join(
        [
            f"{rule.name}: {rule.effect.value}",
            *wrapped(f"{_sentence(rule.summary)}", "  "),
            "",
            *_about("effect", MEANINGS[rule.effect]),
            *_about("consequence", rule.consequence or "nothing is lost"),
            *_about("source", rule.source),
            *(_told(example) if example else _about("example", "no recording of ours has it")),
        ]
    )


def _about(title: str, text: str) -> list[str]:
    first, *more = wrapped(text, _INDENT)
    return [f"  {title:<11} {first.strip()}", *(f"{_INDENT}{line.strip()}" for line in more)]


def _told(example: Example) -> Iterator[str]:
    yield from _about("example", f"span {example.span!r} of {example.before} and {example.after}")
    for fact in example.old or ("nothing",):
        yield f"{_INDENT}before: {fact}"
    for fact in example.new or ("nothing",):
        yield f"{_INDENT}after:  {fact}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


# What the word of an effect means to a reader of the traces.
MEANINGS = {
    Effect.BOOKKEEPING: "a fact about the tracer itself changed, none of the application",
    Effect.TRANSLATED: "the same fact stands in another place",
    Effect.ADDED: "the new side has a fact that the old one lacks",
    Effect.IMPROVED: "the new side has right what the old one had wrong, or could not tell",
    Effect.DEGRADED: "a fact that readers of the traces had is lost",
}


def document(rooms: Rooms) -> dict[str, Any]:  # Any: JSON
    """Return the JSON document of `ot2otel rules --format json`."""
    return {"rules": [_entry(rule, room.title) for room in rooms for rule in room.rules]}


def _entry(rule: Rule, room: str) -> dict[str, Any]:  # Any: JSON
    example = examples().get(rule.name)
    return {
        "name": rule.name,
        "room": room,
        "effect": rule.effect.value,
        "summary": rule.summary,
        "source": rule.source,
        "consequence": rule.consequence,
        "example": example
        and {
            "before": example.before,
            "after": example.after,
            "span": example.span,
            "old": list(example.old),
            "new": list(example.new),
        },
    }


def markdown(rooms: Rooms) -> str:
    """Return a table of Markdown for each room."""
    return "\n\n".join("\n".join(_of_room(room)) for room in rooms)


def _of_room(room: Room) -> Iterator[str]:
    yield f"## {room.title}"
    yield ""
    yield "| rule | effect | what changes | example |"
    yield "|---|---|---|---|"
    for rule in room.rules:
        example = examples().get(rule.name)
        shown = f"{_code(example.old)} → {_code(example.new)}" if example else ""
        cells = [
            f"[`{rule.name}`]({rule.source.partition(' ')[0]})",
            rule.effect.value,
            _changes(rule),
            shown,
        ]
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _changes(rule: Rule) -> str:
    return f"{rule.summary}; {rule.consequence}" if rule.consequence else rule.summary


def _code(facts: Sequence[str]) -> str:
    # A backtick would end the code.
    shown = [f"`{fact.replace('`', chr(39))}`" for fact in facts[:_MOST_FACTS]]
    more = [f"{len(facts) - _MOST_FACTS} more"] if len(facts) > _MOST_FACTS else []
    return ", ".join([*shown, *more]) or "nothing"
