"""`ot2otel record`: records the spans of any program."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

import click
from rich.console import Console

from ot2otel.capture.driving import Drive
from ot2otel.capture.environment import pointed_at
from ot2otel.capture.foreground import Command, CommandError, foreground
from ot2otel.capture.masking import Masks
from ot2otel.capture.requests_file import read_requests
from ot2otel.capture.session import Ending, Recorder, Until, watch
from ot2otel.cli import options, printing
from ot2otel.cli.recorded import Recorded, driven, lost
from ot2otel.cli.traces_shown import TracesShown
from ot2otel.outline import printable_lines
from ot2otel.receive.collector import Collector, Ports
from ot2otel.receive.ports import JAEGER_AGENT, OTLP_HTTP
from ot2otel.recording_file import Appender, RecordingError
from ot2otel.recording_file.appending import STDOUT

_Watch: TypeAlias = Callable[[Command | None, Callable[[], None]], Ending]

MASK_KEY = "OT2OTEL_MASK_KEY"
_NO_ANSWER = 2
# The latest spans are also kept, to be shown.
_SHOWN_SPANS = 2000
_SHOWN_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Driving:
    """The values of the options for requests."""

    file: Path | None
    url: str | None
    patience: float

    def drive(self, recorder: Recorder) -> Drive | None:
        """Return the drive, None without a file; raise click.UsageError without a URL."""
        if self.file is None:
            if self.url:
                raise click.UsageError("--url is the address for the requests of --drive.")
            return None
        wanted = read_requests(self.file)
        url = self.url or wanted.url
        if not url:
            raise click.UsageError(f"{self.file} has no `url`: name the service's address with --url.")
        return Drive(wanted, options.Url().convert(url, None, None), recorder.take_answer, self.patience)


def _masks(keys: Sequence[str], patterns: Sequence[str]) -> Masks:
    return Masks(keys, patterns, os.environ.get(MASK_KEY, ""))


_until = options.grouped(
    "until",
    Until,
    click.option(
        "--until-idle",
        "idle",
        type=options.Seconds(),
        metavar="TIME",
        help="End when no span arrived for so long (3s), after the first span or the last request.",
    ),
    click.option("--spans", type=click.IntRange(1), metavar="N", help="End when N spans arrived."),
    click.option("--seconds", type=options.Seconds(), metavar="TIME", help="End after so long (60s)."),
)
_driving = options.grouped(
    "driving",
    _Driving,
    click.option(
        "--drive",
        "file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Send the requests of this TOML file and record the answers.",
    ),
    click.option("--url", help="Address of the service for --drive.  [default: `url` in the file]"),
    click.option(
        "--patience",
        type=options.Seconds(),
        default="60s",
        show_default=True,
        metavar="TIME",
        help="How long to wait until that address accepts connections.",
    ),
)
_masking = options.grouped(
    "masks",
    _masks,
    click.option("--mask", "keys", multiple=True, metavar="KEY", help="Mask the values of this key, too."),
    click.option(
        "--mask-pattern",
        "patterns",
        multiple=True,
        metavar="REGEX",
        help="Mask what matches in any text, or its first group.",
    ),
)


@click.command(
    "record",
    epilog="Example: ot2otel record -o before.jsonl --until-idle 3s -- python app.py",
    context_settings={"allow_interspersed_args": False},
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help="File of the recording, JSON lines; - is standard output.",
)
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists.")
@_until
@_driving
@_masking
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND...]")
def command(
    output: Path, overwrite: bool, until: Until, driving: _Driving, masks: Masks, words: Sequence[str]
) -> None:
    """Run COMMAND with its tracer pointed here, and record its spans.

    The exit code is the command's, or 2 if no span arrived. Without COMMAND it listens on the standard ports
    and shows each complete trace, until Ctrl-C. Passwords, tokens, cookies and Authorization are masked.
    """
    with Appender(output, overwrite) as file:
        recorder = Recorder(file, masks)
        drive = driving.drive(recorder)
        with _collector(recorder, bool(words)) as collector, drive or nullcontext():
            code = _ran(words, partial(watch, recorder, until, drive), collector, output)
    if file.problem:  # also of the last spans
        raise RecordingError(file.problem)
    recorded = Recorded(str(output), recorder.summary(), recorder.answers, masks.counts)
    for line in (*recorded.lines, *driven(drive), *lost(collector.counts)):
        _say(line)
    unsent = drive is not None and drive.sent < drive.wanted
    sys.exit(code or (0 if recorder.spans and not unsent else _NO_ANSWER))


def _collector(recorder: Recorder, is_for_command: bool) -> Collector:
    """Return a collector on free ports for a command, else on the standard ones."""
    ports = Ports() if is_for_command else Ports(JAEGER_AGENT.number, OTLP_HTTP.number)
    return Collector(
        ports=ports,
        max_spans=_SHOWN_SPANS,
        max_bytes=_SHOWN_BYTES,
        sink=recorder.take,
    )


def _ran(words: Sequence[str], watched: _Watch, collector: Collector, output: Path) -> int:
    """Record until the end; return the command's exit code, 0 if it did not end by itself."""
    shared = output == STDOUT
    if not words:
        _say(
            f"Listening on {collector.host}: Jaeger's agent on UDP port {collector.agent_port}, "
            f"OTLP/HTTP on port {collector.otlp_port}. Each complete trace is shown. Ctrl-C ends."
        )
        console = Console(stderr=True) if shared else printing.console()
        watched(None, TracesShown(collector, console).look)
        return 0
    try:
        with foreground(words, pointed_at(collector, os.environ), output_to_stderr=shared) as running:
            ending = watched(running, lambda: None)
            return running.code if ending is Ending.BY_COMMAND else 0
    except CommandError as error:
        _say(str(error))
        return error.code


def _say(text: str) -> None:
    click.echo(printable_lines(text), err=True)
