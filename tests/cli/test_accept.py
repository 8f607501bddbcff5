"""`ot2otel accept`, and what `diff` makes of its file."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]  # check-jsonschema brings it, without types
import pytest
from click.testing import CliRunner, Result

from ot2otel.cli import main
from tests.golden import RECORDINGS
from tests.support.runs import ROOT

GOLDEN = [str(RECORDINGS / f"hello-{name}.json") for name in ("legacy-jaeger", "shim-otlp")]
SCHEMA = json.loads((ROOT / "docs" / "verdict.schema.json").read_text(encoding="utf-8"))
WHY = ("--reason", "we look at the tags")


def ot2otel(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository, in which the verdict is `verdict.json`."""
    monkeypatch.chdir(tmp_path)
    assert ot2otel("diff", *GOLDEN, "-o", "json:verdict.json").exit_code == 0
    return tmp_path


def test_what_is_accepted_counts_no_more(repository: Path) -> None:
    first = ot2otel("accept", "verdict.json", "kind", *WHY)
    second = ot2otel("accept", "verdict.json", "status.*", *WHY)
    judged = ot2otel("diff", *GOLDEN, "--strict", "--accept", "ot2otel-accept.toml")

    assert (first.exit_code, second.exit_code, judged.exit_code) == (0, 0, 0)
    assert first.output == (
        "ot2otel-accept.toml has the entry\n\n"
        '[[accept]]\ngrade = "degraded"\nfield = "kind"\nreason = "we look at the tags"\n\n'
        "which accepts\n\n"
        "  degraded 8 of 8 spans: kind SERVER, CLIENT → INTERNAL (server-1, server-2)\n"
    )
    assert "legacy → shim/otlp  equivalent, 2 accepted" in judged.output
    assert "accepted: we look at the tags" in judged.output


def test_a_part_of_the_losses_leaves_the_rest() -> None:
    ot2otel("accept", "verdict.json", "kind", *WHY)

    judged = ot2otel("diff", *GOLDEN, "--accept", "ot2otel-accept.toml", "--strict")

    assert judged.exit_code == 1
    assert "degraded, 1 accepted" in judged.output
    assert "1 field is lost" in judged.output


def test_the_document_has_the_marks_and_fits_the_schema(repository: Path) -> None:
    ot2otel("accept", "verdict.json", "kind", *WHY)
    with (repository / "ot2otel-accept.toml").open("a") as file:
        file.write("\n[[accept]]\ngrade = 'gone'\nfield = 'attributes.a'\nreason = 'b'\n")

    judged = ot2otel("diff", *GOLDEN, "--accept", "ot2otel-accept.toml", "--format", "json", "--strict")

    document = json.loads(judged.output)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    [verdict] = document["verdicts"]
    plain = json.loads((repository / "verdict.json").read_text())["verdicts"][0]
    assert (document["exit_code"], document["fail_on"]) == (1, ["different", "degraded"])
    assert document["accept"] == {
        "file": "ot2otel-accept.toml",
        "unmatched": [{"entry": 2, "sentence": "entry 2 (gone attributes.a) accepts nothing"}],
    }
    assert (verdict["verdict"], verdict["accepted"]) == ("degraded", 1)
    assert [finding["accepted"] for finding in verdict["findings"] if finding["field"] == "kind"] == [
        WHY[1]
    ] * 2
    assert [finding | {"accepted": None} for finding in verdict["findings"]] == plain["findings"]


def test_the_same_again_writes_nothing(repository: Path) -> None:
    ot2otel("accept", "verdict.json", "kind", *WHY)
    written = (repository / "ot2otel-accept.toml").read_text()

    again = ot2otel("accept", "verdict.json", "kind", *WHY)

    assert (again.exit_code, again.output) == (
        0,
        "ot2otel-accept.toml accepts this already: nothing is written.\n",
    )
    assert (repository / "ot2otel-accept.toml").read_text() == written


def test_standard_input_is_a_verdict(repository: Path) -> None:
    text = (repository / "verdict.json").read_text()

    accepted = CliRunner().invoke(main, ["accept", "-", "kind", *WHY, "--service", "server-2"], input=text)

    assert accepted.exit_code == 0
    assert 'service = "server-2"' in (repository / "ot2otel-accept.toml").read_text()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (
            ["verdict.json", "attributes.no", *WHY],
            "No finding matches 'attributes.no': nothing is written. Fields with losses: kind, status.code.",
        ),
        (["verdict.json", "kind", *WHY, "--service", "no"], "No finding matches 'kind'"),
        (
            ["verdict.json", "kind", *WHY, "--grade", "gone"],
            "'kind' is only in findings of other grades: degraded 2.",
        ),
        (["verdict.json", "scope.name", *WHY], "other grades: added 2. Name the grade with --grade."),
        (
            ["verdict.json", "kind", *WHY, "--span", "server-1"],
            "is in all of these spans: server-1, server-1_to",
        ),
        (["verdict.json", "span", *WHY], "Name with --span the spans that are gone or new."),
        (["bytes.json", "kind", *WHY], "It is not JSON: 'utf-8' codec can't decode byte 0xff"),
        ([".", "kind", *WHY], "is a directory"),
        (["verdict.json", "kind", "--reason", " "], "Say why."),
        (["verdict.json", "kind"], "Missing option '--reason'"),
        (["no.json", "kind", *WHY], "does not exist"),
        ([GOLDEN[0], "kind", *WHY], "It is no verdict of version 2."),
        (
            ["verdict.json", "kind", *WHY, "--file", "no/accept.toml"],
            "no/accept.toml can't be written: No such file",
        ),
        (["verdict.json", "kind", *WHY, "--file", "verdict.json"], "verdict.json is not TOML"),
    ],
)
def test_what_cannot_be_accepted_is_one_message(arguments: list[str], problem: str, repository: Path) -> None:
    (repository / "bytes.json").write_bytes(b'"\xff"')

    result = ot2otel("accept", *arguments)

    assert result.exit_code == 2
    assert problem in result.output
    assert not (repository / "ot2otel-accept.toml").exists()


