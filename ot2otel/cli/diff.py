"""`ot2otel diff`: judges two files of traces."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from ot2otel import recording_file
from ot2otel.cli import judging, printing
from ot2otel.compare.verdict import judge
from ot2otel.report.json import document


@click.command("diff", epilog="Example: ot2otel diff before.json after.json --strict")
@click.argument("before", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("after", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@judging.asked
def command(before: Path, after: Path, asked: judging.Asked) -> None:
    """Judge two files of traces: recordings, OTLP/JSON, OTLP/JSON lines, or Jaeger's JSON.

    The content decides the format. Several traces in a file are paired by their structure.
    """
    started = time.monotonic()
    recordings = [recording_file.read(before), recording_file.read(after)]
    verdicts = [judge(recordings[0], recordings[1])]
    if asked.output == "json":
        seconds = time.monotonic() - started
        printing.print_json(document(verdicts, seconds, everything=asked.everything))
    else:
        judging.print_verdicts(verdicts, asked)
    sys.exit(judging.exit_code(verdicts, asked.strict))
