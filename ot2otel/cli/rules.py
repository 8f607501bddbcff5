"""`ot2otel rules`: the rules for expected changes, all or one."""

from __future__ import annotations

import click

from ot2otel.cli import options, printing
from ot2otel.compare.catalog import Room, explaining, rooms, rule_named, similar
from ot2otel.report import rules as report
from ot2otel.report.screen import Screen


@click.command("rules", epilog="Example: ot2otel rules url-target")
@click.argument("name", required=False)
@options.output
def command(name: str | None, output: str) -> None:
    """Show the rules for the changes that a migration may make: all, or the one of this NAME.

    Each has an effect, a sentence, a published source, the consequence of a loss, and an example from a
    recording.
    """
    shown = _named(name) if name else list(rooms())
    if output == "json":
        printing.print_json(report.document(shown))
        return
    console = printing.console()
    screen = Screen(console.width, console.encoding)
    text = report.whole(shown[0].rules[0]) if name else report.table(shown, console.width)
    click.echo("\n".join(map(screen.safe, text.splitlines())))


def _named(name: str) -> list[Room]:
    """Return the room of a rule with this rule alone; raise click.UsageError if there is none."""
    rule = rule_named(name)
    if rule is None:
        hint = "`ot2otel rules` lists all."
        if known := explaining(name):
            hint = f"The key is explained by {', '.join(known)}."
        elif known := similar(name):
            hint = f"Similar: {', '.join(known)}."
        raise click.UsageError(f"There is no rule {name!r}. {hint}")
    return [Room(room.title, (rule,)) for room in rooms() if rule in room.rules]