def test_the_hints_lead_to_a_verdict_that_passes(repository: Path) -> None:
    settings(repository, "accept = 'ours.toml'\nfail_on = 'equivalent'")
    hints: list[str] = []
    for _ in range(40):
        judged = ot2otel("diff", *GOLDEN, "-o", "json:verdict.json")
        last = " ".join(judged.output.split("\n\n")[-1].split())
        if not judged.exit_code:
            break
        hints.append(last.partition("accept one: ")[2].partition(" exit 1.")[0])
        assert ot2otel(*shlex.split(hints[-1])[1:]).exit_code == 0

    assert judged.exit_code == 0
    assert len(set(hints)) == len(hints) > 10
    assert hints[0] == "ot2otel accept verdict.json status.code --reason '...'"
    assert "equivalent" in judged.output


def test_several_grades_have_to_be_named(repository: Path) -> None:
    document = json.loads((repository / "verdict.json").read_text())
    document["verdicts"][0]["findings"][0]["grade"] = "gone"
    (repository / "verdict.json").write_text(json.dumps(document))
    field = document["verdicts"][0]["findings"][0]["field"]

    unsaid = ot2otel("accept", "verdict.json", "*", *WHY)
    said = ot2otel("accept", "verdict.json", field, *WHY, "--grade", "gone")

    assert unsaid.exit_code == 2
    assert "is in findings of several grades:" in unsaid.output
    assert "Name the grade with --grade." in unsaid.output
    assert said.exit_code == 0


# The settings of a repository.


def settings(repository: Path, text: str) -> None:
    (repository / "pyproject.toml").write_text(f"[tool.ot2otel]\n{text}\n")


def test_the_settings_name_the_file_for_both_commands(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(repository, "accept = 'ours.toml'\nfail_on = 'degraded'")
    (repository / "inner").mkdir()
    monkeypatch.chdir(repository / "inner")

    accepted = ot2otel("accept", "../verdict.json", "kind", *WHY)
    judged = ot2otel("diff", *GOLDEN)

    assert accepted.output.startswith("../ours.toml has the entry")
    assert judged.exit_code == 1
    assert "degraded, 1 accepted" in judged.output
    used = "settings of ../pyproject.toml: accept = ../ours.toml; fail_on = degraded"
    assert used in " ".join(judged.output.split())


def test_the_command_line_wins(repository: Path) -> None:
    settings(repository, "accept = 'no.toml'\nfail_on = 'equivalent'\nsame = 'a=b'")

    judged = ot2otel("diff", *GOLDEN, "--accept", "/dev/null", "--fail-on", "new", "--same", "c=d")

    assert judged.exit_code == 0
    assert "settings of" not in judged.output


def test_strict_adds_to_the_settings(repository: Path) -> None:
    settings(repository, "fail_on = 'never'")

    assert ot2otel("diff", *GOLDEN).exit_code == 0
    assert ot2otel("diff", *GOLDEN, "--strict").exit_code == 1


def test_explain_names_settings_that_are_not_used(repository: Path) -> None:
    settings(repository, "fail_on = 'new'")

    judged = ot2otel("diff", *GOLDEN, "--fail-on", "never", "--explain")

    assert "settings of pyproject.toml: none is used" in judged.output


def test_a_file_of_the_settings_may_come_later(repository: Path) -> None:
    settings(repository, "accept = 'later.toml'")

    judged = ot2otel("diff", *GOLDEN)

    assert judged.exit_code == 0
    assert "settings of pyproject.toml: accept = later.toml, which does not exist" in judged.output


def test_a_mistake_in_the_settings_is_one_message(repository: Path) -> None:
    settings(repository, "fail-on = 'new'")

    judged = ot2otel("diff", *GOLDEN)

    assert judged.exit_code == 2
    assert "pyproject.toml, [tool.ot2otel] has the unknown key 'fail-on'." in judged.output


def test_an_accept_file_that_is_missing_is_one_message() -> None:
    judged = ot2otel("diff", *GOLDEN, "--accept", "no.toml")

    assert (judged.exit_code, judged.output) == (
        2,
        "Error: no.toml can't be read: No such file or directory.\n",
    )
