"""`ot2otel translate-config`."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ot2otel.cli import main

CONFIG = "service_name: checkout's\nsampler: {type: const, param: 1}\ntags: {team: payments}\n"


def translate(*arguments: str, given: str = CONFIG, **variables: str) -> Result:
    return CliRunner().invoke(main, ["translate-config", *arguments], input=given, env=variables)


def test_people_get_the_variables_the_code_and_the_warnings_with_their_sources() -> None:
    ran = translate("-")

    assert (ran.exit_code, ran.stderr) == (0, "")
    lines = ran.stdout.splitlines()
    assert lines[:6] == [
        "Environment",
        "",
        "# service_name",
        "OTEL_SERVICE_NAME='checkout'\\''s'",
        "# tags",
        "OTEL_RESOURCE_ATTRIBUTES=team=payments",
    ]
    assert "def set_up_tracing() -> TracerProvider:" in lines
    count = next(int(line.split()[1]) for line in lines if line.startswith("Warnings: "))
    assert count == sum(line.startswith("    Source: ") for line in lines) > 5


def test_programs_get_one_document() -> None:
    ran = translate("-", "--format", "json")

    content = json.loads(ran.stdout)
    assert list(content) == ["environment", "keys", "code", "warnings"]
    assert content["environment"]["OTEL_SERVICE_NAME"] == "checkout's"
    assert set(content["warnings"][0]) == {"key", "text", "source"}


def test_a_shell_reads_the_env_file_and_the_warnings_stay_visible(tmp_path: Path) -> None:
    ran = translate("-", "--only", "env")
    (tmp_path / "env").write_text(ran.stdout)

    done = subprocess.run(
        ["sh", "-c", "set -a; . ./env; printenv OTEL_SERVICE_NAME OTEL_TRACES_SAMPLER"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines() == ["checkout's", "parentbased_always_on"]
    assert "Source: docs/reference.md" in ran.stderr


def test_the_code_alone_is_a_module() -> None:
    compile(translate("-", "--only", "code").stdout, "set_up.py", "exec")


def test_the_environment_alone_or_behind_a_file() -> None:
    variables = {"JAEGER_AGENT_HOST": "agent", "JAEGER_TAGS": "team=search", "JAEGER_UNKNOWN": "1"}

    alone = translate("--environment", "--format", "json", **variables)
    behind = translate("-", "--environment", "--format", "json", **variables)

    for ran in (alone, behind):
        content = json.loads(ran.stdout)["environment"]
        assert content["OTEL_RESOURCE_ATTRIBUTES"] == "team=search"
        assert content["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://agent:4318"
    assert "JAEGER_UNKNOWN" in alone.stdout


@pytest.mark.parametrize(
    "given", ["logging: true", "from jaeger_client import Config\nConfig({}, service_name=NAME)"]
)
def test_the_name_may_be_given(given: str) -> None:
    ran = translate("-", "--service", "billing", "--format", "json", given=given)

    assert json.loads(ran.stdout)["environment"]["OTEL_SERVICE_NAME"] == "billing"


def test_a_name_in_the_configuration_wins_as_in_jaeger_client() -> None:
    ran = translate("-", "--service", "billing", "--format", "json")

    assert json.loads(ran.stdout)["environment"]["OTEL_SERVICE_NAME"] == "checkout's"


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        (["-"], ""),
        (["-"], "samplr: {}"),
        (["-"], "sampler: ["),
        (["-"], "sampler: {type: const\x1b[31m}"),
        (["-", "--from", "json"], CONFIG),
        (["-", "--section", "a.b"], CONFIG),
        (["--environment"], ""),
        (["/dev/zero"], ""),
    ],
)
def test_bad_input_is_one_line_and_misuse(arguments: list[str], given: str) -> None:
    ran = translate(*arguments, given=given)

    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr.startswith("Error: ")
    assert ran.stderr.count("\n") == 1
    assert "\x1b" not in ran.stderr


@pytest.mark.parametrize("arguments", [[], ["nowhere.yaml"], ["-", "--only", "env", "--format", "json"]])
def test_misuse_shows_the_usage(arguments: list[str]) -> None:
    ran = translate(*arguments)

    assert ran.exit_code == 2
    assert "Usage: main translate-config" in ran.stderr or "Usage: ot2otel translate-config" in ran.stderr
