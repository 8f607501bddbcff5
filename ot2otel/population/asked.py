"""Both sides of a comparison as a user names them: two sources, or one that is cut into two."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from ot2otel.population import schemas, splitting
from ot2otel.population.comparing import PopulationVerdict, check_lengths, compare_populations
from ot2otel.population.side import PopulationSide, engine_errors
from ot2otel.population.sources import Population, opened


def sides(
    before: str, after: str | None, by: str | None, scratch: Path, show: Callable[[str], None]
) -> tuple[list[PopulationSide], list[str]]:
    """Open the sources, or cut one `by` a key or a time; return both sides, and sentences about them.

    Files are converted in the directory `scratch`. Raises PopulationError for a source that can't be read.
    """
    old = opened(before, scratch, show)
    if after is not None:
        new = opened(after, scratch, show)
        sides = [PopulationSide(each.engine, each.spans, each.name, show) for each in (old, new)]
        return sides, _notes(old, new)
    show(f"{before}: cutting it into both sides")
    with engine_errors(old.name):
        cut = splitting.split(old.spans, by or "", lambda table: old.engine.to_pyarrow(table).to_pylist())
    sides = [
        PopulationSide(old.engine, spans, name, show, but=cut.key)
        for spans, name in zip((cut.before, cut.after), cut.names, strict=True)
    ]
    return sides, [*_notes(old), *cut.notes]


def _notes(*sources: Population) -> list[str]:
    notes = [f"{each.name}: {problem}" for each in sources for problem in each.problems]
    untyped = [each.name for each in sources if not schemas.has_types(each.spans)]
    if untyped:
        notes.append(f"{' and '.join(untyped)}: without types of values; whole numbers are read as numbers.")
    partial = [each.name for each in sources if not schemas.has_entries(each.spans)]
    if partial:
        notes.append(f"{' and '.join(partial)}: attributes of events and links are not there to compare.")
    return notes


def compared(
    found: tuple[list[PopulationSide], list[str]], uneven: bool, show: Callable[[str], None]
) -> tuple[PopulationVerdict, list[tuple[str, str]]]:
    """Compare both sides, and close them; return the verdict, and each statement with its purpose.

    Raises PopulationError if one side is much longer than the other, unless they may be `uneven`.
    """
    (before, after), notes = found
    with closing(before), closing(after):
        if not uneven:
            check_lengths(before, after)
        verdict = compare_populations(before, after, show)
        verdict = replace(verdict, notes=[*notes, *before.notes, *after.notes])
    statements = [
        (f"{side}: {purpose}", statement)
        for side, each in (("before", before), ("after", after))
        for purpose, statement in each.statements
    ]
    return verdict, statements
