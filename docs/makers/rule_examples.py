"""An example of each rule: `python -m docs.makers.rule_examples` finds them in the golden recordings.

It judges the recordings and writes, for each rule, the first facts that it explains in two spans.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import combinations
from pathlib import Path

from ot2otel import recording_file
from ot2otel.compare.catalog import EXAMPLES, Example, rule_named
from ot2otel.compare.facts import Content, Place, literal
from ot2otel.compare.findings import field_of
from ot2otel.compare.judgement import Settled
from ot2otel.compare.rows import Row
from ot2otel.compare.verdict import judge
from tests.golden import DIRECTORY, RECORDINGS

CONVENTIONS = ("old", "both", "stable")
FLOWS = ("hello", "frontend_backend", "orders", "events")
RUNS = ("legacy-jaeger", "shim-otlp", "shim-jaeger", "native-otlp", "native-jaeger")
_LONGEST = 100  # characters of a fact


def pairs() -> Iterator[tuple[Path, Path]]:
    """Yield the recordings that are judged: those of one flow, of one program and of one library together."""
    for flow in FLOWS:
        yield from combinations([RECORDINGS / f"{flow}-{run}.json" for run in RUNS], 2)
    for run in RUNS:
        yield RECORDINGS / f"hello-{run}.json", DIRECTORY / "jaeger" / f"hello-{run}.json"
    yield DIRECTORY / "own" / "tutorial-1-legacy.jsonl", DIRECTORY / "own" / "tutorial-1-native.jsonl"
    yield from combinations([DIRECTORY / "conventions" / f"{name}.json" for name in CONVENTIONS], 2)
    for old in sorted((DIRECTORY / "libraries").glob("*-opentracing.json")):
        scenario = old.name.removesuffix("-opentracing.json")
        yield from combinations(
            [old, *(old.with_name(f"{scenario}-{name}.json") for name in ("old", "new"))], 2
        )


def found() -> dict[str, Example]:
    """Return the best example of each rule, the first of several that are as good."""
    best: dict[str, tuple[tuple[bool, bool], Example]] = {}
    for before, after in pairs():
        verdict = judge(recording_file.read(before), recording_file.read(after))
        for judged in verdict.judged:
            row = next((row for row in judged.rows if row.old is not None and row.new is not None), None)
            for settled in judged.settled if row else ():
                assert row is not None
                example = _example(before, after, row, settled)
                # Best is a rule that explains alone, with facts on both sides.
                flaws = len(settled.rules) > 1, not (example.old and example.new)
                for rule in settled.rules:
                    # An address that maps to another is settled by a rule of this verdict alone.
                    if rule_named(rule.name) and (rule.name not in best or flaws < best[rule.name][0]):
                        best[rule.name] = flaws, example
    return {name: example for name, (_, example) in sorted(best.items())}


def _example(before: Path, after: Path, row: Row, settled: Settled) -> Example:
    assert row.old is not None
    facts = _facts(row.old, settled.old), _facts(row.new, settled.new)
    return Example(_name(before), _name(after), row.old.name, *facts)


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def _facts(content: Content | None, places: Sequence[Place]) -> tuple[str, ...]:
    return () if content is None else tuple(_fact(content, place) for place in places)


def _fact(content: Content, place: Place) -> str:
    field, value = field_of(place).removeprefix("attributes."), content.value(place)
    text = field if value is None else f"{field} = {literal(value)}"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def written(examples: dict[str, Example]) -> str:
    """Return the examples as the text of the committed file."""
    document = {name: asdict(example) for name, example in examples.items()}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    EXAMPLES.write_text(written(found()), encoding="utf-8")
