"""`ot2otel record`: records the spans of any program."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import partial
from typing import TypeAlias

import click
from rich.console import Console

from ot2otel.capture.distributions import tracing_distributions
from ot2otel.capture.environment import pointed_at
from ot2otel.capture.foreground import Command, CommandError, foreground
from ot2otel.capture.masking import Masks
from ot2otel.capture.session import Ending, Recorder, Until, signals_collected, watch
from ot2otel.capture.witness import Witness
from ot2otel.cli import printing, record_options, record_output
from ot2otel.cli.recorded import Recorded, driven, listened, lost, others
from ot2otel.cli.traces_shown import TracesShown
from ot2otel.outline import printable_lines
from ot2otel.receive.collector import Collector, warning
from ot2otel.receive.jaeger.stored import StoredTraces
from ot2otel.recording import Recording
from ot2otel.recording_file import Appender
from ot2otel.recording_file.appending import STDOUT

_Watch: TypeAlias = Callable[[Command | None, Callable[[], None]], Ending]

_NO_ANSWER = 2


@click.command(
    "record",
    epilog="Example: ot2otel record -o before.jsonl --until-idle 3s -- python app.py",
    context_settings={"allow_interspersed_args": False},
)
@record_output.output
@record_options.listening
@record_options.until
@record_options.driving
@record_options.masking
@record_options.stored
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND...]")
def command(
    output: record_output.Output,
    listening: record_options.Listening,
    until: Until,
    driving: record_options.Driving,
    masks: Masks,
    stored: record_options.Stored,
    words: Sequence[str],
) -> None:
    """Run COMMAND with its tracer pointed here, and record its spans.

    The exit code is the command's, or 2 if no span arrived. Without COMMAND it listens on the standard ports
    and shows each complete trace, until Ctrl-C. Passwords, tokens, cookies and Authorization are masked.
    """
    if traces := stored.traces():
        if words or driving.file or until != Until():
            raise click.UsageError(
                "--from-jaeger reads what is stored: leave out COMMAND and what drives or ends it."
            )
        head = Recording((), stored_in=traces.stored_in)
        sys.exit(_read_back(traces, output, output.appender(head), masks))
    if line := warning(listening.host):
        _say(line)
    head = Recording((), versions=tracing_distributions(words[0]) if words else {})
    with output.appender(head) as file:
        recorder = Recorder(file, masks)
        drive = driving.drive(recorder)
        with (
            listening.collector(recorder, bool(words)) as collector,
            drive or nullcontext(),
            signals_collected() as signals,
        ):
            witness = Witness(collector, drive, _say)
            watched = partial(watch, recorder, until, drive, signals)
            if words:
                code = _ran(words, watched, collector, witness, output.path == STDOUT)
            else:
                code = 0
                _say(f"{listened(collector, listening.host)} Each complete trace is shown. Ctrl-C ends.")
                console = Console(stderr=True) if output.path == STDOUT else printing.console()
                watched(None, partial(_each, TracesShown(collector, console).look, witness.look))
    recorder.flush()  # tells a problem with the last spans
    recorded = Recorded(str(output.path), recorder.summary(), recorder.answers, masks.counts)
    for line in (
        *output.finish(recorder.spans),
        *recorded.lines,
        *driven(drive),
        *lost(collector.counts),
        *others(collector.observations),
    ):
        _say(line)
    if line := witness.line():
        _say(line)
    unsent = drive is not None and drive.sent < drive.wanted
    sys.exit(code or (0 if recorder.spans and not unsent else _NO_ANSWER))


def _read_back(traces: StoredTraces, output: record_output.Output, file: Appender, masks: Masks) -> int:
    """Record stored traces; return the exit code."""
    with file, printing.activity() as progress:
        recorder = Recorder(file, masks)
        for spans in traces.messages(progress):
            recorder.take_spans(spans)
            recorder.flush()
    recorder.flush()  # tells a problem with the last spans
    recorded = Recorded(str(output.path), recorder.summary(), 0, masks.counts)
    for line in (*output.finish(recorder.spans), *recorded.lines, *traces.notes):
        _say(line)
    return 0 if recorder.spans else _NO_ANSWER


def _ran(
    words: Sequence[str], watched: _Watch, collector: Collector, witness: Witness, output_to_stderr: bool
) -> int:
    """Record until the end; return the command's exit code, 0 if it did not end by itself."""
    environment = pointed_at(collector, os.environ, collector.grpc_endpoint)
    try:
        with foreground(words, environment, output_to_stderr) as running:
            witness.attend(running, environment)
            ending = watched(running, witness.look)
            return running.code if ending is Ending.BY_COMMAND else 0
    except CommandError as error:
        _say(str(error))
        sys.exit(error.code)


def _each(*looks: Callable[[], None]) -> None:
    for look in looks:
        look()


def _say(text: str) -> None:
    click.echo(printable_lines(text), err=True)
