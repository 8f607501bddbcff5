"""Options that commands share, and the types of their values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import click

from ot2otel.lab.attached import AttachedService
from ot2otel.lab.catalog import BY_HAND, COMPARABLE, EXPORTERS, FLOWS, VARIANTS
from ot2otel.receive.jaeger.running import RunningJaeger
from ot2otel.receive.ports import JAEGER_AGENT, OTLP_GRPC, OTLP_HTTP
from ot2otel.whole_file import check_writable

_Command = TypeVar("_Command", bound=Callable[..., Any])  # Any: a parameter for each option
Option = Callable[[Callable[..., Any]], Callable[..., Any]]  # Any: see _Command


class Names(click.ParamType[Sequence[str]]):
    """A list of known names, separated by commas."""

    name = "names"

    def __init__(self, known: Sequence[str]) -> None:
        self._known = known

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Sequence[str]:  # Any: as click declares it
        """Return the names in their order, each once."""
        names = [name.strip() for name in value.split(",")]
        for name in names:
            if name not in self._known:
                self.fail(f"{name!r} is not one of {', '.join(self._known)}.", param, ctx)
        return list(dict.fromkeys(names))


class Url(click.ParamType[str]):
    """An address with http:// or https:// and a host."""

    name = "url"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:  # Any: as click declares it
        """Return the address without a slash at its end."""
        try:
            parts = urlsplit(value)
            good = (
                parts.scheme in ("http", "https")
                and parts.hostname
                and parts.port != 0
                and value.isprintable()
            )
        except ValueError:
            good = False
        if not good:
            self.fail(f"{value!r} is not an address like http://127.0.0.1:16686.", param, ctx)
        return str(value).rstrip("/")


class HostPort(click.ParamType[tuple[str, int]]):
    """A host and a port, with a colon between them."""

    name = "host:port"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:  # Any: as click declares it
        """Return host and port."""
        host, _, port = value.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            self.fail(f"{value!r} is not an address like 127.0.0.1:6831.", param, ctx)
        return host, int(port)


class Seconds(click.ParamType[float]):
    """A time: 3, 3s, 0.5s, 2m or 1h."""

    name = "seconds"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:  # Any: as click declares it
        """Return the seconds."""
        found = re.fullmatch(r"(\d{1,7}(?:\.\d{1,3})?)(s|m|h|)", str(value))
        seconds = float(found[1]) * {"h": 3600, "m": 60}.get(found[2], 1) if found else 0.0
        if not seconds:
            self.fail(f"{value!r} is not a time like 3s, 0.5s, 2m or 1h.", param, ctx)
        return seconds


class AttachedServiceType(click.ParamType[AttachedService]):
    """A variant and a URL: VARIANT=URL."""

    name = "variant=url"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> AttachedService:  # Any: as click declares it
        """Return the variant and the URL of its front service."""
        variant, _, url = value.partition("=")
        if variant not in COMPARABLE:
            self.fail(f"{variant!r} is not one of {', '.join(COMPARABLE)}. Write VARIANT=URL.", param, ctx)
        return AttachedService(COMPARABLE[variant], Url().convert(url, param, ctx))


def writable(path: Path, ctx: click.Context | None, param: click.Parameter | None) -> Path:
    """Return the path of a report; raise click.BadParameter, before anything runs, if it can't be written."""
    if not path.parent.exists():
        raise click.BadParameter(f"{path}: its directory does not exist.", ctx, param)
    try:
        check_writable(path)
    except OSError as error:
        raise click.BadParameter(f"{path} can't be written: {error.strerror}.", ctx, param) from error
    return path


def grouped(parameter: str, make: Callable[..., object], *options: Option) -> Option:
    """Make one decorator of several options: `make` turns their values into one, for `parameter`."""

    def decorate(command: _Command) -> _Command:
        @wraps(command)
        def with_group(**values: Any) -> Any:  # Any: each option has its own type
            own = {name: values.pop(name) for name in names}
            return command(**values, **{parameter: make(**own)})

        inner = getattr(command, "__click_params__", [])
        with_group.__click_params__ = list(inner)  # type: ignore[attr-defined]  # where click keeps them
        for option in reversed(options):
            option(with_group)
        names = [param.name for param in with_group.__click_params__[len(inner) :]]  # type: ignore[attr-defined]
        return with_group  # type: ignore[return-value]  # a command again, with other options

    return decorate


