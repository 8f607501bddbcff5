"""`ot2otel translate-config`: jaeger-client's configuration as OpenTelemetry's settings and code."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import click

from ot2otel.cli import captured_file, options, printing
from ot2otel.outline import printable_lines
from ot2otel.settings import report
from ot2otel.settings.environment import from_variables, merged
from ot2otel.settings.formats import FORMATS, MAX_BYTES, read
from ot2otel.settings.given import Given
from ot2otel.settings.translation import Translation, translate

_ENVIRONMENT = "The environment"


@click.command("translate-config", epilog="Example: ot2otel translate-config jaeger.yaml --service checkout")
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path), required=False
)
@click.option("--environment", is_flag=True, help="Read JAEGER_* of the environment; FILE wins over them.")
@click.option(
    "--service", metavar="NAME", help="The service's name if the configuration has none, or computes it."
)
@click.option("--section", metavar="A.B", help="The part of FILE that has the configuration.")
@click.option(
    "--from", "kind", type=click.Choice(FORMATS), help="Format of FILE.  [default: by its ending or content]"
)
@click.option(
    "--only", type=click.Choice(["env", "code"]), help="Print this part alone; warnings go to stderr."
)
@options.output
def command(
    file: Path | None,
    environment: bool,
    service: str | None,
    section: str | None,
    kind: str | None,
    only: str | None,
    output: str,
) -> None:
    """Translate a jaeger-client configuration into OpenTelemetry's settings.

    FILE is YAML, JSON, an env file with JAEGER_* variables, a Python dictionary, or Python code that calls
    jaeger_client's Config; `-` is standard input. Nothing in it is executed. A warning names each key without
    a counterpart and each default that changes.
    """
    if only and output == "json":
        raise click.UsageError("--only is for text: the JSON document has all parts.")
    given = _given(file, environment, section, kind)
    if service is not None and "service_name" not in given.values:
        computed = {key: value for key, value in given.computed.items() if key != "service_name"}
        given = replace(given, values={**given.values, "service_name": service}, computed=computed)
    _print(translate(given, _name(file)), only, output)


def _given(file: Path | None, environment: bool, section: str | None, kind: str | None) -> Given:
    if file is None:
        if not environment:
            raise click.UsageError("Name a FILE, or give --environment.")
        return from_variables(os.environ, _ENVIRONMENT)
    given = read(captured_file.read_or_stdin(file, MAX_BYTES + 1), _name(file), kind, section)
    if not environment or not any(name.startswith("JAEGER_") for name in os.environ):
        return given
    return merged(given, from_variables(os.environ, _ENVIRONMENT))


def _name(file: Path | None) -> str:
    return _ENVIRONMENT if file is None else "Standard input" if str(file) == "-" else str(file)


def _print(translation: Translation, only: str | None, output: str) -> None:
    if output == "json":
        printing.print_json(report.document(translation))
    elif only:
        part = report.env_file(translation) if only == "env" else translation.code
        click.echo(printable_lines(part), nl=False)
        click.echo(printable_lines(report.warnings(translation)), err=True)
    else:
        click.echo(printable_lines(report.text(translation)))
