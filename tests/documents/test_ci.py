"""The recipe for a CI: its script and its workflow are run as printed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from ruamel.yaml import YAML

from ot2otel.acceptance import Settings, read, settings
from ot2otel.acceptance.accept_file import KEYS
from ot2otel.acceptance.fail_on import WORDS
from ot2otel.cli.judging import FORMATS
from tests.golden import RECORDINGS
from tests.support.runs import ROOT

DOCUMENT = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
SCRIPT = ROOT / "docs" / "ci" / "pre-merge.sh"
WORKFLOW = ROOT / "docs" / "ci" / "traces.yml"
BEFORE, SHIM, NATIVE = (
    str(RECORDINGS / f"hello-{name}.json") for name in ("legacy-jaeger", "shim-otlp", "native-otlp")
)
CALL = "./pre-merge.sh traces/before.json after.json gh pr comment 12 --body-file -"
COMMANDS = [SCRIPT.read_text(encoding="utf-8"), CALL]
ENVIRONMENT = os.environ | {
    "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    "PYTHONPATH": str(ROOT),
    "PYTHONUTF8": "1",
}
POST = ("tee", "posted.md")


def script(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(SCRIPT), *arguments],
        cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def steps() -> dict[str, dict[str, Any]]:  # Any: YAML
    """Return the steps of the workflow that have names."""
    found = YAML(typ="safe").load(WORKFLOW)["jobs"]["verdict"]["steps"]
    return {step["name"]: step for step in found if "name" in step}


@pytest.mark.parametrize(("path", "language"), [(SCRIPT, "sh"), (WORKFLOW, "yaml")])
def test_the_files_are_printed(path: Path, language: str) -> None:
    assert f"```{language}\n{path.read_text(encoding='utf-8')}```\n" in DOCUMENT
    assert f"]({path.relative_to(ROOT / 'docs')})" in DOCUMENT


@pytest.mark.parametrize(
    ("after", "code", "word"), [(SHIM, 1, "degraded"), (NATIVE, 0, "equivalent"), (BEFORE, 0, "identical")]
)
def test_the_script_fails_on_a_loss_and_posts_each_verdict(
    after: str, code: int, word: str, tmp_path: Path
) -> None:
    done = script(BEFORE, after, *POST, cwd=tmp_path)

    assert (done.returncode, done.stderr) == (code, "")
    posted = (tmp_path / "posted.md").read_text(encoding="utf-8")
    assert posted == (tmp_path / "verdict.md").read_text(encoding="utf-8")
    assert posted.splitlines()[0].endswith(f"ot2otel: {word}")
    assert json.loads((tmp_path / "verdict.json").read_bytes())["exit_code"] == code
    assert (ET.parse(tmp_path / "verdict.xml").getroot().get("failures") != "0") == bool(code)


def test_the_printed_call_posts_the_verdict(tmp_path: Path) -> None:
    (tmp_path / "traces").mkdir()
    (tmp_path / "traces" / "before.json").symlink_to(BEFORE)
    (tmp_path / "after.json").symlink_to(SHIM)
    (tmp_path / "pre-merge.sh").symlink_to(SCRIPT)
    (tmp_path / "gh").write_text('#!/bin/sh\necho "$@" > asked\ncat > posted.md\n')
    (tmp_path / "gh").chmod(0o755)
    environment = ENVIRONMENT | {"PATH": f"{tmp_path}:{ENVIRONMENT['PATH']}"}

    done = subprocess.run(
        ["sh", "-c", CALL],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (1, "")
    assert (tmp_path / "asked").read_text() == "pr comment 12 --body-file -\n"
    assert (tmp_path / "posted.md").read_bytes() == (tmp_path / "verdict.md").read_bytes()


def test_an_earlier_verdict_is_not_posted_where_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "verdict.md").write_text("the verdict of yesterday")
    (tmp_path / "after.json").write_text("{")

    done = script(BEFORE, "after.json", *POST, cwd=tmp_path)

    assert done.returncode == 2
    assert done.stderr.startswith("Error: after.json is not JSON")
    assert not (tmp_path / "posted.md").exists()


def test_a_loss_that_is_accepted_passes(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.ot2otel]\naccept = 'ot2otel-accept.toml'\n")
    script(BEFORE, SHIM, cwd=tmp_path)
    for field in ("kind", "status.code"):
        subprocess.run(
            ["ot2otel", "accept", "verdict.json", field, "--reason", "our dashboards read the tags"],
            cwd=tmp_path, env=ENVIRONMENT, capture_output=True, timeout=60, check=True,
        )  # fmt: skip

    done = script(BEFORE, SHIM, *POST, cwd=tmp_path)

    assert done.returncode == 0
    assert (
        (tmp_path / "posted.md")
        .read_text(encoding="utf-8")
        .startswith("### ✓ ot2otel: equivalent, 2 accepted")
    )


def test_the_workflow_fits_the_schema_of_workflows() -> None:
    schema = ["--builtin-schema", "vendor.github-workflows"]
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *schema, str(WORKFLOW)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert (checked.returncode, checked.stdout.strip()) == (0, "ok -- validation done")


def test_the_steps_of_the_workflow_annotate_and_keep_the_verdict(tmp_path: Path) -> None:
    (tmp_path / "traces").mkdir()
    (tmp_path / "traces" / "before.json").symlink_to(BEFORE)
    (tmp_path / "after.json").symlink_to(SHIM)
    environment = ENVIRONMENT | {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}

    judged, shown = (
        subprocess.run(
            ["bash", "-e", "-c", steps()[name]["run"]],
            cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False,
        )
        for name in ("Judge", "Show the verdict")
    )  # fmt: skip

    assert (judged.returncode, shown.returncode) == (1, 0)
    assert [line.partition(" ")[0] for line in judged.stdout.splitlines()] == [
        "::error",
        "::error",
        "::notice",
    ]
    assert (tmp_path / "summary").read_bytes() == (tmp_path / "verdict.md").read_bytes()
    assert (tmp_path / "verdict.json").exists()


def test_the_settings_that_are_printed_are_read(tmp_path: Path) -> None:
    entry, table = (block.partition("\n```")[0] for block in DOCUMENT.split("```toml\n")[1:])
    (tmp_path / "accept.toml").write_text(entry)
    (tmp_path / "pyproject.toml").write_text(table)

    assert [str(each) for each in read(tmp_path / "accept.toml").entries] == ["gone attributes.url in front"]
    assert settings(tmp_path) == Settings(
        tmp_path / "pyproject.toml",
        tmp_path / "ot2otel-accept.toml",
        {"db-1:5432": "db-2:5432"},
        ("degraded",),
    )


def test_every_word_and_key_is_documented() -> None:
    assert [word for word in (*WORDS, *FORMATS, *KEYS) if f"`{word}`" not in DOCUMENT] == []