output = click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json"]),
    default="text",
    metavar="FORMAT",
    help="text for people (the default), or one json document for programs.",
)
strict = click.option("--strict", is_flag=True, help="Exit with 1 also for a degraded verdict.")
flow = click.option(
    "--flow",
    type=click.Choice(list(FLOWS)),
    default="hello",
    metavar="NAME",
    help=f"Flow to run: {', '.join(FLOWS)}.  [default: hello]",
)


def exporter(*more: str) -> Option:
    """Make the option that names an exporter; `more` are further values."""
    return click.option(
        "--exporter",
        type=click.Choice([*EXPORTERS, *more]),
        default="otlp",
        metavar="NAME",
        help=f"Exporter of OpenTelemetry: {', '.join([*EXPORTERS, *more])}.  [default: otlp]",
    )


def variants(summary: str, known: Iterable[str] = VARIANTS) -> Option:
    """Make the option that names some `known` variants. The default is those with spans made by hand."""
    return click.option(
        "--variants", type=Names(list(known)), default=",".join(BY_HAND), show_default=True, help=summary
    )


def work(default: float) -> Option:
    """Make the option that scales the duration of the services' work."""
    return click.option(
        "--work",
        type=click.FloatRange(0, 10),
        default=default,
        metavar="FACTOR",
        show_default=True,
        help="Factor for the duration of the services' work.",
    )


@dataclass(frozen=True, slots=True)
class JaegerOptions:
    """The values of the options for a running Jaeger; `url` is None without --jaeger.

    `ui` is its address for a browser.
    """

    url: str | None
    agent: tuple[str, int] | None
    otlp: str | None
    otlp_grpc: str | None
    ui: str | None

    @property
    def running(self) -> RunningJaeger | None:
        """The running Jaeger, None without --jaeger. Raises click.UsageError for its other options alone."""
        if self.url is None:
            if self.agent or self.otlp or self.otlp_grpc:
                raise click.UsageError(
                    "--jaeger-agent, --otlp and --otlp-grpc need a Jaeger: name it with --jaeger."
                )
            return None
        host = urlsplit(self.url).hostname or ""
        agent_host, agent_port = self.agent or (host, JAEGER_AGENT.number)
        written = f"[{host}]" if ":" in host else host
        return RunningJaeger(
            self.url,
            agent_host,
            agent_port,
            self.otlp or f"http://{written}:{OTLP_HTTP.number}",
            self.otlp_grpc or f"http://{written}:{OTLP_GRPC.number}",
        )


def _jaeger(
    jaeger: str | None,
    jaeger_agent: tuple[str, int] | None,
    otlp: str | None,
    otlp_grpc: str | None,
    jaeger_ui: str | None,
) -> JaegerOptions:
    return JaegerOptions(jaeger, jaeger_agent, otlp, otlp_grpc, jaeger_ui or jaeger)


jaeger = grouped(
    "jaeger",
    _jaeger,
    click.option(
        "--jaeger",
        type=Url(),
        help="Send spans to the Jaeger with this UI address, and read them there.",
    ),
    click.option(
        "--jaeger-agent",
        type=HostPort(),
        metavar="HOST:PORT",
        help="Its address for Thrift.  [default: port 6831]",
    ),
    click.option("--otlp", type=Url(), help="Its address for OTLP/HTTP.  [default: port 4318]"),
    click.option("--otlp-grpc", type=Url(), help="Its address for OTLP/gRPC.  [default: port 4317]"),
    click.option(
        "--jaeger-ui",
        type=Url(),
        help="Its address in the links.  [default: --jaeger]",
    ),
)
