"""Each block of commands in the documents is marked: run by a test, run by hand, or somebody else's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from tests.support.command_blocks import DOCUMENTS, Block, blocks, read
from tests.support.runs import ROOT

MAKER = "docs/makers/blocks.py"
BY_HAND = re.compile(r"\d{4}-\d\d-\d\d; [^;]+; ([^;]+)")
FOREIGN = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}(?:, [0-9a-f]{40})?; ([^;]+)")
NOT_RUN = re.compile(r"needs (?:Docker|a quiet machine|an engine); ([^;]+)")
# What a block must have that is not run, by its reason.
REASONS = {
    "needs Docker": re.compile("docker"),
    "needs a quiet machine": re.compile("^(make bench|ot2otel overhead|pytest benchmarks/)"),
    "needs an engine": re.compile("(clickhouse|spark)://"),
}
CONSOLE = "```console\n$ ot2otel traps\n```\n"
BLOCKS = [block for document in DOCUMENTS for block in read(document)[0]]
# A block of no language is no block of commands.
UNNAMED = re.compile(r"^```(?:text)?\n((?:(?!^```).*\n)*?)^```$", re.MULTILINE)
A_COMMAND = re.compile(
    r"^(?:\$ |\./|(?:ot2otel|python|pip|make|pytest|docker|export|curl) (?! ))", re.MULTILINE
)


def complaint(block: Block) -> str:
    """Return what is wrong with a block's mark, "" if nothing is."""
    kind, _, rest = block.mark.partition(": ")
    if kind == "run":
        return complaint_about_the_test(block, rest)
    form = {"by hand": BY_HAND, "foreign": FOREIGN, "not run": NOT_RUN}.get(kind)
    if form is None:
        return "has no mark"
    parts = form.fullmatch(rest)
    if parts is None:
        return f"has a mark of another form: {block.mark}"
    reason = rest.partition(";")[0]
    if kind == "not run" and not all(REASONS[reason].search(command) for command in block.commands):
        return f"has a command without the reason: {reason}"
    absent = [name for name in parts[1].split(", ") if not (ROOT / name.partition("#")[0]).is_file()]
    return f"names files that do not exist: {absent}" if absent else ""


def complaint_about_the_test(block: Block, path: str) -> str:
    if not (ROOT / path).is_file():
        return f"names a test that does not exist: {path}"
    if path == MAKER:
        return "" if block.is_made else f"is not made by {MAKER}"
    source = (ROOT / path).read_text(encoding="utf-8")
    name = block.document.rpartition("/")[2]
    ways = (f'"{name}"', f'"{block.document}"', '"paths").glob', f'marked("run: {path}")')
    if not any(way in source for way in ways):
        return f"{path} does not name {name}"
    run = set(import_module(path.removesuffix(".py").replace("/", ".")).COMMANDS)
    left = [command for command in block.commands if command not in run]
    return f"{path} does not run {left}" if left else ""


def test_there_are_blocks_to_check() -> None:
    assert len(BLOCKS) >= 60


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: str(block.place))
def test_a_block_of_commands_has_a_true_mark(block: Block) -> None:
    assert complaint(block) == ""


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_command_hides_in_a_block_without_a_language(document: Path) -> None:
    assert list(hidden(document.read_text(encoding="utf-8"))) == []


def hidden(text: str) -> Iterator[str]:
    """Yield the first line of each block that has commands, and no language that says so."""
    for body in UNNAMED.findall(text):
        if A_COMMAND.search(body):
            yield body.partition("\n")[0]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("```\not2otel traps\n```\n", ["ot2otel traps"], id="a command"),
        pytest.param("```text\na\n$ ls\n```\n", ["a"], id="a prompt"),
        pytest.param("```\not2otel/      the instrument\n```\n", [], id="a directory"),
        pytest.param("```\nbefore.jsonl: 4 spans\n```\n", [], id="an output"),
        pytest.param("```\na\n```\n\not2otel runs\n\n```\nb\n```\n", [], id="text between two blocks"),
        pytest.param(CONSOLE, [], id="a language"),
    ],
)
def test_a_command_in_a_block_without_a_language_is_found(text: str, found: list[str]) -> None:
    assert list(hidden(text)) == found


def test_no_mark_stands_without_its_block() -> None:
    assert [place for document in DOCUMENTS for place in read(document)[1]] == []


def test_all_commands_of_the_guides_paths_are_run() -> None:
    guide = [b for b in BLOCKS if b.document.startswith("docs/paths/") or "migration-guide" in b.document]

    assert {block.place for block in guide if not block.mark.startswith("run: ")} == set()


def one(text: str) -> Iterator[str]:
    found, loose = blocks("docs/files.md", text)
    yield from (complaint(block) for block in found)
    yield from (f"{place} marks nothing" for place in loose)


COMMIT = "1923bec92942e55eb118a5217f2b9cd856c3526b"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        pytest.param(CONSOLE, "has no mark", id="no mark"),
        pytest.param(f"<!-- run: tests/x.py -->\n\n{CONSOLE}", "has no mark", id="a line between"),
        pytest.param(f"<!-- run: tests/x.py -->\n{CONSOLE}", "names a test that does not", id="no such test"),
        pytest.param(
            f"<!-- run: tests/documents/test_recording.py -->\n{CONSOLE}",
            "tests/documents/test_recording.py does not name files.md",
            id="a test of another document",
        ),
        pytest.param(
            f"<!-- run: tests/documents/test_files.py -->\n{CONSOLE}",
            "tests/documents/test_files.py does not run ['ot2otel traps']",
            id="a test of another block",
        ),
        pytest.param(f"<!-- run: {MAKER} -->\n{CONSOLE}", "is not made by", id="written by hand"),
        pytest.param(
            f"<!-- by hand: 2026-11-21; Linux; docs/runs/none.txt -->\n{CONSOLE}",
            "names files that do not exist: ['docs/runs/none.txt']",
            id="no output",
        ),
        pytest.param(
            f"<!-- by hand: docs/runs/none.txt -->\n{CONSOLE}", "has a mark of another form", id="no date"
        ),
        pytest.param(
            f"<!-- foreign: a/b@{COMMIT}; tests/golden/own/none.jsonl -->\n{CONSOLE}",
            "names files that do not exist",
            id="no recording",
        ),
        pytest.param(
            f"<!-- foreign: a/b; tests/golden/own/tutorial-1-legacy.jsonl -->\n{CONSOLE}",
            "has a mark of another form",
            id="no commit",
        ),
        pytest.param(
            f"<!-- not run: needs Docker; docs/jaeger.md -->\n{CONSOLE}",
            "has a command without the reason: needs Docker",
            id="no need of Docker",
        ),
        pytest.param(
            f"<!-- not run: needs a quiet machine; docs/jaeger.md -->\n{CONSOLE}",
            "has a command without the reason: needs a quiet machine",
            id="no measurement",
        ),
        pytest.param(
            "<!-- run: x.py -->\n```toml\n```\n", "docs/files.md:1 marks nothing", id="not commands"
        ),
    ],
)
def test_a_mark_that_is_not_true_is_refused(text: str, wrong: str) -> None:
    complaints = list(one(text))

    assert [each for each in complaints if each.startswith(wrong)], complaints


def test_a_made_block_has_its_mark_before_the_comment_that_makes_it() -> None:
    made = f"<!-- run: {MAKER} -->\n<!-- [[[cog\ncog.outl()\n]]] -->\n{CONSOLE}<!-- [[[end]]] -->\n"

    assert list(one(made)) == [""]
