"""Runs a soak: `python -m benchmarks.soak`. A run of the default length is saved for the README."""

from __future__ import annotations

import json
import signal
import sys
from contextlib import nullcontext
from typing import Any

import click

from benchmarks import figures
from benchmarks.saving import saved
from benchmarks.soak.measure import Plan, measure
from ot2otel.lab.overhead.ladder import LADDER
from ot2otel.lab.overhead.measure import circumstances, missing

MINUTES = 20.0


@click.command()
@click.option("--minutes", default=MINUTES, show_default=True, help="Shorter runs are not saved.")
@click.option("--as-json", is_flag=True, help="Print the result as JSON, not as a table.")
def main(minutes: float, as_json: bool) -> None:
    """Send spans for some minutes to receivers that are restarted, slow or absent, and account for each.

    Exits with 1 if a span was lost without a known cause or if the receiver's memory grew.
    """
    # Like Ctrl-C, so that the processes are stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    unsaved: dict[str, Any] = {}  # Any: JSON
    with saved("soak") if minutes >= MINUTES else nullcontext(unsaved) as found:
        found["minutes"] = minutes
        found["circumstances"] = circumstances(
            [rung for rung in LADDER if rung.exporter and not missing(rung)]
        )
        found |= measure(Plan.of(minutes), lambda activity: click.echo(activity, err=True))
    click.echo(json.dumps(found, indent=1) if as_json else figures.soak_tables(found))
    for failure in found["failures"]:
        click.echo(failure, err=True)
    sys.exit(bool(found["failures"]))


if __name__ == "__main__":
    main()
