"""Wrong input to every command: one clear line on standard error, and exit code 2."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ot2otel.cli import captured_file, main
from ot2otel.cli.commands import SUMMARIES
from ot2otel.errors import Ot2OtelError
from tests.golden import RECORDINGS
from tests.support.rights import of_an_ordinary_user

GOOD, OTHER = (str(RECORDINGS / f"hello-{name}.json") for name in ("legacy-jaeger", "shim-otlp"))
# A port on which nothing listens, and which no program gets by chance.
REFUSES = "http://127.0.0.1:1"

# Commands that read a file: FILE stands for it. The outputs are never reached.
READ: Sequence[Sequence[str]] = [
    ("diff", "FILE", GOOD),
    ("diff", GOOD, "FILE"),
    ("diff", GOOD, OTHER, "--noise", "FILE"),
    ("accept", "FILE", "kind", "--reason", "known"),
    ("semconv", "FILE"),
    ("headers", "FILE"),
    ("translate-config", "FILE"),
    ("convert", "FILE", "-o", "spans.parquet"),
    ("population", "FILE", GOOD),
    ("population", GOOD, "FILE"),
    ("record", "-o", "spans.jsonl", "--drive", "FILE", "--", "true"),
]
# Kinds of files that no command reads. JUNK is binary, and like no format.
KINDS = ("missing", "directory", "empty", "junk", "unreadable")
STDIN = [
    each
    for each in READ
    if each[0] in {"diff", "accept", "semconv", "headers", "translate-config", "convert"}
]
# Commands that write a file: OUT stands for it.
WRITE: Sequence[Sequence[str]] = [
    ("diff", GOOD, OTHER, "-o", "OUT"),
    ("diff", GOOD, OTHER, "-o", "json:OUT"),
    ("diff", GOOD, OTHER, "--html", "OUT"),
    ("compare", "-o", "OUT"),
    ("compare", "--html", "OUT"),
    ("fleet", "--html", "OUT"),
    ("overhead", "--html", "OUT"),
    ("population", GOOD, OTHER, "--html", "OUT"),
    ("convert", GOOD, "-o", "OUT"),
    ("accept", "VERDICT", "kind", "--reason", "known", "--file", "OUT"),
]
# These make directories that are missing.
WRITE_DEEPER: Sequence[Sequence[str]] = [
    ("compare", "--save", "OUT"),
    ("record", "-o", "OUT", "--", "true"),
    ("record", "-o", "OUT", "--format", "parquet", "--", "true"),
]
REFUSING: Sequence[Sequence[str]] = [
    ("compare", "--jaeger", REFUSES),
    ("compare", "--jaeger", REFUSES, "--target", f"legacy={REFUSES}"),
    ("up", "--jaeger", REFUSES),
    ("record", "-o", "spans.jsonl", "--from-jaeger", REFUSES, "--service", "shop"),
]
MISUSES: Sequence[Sequence[str]] = [
    *((name, "--nonsense") for name in SUMMARIES),
    *((name, "one", "two", "three", "four") for name in SUMMARIES if name != "record"),
    *((name, "--format", "nonsense") for name in SUMMARIES if name not in {"accept", "convert", "up"}),
    *((name, "--jaeger", "nonsense") for name in ("compare", "up")),
]


def in_short(words: Sequence[str]) -> str:
    return " ".join(words).replace(f"{RECORDINGS}/", "")


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def made(kind: str, directory: Path) -> str:
    path = directory / kind
    if kind == "directory":
        path.mkdir()
    elif kind == "empty":
        path.touch()
    elif kind == "junk":
        path.write_bytes(random.Random(7).randbytes(5000))
    elif kind == "unreadable":
        shutil.copy(GOOD, path)
        path.chmod(0)
    return kind


def refused(arguments: Sequence[str], standard_input: bytes | None = None) -> Result:
    result = CliRunner().invoke(main, list(arguments), input=standard_input)
    *usage, last = result.stderr.splitlines() or [""]
    said = f"exit {result.exit_code}\n{result.stdout}{result.stderr}"
    assert result.exit_code == 2, said
    assert result.stdout == "", said
    assert last.startswith("Error: "), said
    assert all(line.startswith(("Usage: ", "Try ", " ")) or not line for line in usage), said
    assert "fault of ot2otel" not in last, said
    assert "Errno" not in last, said
    return result


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("arguments", READ, ids=in_short)
def test_a_file_that_cannot_be_read(arguments: Sequence[str], kind: str, directory: Path) -> None:
    name = made(kind, directory)

    with of_an_ordinary_user():
        result = refused([name if word == "FILE" else word for word in arguments])

    assert name in result.stderr


@pytest.mark.parametrize("arguments", STDIN, ids=in_short)
def test_standard_input_without_anything(arguments: Sequence[str], directory: Path) -> None:
    refused(["-" if word == "FILE" else word for word in arguments], b"")


def test_a_standard_input_that_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)

    with pytest.raises(Ot2OtelError, match="Standard input is closed"):
        captured_file.read_or_stdin(Path("-"), 100)


@pytest.mark.parametrize("place", ["nowhere/out", "file/out", "directory", "closed/out"])
@pytest.mark.parametrize("arguments", WRITE, ids=in_short)
def test_an_output_that_cannot_be_written(arguments: Sequence[str], place: str, directory: Path) -> None:
    (directory / "file").touch()
    (directory / "directory").mkdir()
    (directory / "closed").mkdir(0o555)
    CliRunner().invoke(main, ["diff", GOOD, OTHER, "-o", "json:verdict.json"])
    words = {"OUT": place, "json:OUT": f"json:{place}", "VERDICT": "verdict.json"}

    with of_an_ordinary_user():
        result = refused([words.get(word, word) for word in arguments])

    assert place.partition("/")[0] in result.stderr


@pytest.mark.parametrize("place", ["file/out", "closed/out"])
@pytest.mark.parametrize("arguments", WRITE_DEEPER, ids=in_short)
def test_a_directory_that_cannot_be_made(arguments: Sequence[str], place: str, directory: Path) -> None:
    (directory / "file").touch()
    (directory / "closed").mkdir(0o555)

    with of_an_ordinary_user():
        result = refused([place if word == "OUT" else word for word in arguments])

    assert place in result.stderr


@pytest.mark.parametrize("arguments", REFUSING, ids=" ".join)
def test_an_address_that_refuses(arguments: Sequence[str], directory: Path) -> None:
    result = refused(arguments)

    assert "127.0.0.1:1" in result.stderr


@pytest.mark.parametrize("arguments", MISUSES, ids=" ".join)
def test_a_misuse(arguments: Sequence[str], directory: Path) -> None:
    refused(arguments)


# What the last line says, or the end of it.
SAID: Sequence[tuple[Sequence[str], str]] = [
    (("dif", GOOD, OTHER), "No such command 'dif'. Similar: diff."),
    (("judge", GOOD, OTHER), "No such command 'judge'."),
    (
        ("diff", GOOD, OTHER, "-o", "html:page"),
        "'html' is no format: text, json, markdown, junit, github are. A file of that name is ./html:page.",
    ),
    (("convert", GOOD, "-o", "-"), "Parquet can't be written to standard output: name a file."),
    (("population", "missing", GOOD), "missing can't be read: No such file or directory."),
    (
        ("population", "clickhouse://127.0.0.1:1/a", GOOD),
        "clickhouse://127.0.0.1:1/a does not answer: Connection refused",
    ),
]


@pytest.mark.parametrize(("arguments", "said"), SAID, ids=[in_short(arguments) for arguments, _ in SAID])
def test_the_message_says_what_to_do(arguments: Sequence[str], said: str, directory: Path) -> None:
    if "clickhouse" in arguments[1]:
        pytest.importorskip("clickhouse_connect")

    assert refused(arguments).stderr.endswith(f"{said}\n")


def test_a_file_that_is_cut_before_its_first_span_says_so(directory: Path) -> None:
    text = Path(GOOD).read_text(encoding="utf-8").replace("\n", "")
    (directory / "cut.jsonl").write_text(f'{{"resourceSpans":[]}}\n{text[:300]}')

    result = refused(["diff", GOOD, "cut.jsonl"])

    assert "The after has no span: there is nothing to compare. cut.jsonl: line 2 is cut" in result.stderr
