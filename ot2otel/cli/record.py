"""`ot2otel record`: records the spans of any program."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from ot2otel.capture.environment import pointed_at
from ot2otel.capture.foreground import CommandError, foreground
from ot2otel.capture.session import Ending, Recorder, Until, watch
from ot2otel.capture.tally import Summary
from ot2otel.cli import options
from ot2otel.outline import printable_lines
from ot2otel.receive.collector import Collector
from ot2otel.receive.ports import JAEGER_AGENT, OTLP_HTTP
from ot2otel.recording_file import Appender
from ot2otel.recording_file.appending import STDOUT

_NOTHING = 2
# The latest spans are also kept, to be shown.
_SHOWN_SPANS = 2000
_SHOWN_BYTES = 16 * 1024 * 1024


class _Seconds(click.ParamType[float]):
    """A positive number of seconds: 3, 3s or 0.5s; also 2m."""

    name = "seconds"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        text = str(value)
        factor = 60 if text.endswith("m") else 1
        try:
            seconds = float(text.rstrip("sm")) * factor
        except ValueError:
            seconds = 0
        if not 0 < seconds < 1e7:
            self.fail(f"{text!r} is not a time like 3s.", param, ctx)
        return seconds


_until = options.grouped(
    "until",
    Until,
    click.option(
        "--until-idle",
        "idle",
        type=_Seconds(),
        metavar="TIME",
        help="End when no span arrived for so long, after the first.",
    ),
    click.option("--spans", type=click.IntRange(1), metavar="N", help="End when N spans arrived."),
    click.option("--seconds", type=_Seconds(), metavar="S", help="End after S seconds."),
)


@click.command(
    "record",
    epilog="Example: ot2otel record -o before.jsonl --until-idle 3s -- python app.py",
    context_settings={"ignore_unknown_options": False, "allow_interspersed_args": False},
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
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND...]")
def command(output: Path, overwrite: bool, until: Until, words: Sequence[str]) -> None:
    """Run COMMAND, whose tracer is pointed here, and record its spans.

    The exit code is the command's, or 2 if no span arrived. Without COMMAND it listens on the standard ports
    until Ctrl-C.
    """
    ports = (0, 0) if words else (JAEGER_AGENT.number, OTLP_HTTP.number)
    with Appender(output, overwrite) as file:
        recorder = Recorder(file)
        collector = Collector(
            agent_port=ports[0],
            otlp_port=ports[1],
            max_spans=_SHOWN_SPANS,
            max_bytes=_SHOWN_BYTES,
            sink=recorder.take,
        )
        with collector:
            code = _ran(words, recorder, collector, until, output)
    _say(_described(output, recorder.summary()))
    losses = replace(collector.counts, evicted_spans=0, evicted_traces=0).losses
    if losses:
        _say(f"Lost: {', '.join(losses)}.")
    sys.exit(code or (0 if recorder.spans else _NOTHING))


def _ran(words: Sequence[str], recorder: Recorder, collector: Collector, until: Until, output: Path) -> int:
    """Record until the end; return the command's exit code, 0 if it did not end by itself."""
    if not words:
        _say(
            f"Listening on {collector.host}: Jaeger's agent on UDP port {collector.agent_port}, "
            f"OTLP/HTTP on {collector.otlp_port}. Ctrl-C ends."
        )
        watch(recorder, until)
        return 0
    try:
        with foreground(words, pointed_at(collector, os.environ), output == STDOUT) as running:
            ending = watch(recorder, until, running)
            return running.code if ending is Ending.BY_COMMAND else 0
    except CommandError as error:
        _say(str(error))
        return error.code


def _described(output: Path, summary: Summary) -> str:
    if not summary.spans:
        return f"No span arrived; {output} was not written."
    services = ", ".join(f"{name or '(no name)'} {number}" for name, number in summary.services.items())
    complete = summary.traces - summary.incomplete_traces
    lines = [f"{summary.spans} spans, {summary.traces} traces ({complete} complete) in {output}: {services}."]
    if summary.orphans:
        lines.append(
            f"{summary.orphans} orphans in {summary.incomplete_traces} traces: their parents did not arrive."
        )
    return "\n".join(lines)


def _say(text: str) -> None:
    click.echo(printable_lines(text), err=True)
