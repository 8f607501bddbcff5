"""Options that commands share, and what their values may be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

import click

from ot2otel.lab.attached import AttachedService
from ot2otel.lab.catalog import EXPORTERS, FLOWS, VARIANTS
from ot2otel.receive.jaeger.running import RunningJaeger
from ot2otel.receive.ports import JAEGER_AGENT, OTLP_HTTP

_Command = TypeVar("_Command", bound=Callable[..., Any])  # Any: as many options as it has
_Option = Callable[[Callable[..., Any]], Callable[..., Any]]  # Any: see _Command


class Names(click.ParamType[Sequence[str]]):
    """A list of names, separated by commas, out of those that are known."""

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
            good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            good = False
        if not good:
            self.fail(f"{value!r} is no address like http://127.0.0.1:16686.", param, ctx)
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
            self.fail(f"{value!r} is no address like 127.0.0.1:6831.", param, ctx)
        return host, int(port)


class AttachedServiceType(click.ParamType[AttachedService]):
    """VARIANT=URL."""

    name = "variant=url"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> AttachedService:  # Any: as click declares it
        """Return the variant and the URL of its front service."""
        variant, _, url = value.partition("=")
        if variant not in VARIANTS:
            self.fail(f"{variant!r} is not one of {', '.join(VARIANTS)}; write VARIANT=URL.", param, ctx)
        return AttachedService(VARIANTS[variant], Url().convert(url, param, ctx))


def grouped(parameter: str, make: Callable[..., object], *options: _Option) -> _Option:
    """Make one decorator of several options: the command gets one value, which `make` makes of theirs."""

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
    show_default=True,
    help="For people, or one JSON document for programs.",
)
strict = click.option("--strict", is_flag=True, help="Exit with 1 where something is degraded, too.")
flow = click.option(
    "--flow", type=click.Choice(list(FLOWS)), default="hello", show_default=True, help="Program to run."
)


def exporter(*more: str) -> _Option:
    """Make the option that names an exporter, or one of `more` words."""
    return click.option(
        "--exporter",
        type=click.Choice([*EXPORTERS, *more]),
        default="otlp",
        show_default=True,
        help="How OpenTelemetry exports; jaeger-client always reports to a Jaeger agent.",
    )


def variants(summary: str) -> _Option:
    """Make the option that names variants, by default all."""
    return click.option(
        "--variants", type=Names(list(VARIANTS)), default=",".join(VARIANTS), show_default=True, help=summary
    )


def work(default: float) -> _Option:
    """Make the option that scales how long the services work."""
    return click.option(
        "--work",
        type=click.FloatRange(0, 10),
        default=default,
        show_default=True,
        help="Scale of the work's duration.",
    )


@dataclass(frozen=True, slots=True)
class Jaeger:
    """A Jaeger that runs, as the options name it; `url` is None where they name none.

    `ui` is where a browser finds it.
    """

    url: str | None
    agent: tuple[str, int] | None
    otlp: str | None
    ui: str | None

    @property
    def running(self) -> RunningJaeger | None:
        """The Jaeger; None where there is none. Raises click.UsageError if only parts of it are named."""
        if self.url is None:
            if self.agent or self.otlp:
                raise click.UsageError("--jaeger-agent and --otlp need a Jaeger: name it with --jaeger.")
            return None
        host = urlsplit(self.url).hostname or ""
        agent_host, agent_port = self.agent or (host, JAEGER_AGENT.number)
        written = f"[{host}]" if ":" in host else host
        return RunningJaeger(
            self.url, agent_host, agent_port, self.otlp or f"http://{written}:{OTLP_HTTP.number}"
        )


def _jaeger(
    jaeger: str | None,
    jaeger_agent: tuple[str, int] | None,
    otlp: str | None,
    jaeger_ui: str | None,
) -> Jaeger:
    return Jaeger(jaeger, jaeger_agent, otlp, jaeger_ui or jaeger)


jaeger = grouped(
    "jaeger",
    _jaeger,
    click.option(
        "--jaeger",
        type=Url(),
        help="Report to this running Jaeger (the address of its UI) and read the traces back from it.",
    ),
    click.option(
        "--jaeger-agent",
        type=HostPort(),
        metavar="HOST:PORT",
        help="Where that Jaeger takes Thrift over UDP.  [default: port 6831]",
    ),
    click.option("--otlp", type=Url(), help="Where that Jaeger takes OTLP/HTTP.  [default: port 4318]"),
    click.option(
        "--jaeger-ui",
        type=Url(),
        help="Where a browser finds that Jaeger, for the links.  [default: --jaeger]",
    ),
)
