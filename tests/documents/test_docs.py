"""Links, anchors, commands and settings in the documents lead somewhere."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click
import opentelemetry.environment_variables as api_variables
import opentelemetry.sdk.environment_variables as sdk_variables
import pytest
from click.testing import CliRunner

from ot2otel.cli import main
from ot2otel.headers.settings import chosen
from tests.support.runs import ROOT, SDK

DOCUMENTS = sorted(
    path for folder in (".", "docs", "docs/paths", "benchmarks") for path in (ROOT / folder).glob("*.md")
)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)(?: \"[^\"]*\")?\)")
CONSOLE = re.compile(r"^```(?:console|sh)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:ot2otel|python|make|pytest) [^`]+)`")
PROGRAMS = {"ot2otel", "python", "make"}
RECORDINGS = "tests/golden/recordings"
FILES = {
    "before.json": f"{RECORDINGS}/hello-legacy-jaeger.json",
    "after.json": f"{RECORDINGS}/hello-native-otlp.json",
    **{
        name: name
        for name in (f"tests/golden/own/tutorial-3-{run}.jsonl" for run in ("legacy", "shim", "shim+repair"))
    },
    "tests/golden/collector/tutorial-3-after.jsonl": "tests/golden/collector/tutorial-3-after.jsonl",
    "before.jsonl": f"{RECORDINGS}/hello-legacy-jaeger.json",
    "after.jsonl": f"{RECORDINGS}/hello-native-otlp.json",
    "shim.jsonl": f"{RECORDINGS}/hello-shim-otlp.json",
    "native.jsonl": f"{RECORDINGS}/hello-native-otlp.json",
    "stable.jsonl": f"{RECORDINGS}/hello-native-otlp.json",
    "BEFORE": f"{RECORDINGS}/hello-legacy-jaeger.json",
    "AFTER": f"{RECORDINGS}/hello-shim-otlp.json",
    "runs/hello-native-jaeger.jsonl": f"{RECORDINGS}/hello-native-jaeger.json",
    "runs/hello-native-otlp.jsonl": f"{RECORDINGS}/hello-native-otlp.json",
    "captured.txt": "docs/captured-headers.txt",
    "captured-headers.txt": "docs/captured-headers.txt",
}
GROUPS = {"legacy_opentracing", "otel_native", "shim_bridge"}


def named(document: Path) -> str:
    return str(document.relative_to(ROOT))


def prose(document: Path) -> str:
    """Return a document without its blocks of code."""
    return re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors(document: Path) -> set[str]:
    """Return the anchors that a code host makes of the headings."""
    headings = re.findall(r"^#+ (.+)$", prose(document), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(document: Path) -> Iterator[str]:
    for link in LINK.findall(prose(document)):
        if link.startswith(("http://", "https://")):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            yield link


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_link_inside_the_repository_leads_to_a_file_and_a_heading(document: Path) -> None:
    assert list(broken(document)) == []


def house() -> set[str]:
    """Return the paths that CONTRIBUTING.md draws as a tree."""
    drawn = re.search(r"## The house\n\n```\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL)
    assert drawn
    above: list[str] = []
    found = set()
    for indent, name in re.findall(r"^( *)(\S+)", drawn[1], flags=re.MULTILINE):
        above[len(indent) // 4 :] = [name]
        found.add("".join(above).rstrip("/"))
    return found


def test_the_drawn_house_is_the_real_one() -> None:
    packages = [path.parent for path in (ROOT / "ot2otel").glob("*/__init__.py")]
    top = [path.parent for path in ROOT.glob("*/__init__.py")]

    assert {path for path in house() if not (ROOT / path).exists()} == set()
    assert {str(path.relative_to(ROOT)) for path in [*packages, *top]} <= house()


def commands() -> list[list[str]]:
    """Return the words of every command in the documents, without the placeholders' meaning."""
    found = []
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        blocks = "\n".join(CONSOLE.findall(text)).replace("\\\n", " ")
        lines = [line.removeprefix("$ ") for line in blocks.splitlines() if line.startswith("$ ")]
        lines += INLINE.findall(text)
        found += [shlex.split(line, comments=True) for line in lines]
    return [words for words in found if words and words[0] in PROGRAMS]


