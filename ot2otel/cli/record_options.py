"""The options of `ot2otel record`, and what their values make."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import click

from ot2otel.capture.driving import Drive
from ot2otel.capture.masking import Masks
from ot2otel.capture.requests_file import read_requests
from ot2otel.capture.session import Recorder, Until
from ot2otel.cli import options
from ot2otel.receive.collector import Collector, ListenError, Ports
from ot2otel.receive.jaeger.stored import StoredTraces
from ot2otel.receive.ports import JAEGER_SAMPLING

MASK_KEY = "OT2OTEL_MASK_KEY"
# The latest spans are also kept, to be shown.
_SHOWN_SPANS = 2000
_SHOWN_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Driving:
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


@dataclass(frozen=True, slots=True)
class Listening:
    """The values of the options for addresses."""

    host: str
    free_ports: bool

    @contextmanager
    def collector(self, recorder: Recorder, is_for_command: bool) -> Iterator[Collector]:
        """Run a collector on the standard ports, or on free ones; a command always has free ones.

        A jaeger-client asks at a standard port for its sampling strategy, whatever its agent's port is: that
        one is opened for a command, too, unless another program has it.
        """
        ports = Ports.free() if is_for_command or self.free_ports else Ports.standard()
        with ExitStack() as opened:
            try:
                asked = replace(ports, sampling=JAEGER_SAMPLING.number) if is_for_command else ports
                collector = opened.enter_context(self._collector(recorder, asked))
            except ListenError:
                if not is_for_command:
                    raise
                collector = opened.enter_context(self._collector(recorder, ports))
            yield collector

    def _collector(self, recorder: Recorder, ports: Ports) -> Collector:
        return Collector(self.host, ports, max_spans=_SHOWN_SPANS, max_bytes=_SHOWN_BYTES, sink=recorder.take)


@dataclass(frozen=True, slots=True)
class Stored:
    """The values of the options for a running Jaeger."""

    jaeger: str | None
    service: str | None
    look_back: float
    limit: int

    def traces(self) -> StoredTraces | None:
        """Return the traces to read, None without --from-jaeger; raise click.UsageError for half of it."""
        if self.jaeger is None:
            if self.service:
                raise click.UsageError("--service is the service to read with --from-jaeger.")
            return None
        if not self.service:
            raise click.UsageError("Name with --service the service whose traces --from-jaeger reads.")
        return StoredTraces(self.jaeger, self.service, self.look_back, self.limit)


def _masks(keys: Sequence[str], patterns: Sequence[str]) -> Masks:
    return Masks(keys, patterns, os.environ.get(MASK_KEY, ""))


listening = options.grouped(
    "listening",
    Listening,
    click.option(
        "--host",
        default="127.0.0.1",
        show_default=True,
        metavar="ADDRESS",
        help="Listen on this address; 0.0.0.0 for services in containers.",
    ),
    click.option("--free-ports", is_flag=True, help="Listen on free ports; with COMMAND always so."),
)
until = options.grouped(
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
driving = options.grouped(
    "driving",
    Driving,
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
stored = options.grouped(
    "stored",
    Stored,
    click.option(
        "--from-jaeger",
        "jaeger",
        type=options.Url(),
        help="Record what the Jaeger with this UI address has stored.",
    ),
    click.option("--service", metavar="NAME", help="With --from-jaeger: the service whose traces to read."),
    click.option(
        "--lookback",
        "look_back",
        type=options.Seconds(),
        default="1h",
        show_default=True,
        metavar="TIME",
        help="With --from-jaeger: how far back.",
    ),
    click.option(
        "--limit",
        type=click.IntRange(1),
        default=1000,
        show_default=True,
        metavar="N",
        help="With --from-jaeger: the most traces.",
    ),
)
masking = options.grouped(
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
