"""`ot2otel rules` and `ot2otel semconv`."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ot2otel.cli import main
from ot2otel.compare.catalog import rooms
from ot2otel.model import Span
from ot2otel.wire.otlp_json_encoder import encode_json
from tests.golden import DIRECTORY

OLD = DIRECTORY / "conventions" / "old.json"


def run(*arguments: str | Path, content: bytes = b"") -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)), input=content)


def test_all_rules_have_a_line_under_the_title_of_their_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "90")

    lines = run("rules").output.splitlines()

    assert [line for line in lines if line and not line.startswith(" ")] == [room.title for room in rooms()]
    assert [line.split()[0] for line in lines if line.startswith("  ")] == [
        rule.name for room in rooms() for rule in room.rules
    ]
    assert max(map(len, lines)) == 90


def test_one_rule_is_shown_with_all_about_it() -> None:
    assert run("rules", "span-kind").output.splitlines() == [
        "span-kind: translated",
        "  The shim's attribute `span.kind` becomes the span's kind.",
        "",
        "  effect      the same fact stands in another place",
        "  consequence nothing is lost",
        "  source      https://github.com/open-telemetry/opentelemetry-specification/blob/main/"
        "specification/trace/api.md#spankind",
        "  example     span 'server-1' of recordings/hello-shim-otlp and recordings/hello-native-otlp",
        '              before: span.kind = "server"',
        "              before: kind = INTERNAL",
        "              after:  kind = SERVER",
    ]


def test_a_rule_without_an_example_says_so() -> None:
    assert run("rules", "db.user").output.splitlines()[-1] == "  example     no recording of ours has it"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("http.url", "The key is explained by url-in-older-parts, url-as-sent, url."),
        ("urll", "Similar: url, url-rule."),
        ("xyzzy", "`ot2otel rules` lists all."),
        ("\x1b[31m", "`ot2otel rules` lists all."),
    ],
)
def test_an_unknown_rule_is_a_misuse_with_similar_names(name: str, hint: str) -> None:
    printed = run("rules", name)

    assert printed.exit_code == 2
    assert printed.output.splitlines()[-1] == f"Error: There is no rule {name!r}. {hint}"


def test_the_document_has_every_rule_or_the_one_named() -> None:
    every, one = (
        json.loads(run("rules", *name, "--format", "json").output)["rules"] for name in ([], ["url"])
    )

    assert len(every) == sum(len(room.rules) for room in rooms())
    assert [each for each in every if each["name"] == "url"] == one
    assert (one[0]["room"], one[0]["effect"], one[0]["example"]["span"]) == ("HTTP", "translated", "server-1")


def test_the_keys_of_a_file_that_were_renamed_are_shown() -> None:
    lines = run("semconv", OLD, "--from", "1.20", "--to", "1.21").output.splitlines()

    assert lines[:6] == [
        f"{OLD}: 6 spans, no schema named",
        "Its keys that the semantic conventions changed after 1.20.0 and up to 1.21.0:",
        "",
        f"{'key':16}  in    spans   {'new key':25}  since   {'becomes':20}  by the rule",
        f"{'http.method':16}  span  6 of 6  {'http.request.method':25}  1.21.0  {'translated':20}  "
        "http.request.method",
        "http.status_code  span  6 of 6  http.response.status_code  1.21.0  translated            "
        "http.response.status_code",
    ]
    assert "http.target: Split to `url.path` and `url.query`." in lines
    assert lines[-1] == "The new keys are those of 1.44.0, the newest version known."


def spans_with_schema(url: str) -> bytes:
    document = encode_json([Span("1" * 32, "1" * 16, "a", attributes={"http.method": "GET"})])
    document["resourceSpans"][0]["schemaUrl"] = url
    return json.dumps(document).encode()


def test_the_schema_that_a_file_names_is_held_against_its_keys() -> None:
    content = gzip.compress(spans_with_schema("https://opentelemetry.io/schemas/1.26.0"))

    lines = run("semconv", "-", content=content).output.splitlines()

    assert lines[0] == "-: 1 spans, schema 1.26.0"
    assert (
        lines[-1] == "The file names the schema 1.26.0, and has keys that were renamed before: http.method."
    )


def test_a_file_of_new_keys_has_nothing_to_change(tmp_path: Path) -> None:
    path = tmp_path / "new.json"
    path.write_text(json.dumps(encode_json([Span("1" * 32, "1" * 16, "a", attributes={"mine": 1})])))

    printed = run("semconv", path, "--from", "1.20")

    assert (printed.exit_code, printed.output.splitlines()[1:]) == (
        0,
        ["No key in it changed after 1.20.0 and up to 1.44.0."],
    )


def test_the_document_of_a_file_has_each_key() -> None:
    document = json.loads(run("semconv", OLD, "--format", "json").output)

    assert (document["spans"], document["schemas"], document["from"], document["to"]) == (
        6,
        [],
        None,
        "1.44.0",
    )
    assert document["keys"][0] == {
        "key": "http.method",
        "in": "span",
        "spans": 6,
        "new": "http.request.method",
        "since": "1.21.0",
        "reason": "renamed",
        "note": "",
        "effect": "translated",
        "rules": ["http.request.method"],
    }


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--from", "1.30", "--to", "1.20"], "--from must not be newer than --to."),
        (["--to", "1.45"], "Invalid value for '--to': 1.45 is newer than 1.44.0, the newest known."),
        (["--from", "new"], "Invalid value for '--from': 'new' is not a version like 1.21.0."),
    ],
)
def test_a_wrong_version_is_a_misuse(options: list[str], problem: str) -> None:
    printed = run("semconv", OLD, *options)

    assert (printed.exit_code, printed.output.splitlines()[-1]) == (2, f"Error: {problem}")


def test_a_file_that_is_cut_is_told_on_standard_error(tmp_path: Path) -> None:
    path = tmp_path / "cut.jsonl"
    path.write_bytes(spans_with_schema("") + b"\n{")

    printed = run("semconv", path)

    assert printed.exit_code == 0
    assert printed.stderr.startswith(f"{path}: line 2 is cut")
