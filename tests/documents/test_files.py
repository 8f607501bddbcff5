"""docs/files.md tells what the reading of files does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from docs.makers.blocks import ROOT
from ot2otel.cli import main
from ot2otel.model import Kind, Span
from ot2otel.recording_file.inflating import LARGEST_RATIO
from ot2otel.recording_file.limits import LARGEST_DOCUMENT, LARGEST_LINE
from ot2otel.wire.otlp_json_encoder import encode_json

PAGE = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
SHOWN = PAGE.partition("```console\n$ ")[2].partition("\n```")[0].splitlines()
COMMANDS = SHOWN[:1]


def test_the_shown_lines_are_those_of_diff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order = Span("1" * 32, "1" * 16, "order", kind=Kind.INTERNAL)
    document = encode_json([order, Span("1" * 32, "2" * 16, "pay", parent_id="1" * 16)])
    (tmp_path / "before.json").write_text(json.dumps(document))
    spans = document["resourceSpans"][0]["scopeSpans"][0]["spans"]
    for span in spans:
        span["profileId"] = "p"
    spans[1]["kind"] = "SPAN_KIND_BATCH"
    (tmp_path / "after.json").write_text(json.dumps(document))
    monkeypatch.chdir(tmp_path)

    command, *shown = SHOWN

    printed = CliRunner().invoke(main, command.split()[1:], env={"COLUMNS": "120"}).output
    assert printed.splitlines()[: len(shown)] == shown


def test_the_limits_are_those_that_hold() -> None:
    assert f"may have {LARGEST_LINE // 10**6} MB and one document {LARGEST_DOCUMENT // 10**6} MB" in PAGE
    assert f"grows to more than {LARGEST_RATIO} times its size" in PAGE
