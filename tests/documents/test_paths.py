"""The guide's paths: each page is followed as printed, from the first command to the last."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from ot2otel import cli
from ot2otel.capture.environment import untraced
from tests.support.ports import free_port
from tests.support.runs import ROOT
from tests.support.suites import PLUGIN

GUIDE = ROOT / "docs" / "migration-guide.md"
PATHS = sorted((ROOT / "docs" / "paths").glob("*.md"))
STEP = re.compile(r"^<!-- file (\S+): (\S+) -->$|^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)  # not on the page
INSTALL = re.compile(r"^```sh\npip install (.*)\n```$", re.MULTILINE)
NEEDS = {
    "agent": ("flask_opentracing", "opentelemetry.instrumentation.flask"),
    "instrumentation": ("flask_opentracing", "opentelemetry.instrumentation.flask"),
}


@dataclass(frozen=True)
class Command:
    """A command as printed, and the lines shown of its output; … stands for any."""

    line: str
    shown: tuple[str, ...]


def commands(block: str) -> Iterator[Command]:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        line, *shown = part.splitlines()
        yield Command(line, tuple(shown))


COMMANDS = [
    command.line
    for path in PATHS
    for _, _, block in STEP.findall(path.read_text(encoding="utf-8"))
    for command in commands(block)
]


def without_times(line: str) -> str:
    return re.sub(r"\d+\.\d+ ?m?s\b", "T", line).rstrip()


def missing(shown: tuple[str, ...], printed: str) -> list[str]:
    """Return the shown lines that the output lacks, or has before an earlier one; a final … cuts a line."""
    rest = iter([without_times(line) for line in printed.splitlines()])
    wanted = [without_times(line) for line in shown if line != "…"]
    return [
        line
        for line in wanted
        if not any(each.startswith(line[:-1]) if line.endswith("…") else each == line for each in rest)
    ]


@pytest.mark.timeout(600)  # each recording waits 3 s for spans that may still come
@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.stem))
def test_a_path_is_followed_as_printed(path: Path, tmp_path: Path) -> None:
    for module in NEEDS.get(path.stem, ()):
        pytest.importorskip(module)
    port = str(free_port())
    exported: list[str] = []
    addopts = " ".join([*PLUGIN, "-p no:cacheprovider"])
    environment = {
        **untraced(),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PYTEST_ADDOPTS": addopts,
        "COLUMNS": "100",
    }
    environment.pop("CI", None)
    # A reader's virtual environment lies in the folder, and has programs that are not the reader's.
    (tmp_path / ".venv" / "lib").mkdir(parents=True)
    (tmp_path / ".venv" / "lib" / "other.py").write_text(
        "import opentracing, jaeger_client\n", encoding="utf-8"
    )
    ran = 0
    for name, source, block in STEP.findall(path.read_text(encoding="utf-8")):
        if name:
            text = (ROOT / source).read_text(encoding="utf-8")
            (tmp_path / name).write_text(text.replace("8080", port), encoding="utf-8")
            continue
        for command in commands(block):
            if command.line.startswith("export "):
                exported.append(command.line)
                continue
            script = "\n".join([*exported, command.line.replace("8080", port)])
            done = subprocess.run(
                ["sh", "-c", script],
                cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL,
                capture_output=True, text=True, timeout=120, check=False,
            )  # fmt: skip
            printed = (done.stdout + done.stderr).replace(port, "8080")
            is_failing = any(re.match(r"\d+ failed in ", line) for line in command.shown)
            assert (command.line, done.returncode) == (command.line, int(is_failing)), printed
            assert (command.line, missing(command.shown, printed)) == (command.line, []), printed
            ran += 1
    assert ran >= 5


def test_an_output_that_is_not_printed_is_missed() -> None:
    printed = "one 0.3 ms\nseven rows\nthree"

    assert missing(("one 0.9 ms", "…", "seven…"), printed) == []
    assert missing(("three", "one 0.9 ms"), printed) == ["one T"]
    assert missing(("rows",), printed) == ["rows"]


def test_what_a_path_installs_has_a_name_in_the_constraints() -> None:
    lanes = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    constrained = set(re.findall(r"^([\w.-]+)==", lanes, re.MULTILINE)) | {"ot2otel"}

    for path in PATHS:
        [words] = INSTALL.findall(path.read_text(encoding="utf-8"))
        assert set(words.split()) - constrained == set()


def test_an_instrumentation_is_installed_before_the_sdk() -> None:
    """It asks for one release of the conventions; pip 23 does not go back to an older SDK for it."""
    for path in (ROOT / "README.md", ROOT / "docs" / "own-services.md", *PATHS):
        lines = re.findall(
            r"^(?:\$ )?pip install (.*opentelemetry-.*)$", path.read_text("utf-8"), re.MULTILINE
        )
        assert lines, path.name
        for words in (line.split() for line in lines):
            asks = [number for number, word in enumerate(words) if "instrumentation" in word]
            brings = [number for number, word in enumerate(words) if re.search("sdk|exporter|distro", word)]
            assert brings, path.name
            assert not asks or max(asks) < min(brings), path.name


@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.stem))
def test_an_accepted_loss_is_one_for_diff_as_the_path_says(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = " ".join(path.read_text(encoding="utf-8").split())
    [sentence] = re.findall(r"A loss that you want is accepted.*?`\[tool\.ot2otel\]`", text)
    diff, accept, _, file, setting, table = re.findall(r"`([^`]+)`", sentence)
    for side, name in (("before", "legacy"), (diff.split()[-1].removesuffix(".jsonl"), "native")):
        shutil.copy(ROOT / "tests" / "golden" / "own" / f"flask-{name}.jsonl", tmp_path / f"{side}.jsonl")
    monkeypatch.chdir(tmp_path)

    def run(line: str, *more: str) -> int:
        return CliRunner().invoke(cli.main, [*line.split()[1:], *more]).exit_code

    codes = [run(diff)]
    for field in ("url", "method"):
        codes.append(run(accept, "verdict.json", f"attributes.{field}", "--reason", "wanted"))
    codes.append(run(diff))
    (tmp_path / file).write_text(f"{table}\n{setting}\n", encoding="utf-8")
    codes.append(run(diff))

    assert codes == [1, 0, 0, 1, 0]


def test_every_path_has_its_place_in_the_guide_and_all_are_at_most_4000_words() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (GUIDE, *PATHS)]

    assert {path.name for path in PATHS} == set(re.findall(r"\]\(paths/([\w-]+\.md)\)", texts[0]))
    assert sum(len(COMMENT.sub("", text).split()) for text in texts) <= 4000


def test_the_code_of_the_paths_has_no_plumbing_of_ours() -> None:
    folder = ROOT / "docs" / "paths" / "greeter"
    for text in (path.read_text(encoding="utf-8") for path in folder.iterdir()):
        assert not re.search(
            r"metrics|exemplar|ot2otel_flows|otel_native|legacy_opentracing", text, re.IGNORECASE
        )