def test_there_are_commands_to_check() -> None:
    assert {words[0] for words in commands()} == PROGRAMS


def command_at_the_end_of(words: list[str], group: click.Command) -> tuple[click.Command, list[str]]:
    """Return the command that the words lead to, and the rest of them."""
    while words and isinstance(group, click.Group):
        command = group.get_command(click.Context(group), words[0])
        if command is None:
            break
        group, words = command, words[1:]
    return group, words


def command_of(name: str) -> click.Command:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    return command


def complaint(words: list[str]) -> str:
    """Return the error in a command's names or options, "" if there is none."""
    if words[0] == "make":
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        [peers] = re.findall(r"^PEERS := (.*)$", makefile, flags=re.MULTILINE)
        targets = re.findall(r"^([\w-]+):", makefile, flags=re.MULTILINE)
        targets += [f"peers-{peer}" for peer in peers.split()]
        return "" if words[1] in targets else f"no target {words[1]}"
    if words[0] == "python":
        if words[1] != "-m":
            return "" if (ROOT / words[1]).is_file() else f"no file {words[1]}"
        if words[2] not in GROUPS:
            return "" if find_spec(words[2]) else f"no module {words[2]}"
        group, words = import_module(f"{words[2]}.__main__").main, words[3:]
    else:
        group, words = main, words[1:]
    words = words[: words.index("--")] if "--" in words else words  # behind it is another program's command
    command, rest = command_at_the_end_of(words, group)
    if isinstance(command, click.Group):
        # `ot2otel --version`, or a name that is none.
        return "" if all(word.startswith("--") for word in rest) else f"no command {rest[:1]}"
    known = {option for parameter in command.params for option in parameter.opts}
    unknown = [word for word in rest if word.startswith("--") and word.partition("=")[0] not in known]
    return f"{command.name} has no {unknown}" if unknown else ""


def test_every_command_in_a_document_exists_with_its_options() -> None:
    complaints = {shlex.join(words): complaint(words) for words in commands()}

    assert {command: text for command, text in complaints.items() if text} == {}


def test_the_values_that_a_document_gives_to_a_command_are_taken() -> None:
    given = [
        words[1:]
        for words in commands()
        # A command that ends with an option's name only mentions it.
        if words[0] == "ot2otel" and words[1] in ("compare", "fleet", "up") and words[-1][:2] != "--"
    ]
    parsed = [command_of(name).make_context(name, list(rest)).params for name, *rest in given]

    for values in parsed:
        assert chosen([*values.get("callers", ()), *values.get("callees", ())])
    assert len(given) >= 10


def test_the_commands_that_need_files_run_on_files_like_those_they_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / content).read_bytes())
    needing = [words for words in commands() if words[1] in ("diff", "headers") and len(words) > 2]

    results = {shlex.join(words): CliRunner().invoke(main, words[1:]) for words in needing}
    assert {command: result.exit_code for command, result in results.items()} == dict.fromkeys(results, 0)
    assert len(results) >= 4


def test_every_setting_of_opentelemetry_in_a_document_is_one() -> None:
    known = {name for module in (api_variables, sdk_variables) for name in vars(module)}
    written = {
        name
        for document in DOCUMENTS
        for name in re.findall(r"\bOTEL_[A-Z_]*[A-Z]\b", document.read_text(encoding="utf-8"))
    }
    gone = set() if SDK < (1, 40) else {name for name in written if "JAEGER" in name}
    to_come = {"OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED"} if SDK < (1, 40) else set()
    # Of opentelemetry-instrumentation-logging; these services read them without it.
    of_instrumentation = {"OTEL_PYTHON_LOG_CORRELATION", "OTEL_PYTHON_LOG_LEVEL"}
    # Of every instrumentation, which may not be installed in this lane.
    of_instrumentation.add("OTEL_SEMCONV_STABILITY_OPT_IN")
    # Asked for by the conventions; a claim's test watches for the first package that reads it.
    to_come.add("OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN")

    assert written - known - gone - to_come - of_instrumentation == set()
