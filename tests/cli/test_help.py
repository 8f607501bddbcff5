"""The texts of `--help`: one line for each command, and an example at the end of each command's own text."""

from __future__ import annotations

import shlex
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from ot2otel.cli import main
from ot2otel.cli.commands import EXTRAS, SUMMARIES

# Of 80 columns each; a command has more options than the 24 lines of a terminal of old.
LINES = 48


def _command(name: str) -> click.Command:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    return command


@pytest.mark.parametrize("name", SUMMARIES)
def test_each_example_is_a_valid_command(name: str) -> None:
    shown = CliRunner().invoke(main, [name, "--help"]).output.strip().splitlines()[-1]

    words = shlex.split(shown.strip().removeprefix("Example: "))
    known = {option for param in _command(name).params for option in param.opts} | {"--"}
    assert words[:2] == ["ot2otel", name]
    assert [word for word in words if word.startswith("--") and word not in known] == []


def test_every_command_has_a_line() -> None:
    shown = CliRunner().invoke(main, ["--help"]).output

    assert [name for name in SUMMARIES if f"\n  {name} " not in shown] == []
    assert set(EXTRAS) <= set(SUMMARIES)


def test_an_unknown_command_is_a_misuse() -> None:
    result = CliRunner().invoke(main, ["compere"])

    assert (result.exit_code, "No such command 'compere'" in result.output) == (2, True)


def test_the_version_is_shown_without_importing_a_command() -> None:
    code = "import sys; from ot2otel.cli import main; print(*sorted(sys.modules), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    imported = done.stdout.splitlines()
    assert [name for name in imported if name.startswith(("ot2otel.cli.", "rich", "requests", "thrift"))] == [
        "ot2otel.cli.commands",
        "ot2otel.cli.endings",
    ]


@pytest.mark.parametrize("name", ["", *SUMMARIES])
def test_the_help_fits_a_screen(name: str) -> None:
    shown = CliRunner().invoke(main, [*([name] if name else []), "--help"]).output.splitlines()

    assert len(shown) <= LINES
    assert max(map(len, shown)) <= 80
